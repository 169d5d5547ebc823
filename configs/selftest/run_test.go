package selftest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/cpu/lockdep"
)

// run runs cases and fails on an internal error.
func run(t *testing.T, cases []*Case, opt Options) []Outcome {
	t.Helper()
	out, err := Run(context.Background(), cases, opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(out) != len(cases) {
		t.Fatalf("%d outcomes of %d cases", len(out), len(cases))
	}
	return out
}

// TestSuites: each suite by its own rules, and the newest by the strictest:
// verdict, kind and operation.
func TestSuites(t *testing.T) {
	for name, rules := range map[string]lockdep.Rules{"v4.4": lockdep.RulesV44, "new": lockdep.RulesNew, "exact": lockdep.RulesExact} {
		t.Run(name, func(t *testing.T) {
			for _, o := range run(t, Select(Bundled(), rules, false), Options{Rules: rules}) {
				if d := o.Difference(); d != "" {
					t.Errorf("%s: %s", o.Case.Label.ID, d)
				}
			}
		})
	}
}

// TestAcross runs each suite by the other rules too. Whatever is otherwise then
// has a reason, and only these cases are.
func TestAcross(t *testing.T) {
	for name, rules := range map[string]lockdep.Rules{"v4.4": lockdep.RulesV44, "new": lockdep.RulesNew, "exact": lockdep.RulesExact} {
		var b strings.Builder
		for _, o := range run(t, Bundled(), Options{Rules: rules}) {
			if !o.OK() {
				fmt.Fprintf(&b, "%s: %s\n  because %s\n", o.Case.Label.ID, o.Difference(), o.Reason())
			}
			if o.OnInstances() != "" {
				fmt.Fprintf(&b, "%s: on these locks %s\n", o.Case.Label.ID, o.OnInstances())
			}
			if !o.OK() && o.Reason() == "" {
				t.Errorf("--rules %s, %s: %s, for no known reason", name, o.Case.Label.ID, o.Difference())
			}
		}
		golden(t, "across-"+name, []byte(b.String()))
	}
}

// TestRunnerIsBlind: with every label and every expectation taken from another
// case the machine does what it did before, so it looked at neither; and the
// comparison, which does look, fails where the verdicts are swapped.
func TestRunnerIsBlind(t *testing.T) {
	cases := Select(Bundled(), lockdep.RulesV44, false)
	opt := Options{Rules: lockdep.RulesV44}
	straight := run(t, cases, opt)
	var twisted []*Case
	for i, c := range cases {
		d := *c
		d.Label = cases[len(cases)-1-i].Label
		d.Expect = Expectation{Report: !c.Expect.Report, Kind: "recursive_locking", Op: 0}
		twisted = append(twisted, &d)
	}
	for i, o := range run(t, twisted, opt) {
		if diff := cmp.Diff(straight[i].Got, o.Got); diff != "" {
			t.Errorf("%s ran otherwise under another name (-straight +twisted):\n%s", cases[i].Label.ID, diff)
		}
		if o.VerdictOK() || o.OK() {
			t.Errorf("%s: the opposite verdict is called right", cases[i].Label.ID)
		}
	}
}

// TestOrder: outcomes come in the order of the cases, the same ones, however
// many machines run at once; and a case does not depend on the one before it.
func TestOrder(t *testing.T) {
	cases := Select(Bundled(), lockdep.RulesV44, false)[:80]
	alone := run(t, cases, Options{Rules: lockdep.RulesV44, Workers: 1})
	many := run(t, cases, Options{Rules: lockdep.RulesV44, Workers: 7})
	backwards := slices.Clone(cases)
	slices.Reverse(backwards)
	back := run(t, backwards, Options{Rules: lockdep.RulesV44, Workers: 1})
	for i := range alone {
		if alone[i].Case != cases[i] || alone[i].Got != many[i].Got || alone[i].Got != back[len(back)-1-i].Got {
			t.Errorf("%s: %+v, %+v, %+v", cases[i].Label.ID, alone[i].Got, many[i].Got, back[len(back)-1-i].Got)
		}
	}
}

// TestInterrupted: nothing is begun once the context is done.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if out, err := Run(ctx, Bundled(), Options{}); len(out) != 0 || err != nil {
		t.Errorf("%d outcomes, %v", len(out), err)
	}
}

