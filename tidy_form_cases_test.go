package lockstep_test

import "strings"

// blank is n empty lines.
func blank(n int) string { return strings.Repeat("\n", n) }

var sizeCases = []tidyCase{
	{"short-files", "one line too many", map[string]string{
		"sim/a.go":      "package sim\n" + blank(maxFileLines-1),
		"sim/b.go":      "package sim\n" + blank(maxFileLines),
		"ui/a_test.go":  "package ui\n" + blank(maxFileLines),
		"docs/long.txt": blank(2 * maxFileLines),
	}, []string{"sim/b.go:1", "ui/a_test.go:1"}},
	{"short-functions", "one line too many", map[string]string{
		"sim/a.go":      "package sim\n\n// F has a comment.\n// It does not count.\nfunc F() {\n" + blank(maxFunctionLines-2) + "}\n",
		"sim/b.go":      "package sim\n\nfunc f() {\n" + blank(maxFunctionLines-1) + "}\n",
		"sim/c.go":      "package sim\n\nvar f = func() {\n" + blank(maxFunctionLines-1) + "}\n",
		"sim/d.go":      "package sim\n\nvar table = []int{\n" + blank(maxFunctionLines) + "}\n",
		"sim/e_test.go": "package sim\n\nfunc (t T) f() {\n_ = func() {\n" + blank(maxFunctionLines) + "}\n}\n",
	}, []string{"sim/b.go:3", "sim/c.go:3", "sim/e_test.go:3"}},
}

var docCases = []tidyCase{
	{"package-says-its-model", "missing and short", map[string]string{
		"sim/a.go":      pkg("sim"),
		"cpu/doc.go":    "// Package cpu is.\n//\n// Short.\n//\n//go:build linux\npackage cpu\n",
		"irq/doc.go":    "// Package irq is\n// about\n// interrupts.\npackage irq\n",
		"irq/a.go":      pkg("irq"),
		"irq/a_test.go": pkg("irq_test"),
		"ui/a_test.go":  pkg("ui"),
	}, []string{"cpu/doc.go:6", "sim/doc.go:0", "ui/doc.go:0"}},
	{"exported-is-documented", "missing", map[string]string{
		"sim/a.go": pkg("sim",
			"func F() {}", "type T struct {", "A int", "}", // lines 2 to 5
			"func (t *T) M() {}", "type G[K any] interface {", "N()", "}", // lines 6 to 9
			"func (g *T2[K]) O() {}", "type T2[K any] struct{}", // lines 10 and 11
			"const C = 1", "var a, V int", // lines 12 and 13
			"//kernel:fn f kernel/f.c", "func H() {}"), // a directive is no doc comment
	}, []string{"sim/a.go:2", "sim/a.go:3", "sim/a.go:4", "sim/a.go:6", "sim/a.go:7", "sim/a.go:8", "sim/a.go:10",
		"sim/a.go:11", "sim/a.go:12", "sim/a.go:13", "sim/a.go:15"}},
	{"exported-is-documented", "a type in a group needs its own", map[string]string{
		"sim/a.go": pkg("sim", "// Kinds of things.", "type (", "A int", "B int // B is one.", ")",
			"// T is documented.", "type T struct { inner struct {", "X int", "} }"),
	}, []string{"sim/a.go:4", "sim/a.go:9"}},
	{"exported-is-documented", "documented or not exported", map[string]string{
		"sim/a.go": pkg("sim", "// F is.", "func F() {}", "// T is.", "type T struct {", "// A is.", "A int",
			"B int // B is.", "c int", "u", "}", "// Of two.", "const (", "C = 1", "D = 2", ")",
			"type u struct{ unexported int }", "func (u) String() string { return \"\" }"),
		"sim/a_test.go": pkg("sim", "func TestX() {}"),
	}, nil},
}

