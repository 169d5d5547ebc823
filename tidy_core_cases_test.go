package lockstep_test

var coreCases = []tidyCase{
	{"deterministic-core", "imports", map[string]string{
		"sim/a.go":         pkg("sim", `import "math/rand"`),
		"cpu/lock/a.go":    pkg("lock", `import r "math/rand/v2"`),
		"irq/a.go":         pkg("irq", `import "sync"`),
		"rcu/a.go":         pkg("rcu", `import "sync/atomic"`),
		"perf/a.go":        pkg("perf", `import . "time"`),
		"perf/a_test.go":   pkg("perf", `import "math/rand"`),
		"configs/a.go":     pkg("configs", `import "sync"`),
		"printk/a.go":      pkg("printk", `import "os"`),
		"cpu/cputest/a.go": pkg("cputest", `import "os"`),
	}, []string{"cpu/lock/a.go:2", "irq/a.go:2", "perf/a.go:2", "printk/a.go:2", "rcu/a.go:2", "sim/a.go:2"}},
	{"deterministic-core", "wall clock", map[string]string{
		"rcu/a.go": pkg("rcu", `import "time"`, `var a = time.Now()`, `var b = time.Since(a)`, `var c = time.Second`,
			`func f() { time.Sleep(c) }`),
		"rcu/b.go":       pkg("rcu", `import clock "time"`, `var now = clock.Now`),
		"rcu/c.go":       pkg("rcu", `import "lockstep/cpu/time"`, `var x = time.Now()`),
		"ui/a.go":        pkg("ui", `import "time"`, `var a = time.Now()`),
		"printk/stub.go": pkg("printk", `var time struct { Now func() int }`, `var a = time.Now()`),
	}, []string{"rcu/a.go:3", "rcu/a.go:4", "rcu/a.go:6", "rcu/b.go:3"}},
	{"deterministic-core", "concurrency", map[string]string{
		"sim/a.go":      pkg("sim", "func f() {", "go f()", "select {}", "}"),
		"cpu/a.go":      pkg("cpu", "var c = make(chan int)", "func f() {", "c <- 1", "<-c", "}"),
		"perf/a.go":     pkg("perf", "func f(", "c <-chan int) {", "}"),
		"sim/a_test.go": pkg("sim", "func g() {", "go f()", "}"),
		"cmd/a/a.go":    pkg("main", "func g() {", "go g()", "}"),
	}, []string{"cpu/a.go:2", "cpu/a.go:4", "cpu/a.go:5", "perf/a.go:3", "sim/a.go:3", "sim/a.go:4"}},
	{"recover-at-fiber-top", "recover", map[string]string{
		"sim/fiber.go":      pkg("sim", "func f() {", "defer func() { recover() }()", "}"),
		"sim/explore/a.go":  pkg("explore", "func f() {", "recover()", "}"),
		"cpu/sched/a.go":    pkg("sched", "func f() {", "defer func() { _ = recover() }()", "}"),
		"configs/a.go":      pkg("configs", "func f() {", "if r := recover(); r != nil {", "}", "}"),
		"configs/a_test.go": pkg("configs", "func g() {", "recover()", "}"),
		"ui/a.go":           pkg("ui", "func f() {", "recover()", "}"),
		"rcu/a.go":          pkg("rcu", "type s struct{}", "func (s) recover() {}", "func f(x s) { x.recover() }"),
	}, []string{"configs/a.go:3", "cpu/sched/a.go:3", "sim/explore/a.go:3"}},
	{"recover-at-fiber-top", "Goexit", map[string]string{
		"sim/a.go":     pkg("sim", `import "runtime"`, "func f() {", "runtime.Goexit()", "}"),
		"configs/a.go": pkg("configs", `import rt "runtime"`, "var f = rt.Goexit"),
		"cmd/a/a.go":   pkg("main", `import "runtime"`, "var f = runtime.Goexit"),
	}, []string{"configs/a.go:3", "sim/a.go:4"}},
}

var orderCases = []tidyCase{
	{"no-map-order", "maps of every kind", map[string]string{
		"sim/a.go": pkg("sim",
			"type Set map[int]bool",
			"type box[T any] struct{ m map[string]T }",
			"func f(m map[int]int, s Set, b box[int]) {",
			"for range m {}", // line 5
			"for range s {}",
			"for range b.m {}",
			"}",
			"func g[M ~map[int]V, V any](m M) {",
			"for range m {}", // line 10
			"}"),
		"rcu/a.go": pkg("rcu", `import "lockstep/sim"`, "func f(s sim.Set) {", "for range s {}", "}"),
		"cpu/a.go": pkg("cpu", `import "maps"`, "func f(m map[int]int) {", "for range maps.Clone(m) {}", "}"),
	}, []string{"cpu/a.go:4", "rcu/a.go:4", "sim/a.go:5", "sim/a.go:6", "sim/a.go:7", "sim/a.go:10"}},
	{"no-map-order", "iterators over maps", map[string]string{
		"sim/a.go": pkg("sim", `import ("maps"; "slices")`, "func f(m map[int]int) {",
			"for range maps.Keys(m) {}",
			"_ = slices.Collect(maps.Values(m))",
			"for range slices.Sorted(maps.Keys(m)) {}",
			"}"),
	}, []string{"sim/a.go:4", "sim/a.go:5"}},
	{"no-map-order", "unknown types and channels", map[string]string{
		"sim/a.go":       pkg("sim", "func f(c chan int) {", "for range nowhere {}", "for range c {}", "}"),
		"irq/a.go":       pkg("irq", `import "example.com/x"`, "func f() {", "for range x.List() {}", "}"),
		"irq/b_plan9.go": pkg("irq", "func g() {", "for range 3 {}", "}"),
	}, []string{"irq/a.go:4", "irq/b_plan9.go:3", "sim/a.go:3", "sim/a.go:4"}},
	{"no-map-order", "what has an order", map[string]string{
		"sim/a.go": pkg("sim", `import ("iter"; "strings")`,
			"type Ring[T any] struct{ s []T }",
			"func (r *Ring[T]) All() iter.Seq[T] { return nil }",
			"func f(s []int, a *[4]int, t string, r *Ring[int]) {",
			"for range s {}", "for range a {}", "for range t {}", "for range 10 {}",
			`for range strings.Split(t, "") {}`, "for range r.All() {}",
			"}",
			"func g[S ~[]E, E any](s S) {", "for range s {}", "}"),
		"rcu/a.go":      pkg("rcu", `import "lockstep/sim"`, "func f(r sim.Ring[int]) {", "for range r.All() {}", "}"),
		"sim/a_test.go": pkg("sim", "func h(m map[int]int) {", "for range m {}", "}"),
		"ui/a.go":       pkg("ui", "func h(m map[int]int) {", "for range m {}", "}"),
	}, nil},
}