// parseOps makes a script from operations in JSON.
func parseOps(t *testing.T, ops string) *Script {
	t.Helper()
	head := `[{"id":"a","name":"a","row":"r","group":"g","variant":"spin","kernel":"v4.4","requires":[],"ops":[`
	tail := `],"expect":"silent","report_kind":null,"report_op":null,"read_lock_recursive":true}]`
	cases, diags := Parse("ops.json", []byte(head+ops+tail))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return &cases[0].Script
}

// TestTrouble: what goes wrong without a lock report is said, whatever it is.
func TestTrouble(t *testing.T) {
	for _, c := range []struct{ name, ops, want string }{
		{"another return value", `{"op":"ww_trylock","lock":"ww.o","class":"ww.mutex","kind":"ww_mutex","expect_ret":0}`,
			"op 0 (ww_trylock ww.o) returned 1, the kernel's test expects 0"},
		{"a deadlock that the validator was kept from seeing", `
			{"op":"base_lock","lock":"ww.o","class":"ww.mutex","kind":"mutex","how":"lock"},
			{"op":"lockdep_release","lock":"ww.o","class":"ww.mutex"},
			{"op":"base_lock","lock":"ww.o","class":"ww.mutex","kind":"mutex","how":"lock"}`,
			"deadlock in op 2 (base_lock ww.o): "},
		{"a lock released in another way than taken", `
			{"op":"lock","lock":"rwlock.A","class":"rwlock.A","kind":"rwlock_r"},
			{"op":"unlock","lock":"rwlock.A","class":"rwlock.A","kind":"rwlock_w"}`,
			"the machine died in op 1 (unlock rwlock.A as rwlock_w): "},
	} {
		got, err := Execute(parseOps(t, c.ops), Options{})
		if err != nil || got.Report || !strings.HasPrefix(got.Trouble, c.want) {
			t.Errorf("%s: got %+v, %v", c.name, got, err)
		}
		// A silence that is the machine's death is not the silence that was expected.
		o := (&Case{Expect: Expectation{Op: -1}}).compare(lockdep.RulesV44, got)
		if ended := strings.Contains(c.want, "returned"); o.VerdictOK() != ended || o.OK() {
			t.Errorf("%s: the verdict is right: %t", c.name, o.VerdictOK())
		}
	}
}

// TestReclaim: v4.4 has usage bits for memory reclaim, and finds out when the
// second of two is set, whichever that is; newer rules have a map.
func TestReclaim(t *testing.T) {
	const (
		alloc   = `{"op":"lock","lock":"mutex.A","class":"mutex.A","kind":"mutex"},{"op":"might_alloc","gfp":"GFP_KERNEL"},{"op":"unlock","lock":"mutex.A","class":"mutex.A","kind":"mutex"}`
		reclaim = `{"op":"fs_reclaim_acquire","gfp":"GFP_KERNEL"},{"op":"lock","lock":"mutex.A","class":"mutex.A","kind":"mutex"},{"op":"unlock","lock":"mutex.A","class":"mutex.A","kind":"mutex"},{"op":"fs_reclaim_release","gfp":"GFP_KERNEL"}`
	)
	for _, c := range []struct {
		rules lockdep.Rules
		ops   string
		want  Expectation
	}{
		{lockdep.RulesV44, alloc + "," + reclaim, Expectation{true, "inconsistent_lock_state", 4}},
		{lockdep.RulesV44, reclaim + "," + alloc, Expectation{true, "inconsistent_lock_state", 5}},
		{lockdep.RulesV44, reclaim + "," + strings.ReplaceAll(alloc, "GFP_KERNEL", "GFP_NOFS"), Expectation{Op: -1}},
		{lockdep.RulesNew, alloc + "," + reclaim, Expectation{true, "circular_dependency", 4}},
		{lockdep.RulesNew, reclaim + "," + alloc, Expectation{true, "circular_dependency", 5}},
	} {
		got, err := Execute(parseOps(t, c.ops), Options{Rules: c.rules})
		if err != nil || got.Expectation != c.want {
			t.Errorf("rules %d, %s: got %+v, %v", c.rules, c.ops, got, err)
		}
	}
}

// TestReportAndHang: a lock taken twice is reported before it hangs, and the
// report counts.
func TestReportAndHang(t *testing.T) {
	op := `{"op":"lock","lock":"spin.A","class":"spin.A","kind":"spin"}`
	got, err := Execute(parseOps(t, op+","+op), Options{Text: true})
	want := Expectation{Report: true, Kind: "recursive_locking", Op: 1}
	if err != nil || got.Expectation != want || got.Trouble != "" || !strings.Contains(got.Text, " (lock_A){") {
		t.Errorf("got %+v, %v", got, err)
	}
}
