package lockstep_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A tidyCase is a small tree and what one rule says about it: "path:line" of each violation, line 0 for a file as
// a whole. A case without violations shows what the rule leaves in peace.
type tidyCase struct {
	rule string
	what string
	tree map[string]string
	want []string
}

// pkg is a package clause, on line 1, with the lines that follow it.
func pkg(name string, lines ...string) string {
	return "package " + name + "\n" + strings.Join(lines, "\n") + "\n"
}

// tidyCases are the bad and good examples of all rules.
var tidyCases = slices.Concat(importCases, coreCases, orderCases, sizeCases, docCases, directiveCases, textCases)

// TestTidyRulesCanFail feeds each rule its examples, and insists that every rule has one that it rejects.
func TestTidyRulesCanFail(t *testing.T) {
	checks, failed := map[string]func(*tree) []violation{}, map[string]bool{}
	for _, r := range rules {
		checks[r.name] = r.check
	}
	for _, c := range tidyCases {
		t.Run(c.rule+"/"+c.what, func(t *testing.T) {
			check := checks[c.rule]
			if check == nil {
				t.Fatalf("no rule %q", c.rule)
			}
			tree, err := parseTree(c.tree)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range check(tree) {
				got = append(got, fmt.Sprintf("%s:%d", v.file, v.line))
				failed[c.rule] = true
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(checks)) {
		if !failed[name] {
			t.Errorf("rule %s has no example that it rejects", name)
		}
	}
}

var importCases = []tidyCase{
	{"imports-go-down", "up", map[string]string{
		"sim/a.go":         pkg("sim", `import _ "lockstep/cpu"`),
		"cpu/lock/a.go":    pkg("lock", `import _ "lockstep/irq"`),
		"printk/a.go":      pkg("printk", `import _ "lockstep/rcu"`),
		"rcu/a_test.go":    pkg("rcu", `import _ "lockstep/perf"`),
		"configs/a.go":     pkg("configs", `import _ "lockstep/ui"`),
		"perf/a.go":        pkg("perf", `import _ "lockstep/nowhere"`),
		"sim/explore/b.go": pkg("explore", `import _ "lockstep/cpu/sched"`),
	}, []string{"configs/a.go:2", "cpu/lock/a.go:2", "perf/a.go:2", "printk/a.go:2", "rcu/a_test.go:2", "sim/a.go:2", "sim/explore/b.go:2"}},
	{"imports-go-down", "down and aside", map[string]string{
		"cmd/lockstep/a.go":     pkg("main", `import _ "lockstep/sim"`),
		"perf/a.go":             pkg("perf", `import _ "lockstep/printk"`),
		"cpu/sched/a.go":        pkg("sched", `import _ "lockstep/cpu/lock"`),
		"cpu/a.go":              pkg("cpu", `import (`, `_ "lockstep/sim"`, `_ "lockstep/cpu/lockdep"`, `)`),
		"cpu/a_test.go":         pkg("cpu_test", `import _ "lockstep/cpu/lock"`),
		"sim/explore/a.go":      pkg("explore", `import _ "lockstep/sim"`),
		"sim/a_test.go":         pkg("sim_test", `import _ "pgregory.net/rapid"`),
		"cpu/lockdep/a_test.go": pkg("lockdep", `import _ "lockstep/cpu"`),
		"a_test.go":             pkg("lockstep_test", `import _ "lockstep/configs"`),
		"ui/a.go":               pkg("ui", `import _ "lockstep"`),
	}, nil},
	{"imports-go-down", "inside cpu", map[string]string{
		"cpu/a.go":         pkg("cpu", `import _ "lockstep/cpu/lock"`),
		"cpu/lockdep/a.go": pkg("lockdep", `import _ "lockstep/cpu"`),
		"cpu/lockdep/b.go": pkg("lockdep", `import _ "lockstep/sim"`),
	}, []string{"cpu/a.go:2", "cpu/lockdep/a.go:2", "cpu/lockdep/b.go:2"}},
	{"imports-go-down", "sim stands on the standard library", map[string]string{
		"sim/a.go": pkg("sim", `import _ "pgregory.net/rapid"`),
		"sim/b.go": pkg("sim", `import _ "lockstep"`),
		"sim/c.go": pkg("sim", `import _ "container/heap"`),
	}, []string{"sim/a.go:2", "sim/b.go:2"}},
	{"imports-go-down", "module root and strange directories", map[string]string{
		"a.go":          pkg("lockstep", `import _ "lockstep/sim"`),
		"internal/a.go": pkg("internal"),
	}, []string{"a.go:2", "internal/a.go:0"}},
	{"test-support-for-tests", "in the program", map[string]string{
		"cpu/sched/a.go":   pkg("sched", `import _ "lockstep/cpu/cputest"`),
		"ui/a.go":          pkg("ui", `import _ "testing"`),
		"irq/a_test.go":    pkg("irq", `import (`, `_ "lockstep/cpu/cputest"`, `_ "testing"`, `)`),
		"configs/a.go":     pkg("configs", `import _ "lockstep/configs/selftest"`),
		"cpu/cputest/a.go": pkg("cputest", `import _ "testing"`),
	}, []string{"cpu/sched/a.go:2", "ui/a.go:2"}},
	{"package-has-a-real-name", "vague", map[string]string{
		"cpu/util/a.go":     pkg("util"),
		"rcu/helpers/a.go":  pkg("common"),
		"ui/manager/a.go":   pkg("screens"),
		"irq/utils/a.go":    pkg("utils_test"),
		"perf/utility/a.go": pkg("utility"),
	}, []string{"cpu/util/a.go:1", "irq/utils/a.go:1", "rcu/helpers/a.go:1", "ui/manager/a.go:1"}},
}

var textCases = []tidyCase{
	{"nothing-points-outside", "in any text file", map[string]string{
		"sim/a.go":       pkg("sim", "// see "+outside[0]+"/DESIGN.md"),
		"docs/a.md":      "fine\n" + outside[1] + "main is where it was written\n",
		"configs/a.toml": "story = '" + outside[0] + "'\n",
		".ci/run":        "cd " + outside[1] + "main\n",
		"README.md":      "docs/kernel/rcu-perf.md, kernel/workqueue.c, ../sharing\n",
	}, []string{".ci/run:1", "configs/a.toml:1", "docs/a.md:2", "sim/a.go:2"}},
	{"nothing-left-to-do", "marks", map[string]string{
		"sim/a.go":      pkg("sim", "// TO"+"DO: later", "var a int // X"+"XX"),
		"sim/a_test.go": pkg("sim", `var s = "FIX`+`ME"`),
		"sim/b.go":      pkg("sim", "// MAXXXL and TODOS are words"),
		"docs/a.md":     "TO" + "DO in prose\n",
	}, []string{"sim/a.go:2", "sim/a.go:3", "sim/a_test.go:2"}},
}