var directiveCases = []tidyCase{
	{"kernel-directive-form", "bad forms", map[string]string{
		"rcu/a.go": pkg("rcu",
			"// f is.", "//kernel:fn f", "func f() {}", // line 3: no path
			"// g is.", "// kernel:fn g kernel/g.c", "func g() {}", // line 6: gofmt's prose
			"// h is.", "//kernel:func h kernel/h.c", "func h() {}", // line 9: misspelt
			"// i is.", "//kernel:fn i() kernel/i.c", "func i() {}", // line 12: no name
			"// j is.", "//kernel:fn j /kernel/j.c", "func j() {}", // line 15: not from the root of the kernel's tree
			"// k is.", "//kernel:fn  k kernel/k.c", "func k() {}", // line 18: two spaces
			"// l is.", "//kernl:fn l kernel/l.c", "func l() {}", // line 21: misspelt
			"// m is.", "//kernel:fn m kernel/../m.c", "func m() {}"), // line 24: climbs
	}, []string{"rcu/a.go:3", "rcu/a.go:6", "rcu/a.go:9", "rcu/a.go:12", "rcu/a.go:15", "rcu/a.go:18", "rcu/a.go:21", "rcu/a.go:24"}},
	{"kernel-directive-form", "bad places", map[string]string{
		"cpu/lock/a.go": pkg("lock",
			"//kernel:fn f kernel/f.c", "// f is.", "func f() {", // line 2: not the last line
			"//kernel:fn f kernel/f.c", "}", // line 5: in a body
			"//kernel:fn T kernel/T.c", "type T int", // line 7: of a type
			"//kernel:fn g kernel/g.c", "", "func g() {}", // line 9: not joined to the function
			"//kernel:fn h kernel/h.c", "//kernel:fn k kernel/h.c", "func h() {}"), // line 12: two of them
	}, []string{"cpu/lock/a.go:2", "cpu/lock/a.go:5", "cpu/lock/a.go:7", "cpu/lock/a.go:9", "cpu/lock/a.go:12"}},
	{"kernel-directive-form", "good", map[string]string{
		"rcu/a.go": pkg("rcu",
			"// F is.", "//", "//kernel:fn __rcu_read_unlock kernel/rcu/tree_plugin.h", "func F() {}",
			"// g is.", "//kernel:fn native_apic_mem_write arch/x86/include/asm/apic.h", "func g() {}",
			"// The kernel: fn is no word in this prose.", `var s = "// kernel:fn x"`),
	}, nil},
	{"kernel-directive-present", "missing", map[string]string{
		"rcu/a.go": pkg("rcu", `import "lockstep/cpu"`, "// F is.", "func F(x *cpu.Exec) {}",
			"// M is.", "func (s *state) M(x *cpu.Exec, n int) {}"),
		"perf/sub/a.go": pkg("sub", `import c "lockstep/cpu"`, "// F is.", "//kernel:fnord", "func F(_ *c.Exec) {}"),
		"printk/a.go":   pkg("printk", `import "lockstep/cpu"`, "func F(x *cpu.Exec) {}"),
	}, []string{"perf/sub/a.go:5", "printk/a.go:3", "rcu/a.go:4", "rcu/a.go:6"}},
	{"kernel-directive-present", "present or not needed", map[string]string{
		"rcu/a.go": pkg("rcu", `import "lockstep/cpu"`,
			"// F is.", "//kernel:fn f kernel/f.c", "func F(x *cpu.Exec) {}",
			"// G is.", "//lockstep:helper", "func G(x *cpu.Exec) {}",
			"// H is.", "//lockstep:helper an oracle", "func H(x *cpu.Exec) {}",
			"func i(x *cpu.Exec) {}", "func J(n int, x *cpu.Exec) {}", "func K(x cpu.Exec) {}", "func L(x *cpu.CPU) {}"),
		"rcu/a_test.go": pkg("rcu", `import "lockstep/cpu"`, "func F(x *cpu.Exec) {}"),
		"cpu/lock/a.go": pkg("lock", `import "lockstep/cpu"`, "func F(x *cpu.Exec) {}"),
	}, nil},
}
