package configs

import (
	"iter"
	"slices"
	"strings"
	"testing"

	"lockstep/cpu/cputest"
	"lockstep/sim"
)

// breakOrder are scenarios that take other locks under rq->lock.
var breakOrder = []string{"printk-under-rq", "exp-wake-rnp", "rcu-note-under-rq", "rnp-wake-gpk"}

// tryRun runs one seed of a prepared scenario.
func tryRun(t *testing.T, p *Program, opt Options) *Result {
	t.Helper()
	// Check the invariants after every operation; some scenarios break the order of locks on purpose.
	opt.Debug = (opt.Debug || cputest.Debug()) && !slices.Contains(breakOrder, p.scenario.Name())
	r, err := p.Boot(opt).Run()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// verdicts counts the verdicts of seeds 1 to n and fails on an unexpected one.
func verdicts(t *testing.T, p *Program, n uint64) map[string]int {
	t.Helper()
	count := map[string]int{}
	for seed := uint64(1); seed <= n; seed++ {
		r := tryRun(t, p, Options{Seed: seed})
		if !r.Expected {
			t.Fatalf("seed %d: %s\nreplay %s", seed, r.Unmet, r.Token)
		}
		count[r.Verdict]++
	}
	return count
}

// TestFoundingBug: the buggy form reaches the verdict that the scenario
// promises within so many seeds, and the fixed twins never do. Nothing in the
// bodies knows.
func TestFoundingBug(t *testing.T) {
	for _, c := range []struct {
		name    string
		seeds   uint64
		verdict string
	}{
		{"perf-lockdep", 20, "lockdep"},
		{"perf-deadlock-2cpu", 100, "deadlock"},
		{"perf-deadlock-3cpu", 100, "deadlock"},
		{"printk-under-rq", 5, "deadlock"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := verdicts(t, prepared(t, c.name), c.seeds); got[c.verdict] == 0 {
				t.Errorf("%d seeds: %v, want some %s", c.seeds, got, c.verdict)
			}
			for _, v := range openVariants(t, c.name) {
				if v == "both-cycles" {
					continue
				}
				if got := verdicts(t, variant(t, c.name, v), c.seeds); got["clean"] != int(c.seeds) {
					t.Errorf("variant %s: %v, want clean only", v, got)
				}
			}
		})
	}
}

func openVariants(t *testing.T, name string) []string {
	t.Helper()
	var names []string
	for _, v := range mustOpen(t, name).Variants {
		names = append(names, v.Name)
	}
	return names
}

func variant(t *testing.T, name, v string) *Program {
	t.Helper()
	return changed(t, opened(t, name, v))
}

// TestDeadlockNamesItsCycle: who waits for what, held by whom and where.
func TestDeadlockNamesItsCycle(t *testing.T) {
	p := prepared(t, "perf-deadlock-3cpu")
	for seed := uint64(1); seed < 400; seed++ {
		r := tryRun(t, p, Options{Seed: seed, Capture: true})
		if r.Verdict != "deadlock" || !slices.Contains(r.Findings[0].Classes, "rq1->lock") {
			continue
		}
		f := r.Findings[0]
		if len(f.Cycle) != 2 || !strings.Contains(f.Text, "taken in perf_lock_task_context") || !strings.Contains(f.Text, "taken in __schedule") {
			t.Errorf("seed %d: the cycle is\n%s", seed, f.Text)
		}
		for _, fn := range []string{"rcu_read_unlock_special", "__rcu_report_exp_rnp", "try_to_wake_up", "perf_event_context_sched_"} {
			found := false
			for _, c := range r.CPUs {
				found = found || slices.ContainsFunc(c.Stack, func(s string) bool { return strings.Contains(s, fn) })
			}
			if !found {
				t.Errorf("seed %d: no CPU's stack shows %s", seed, fn)
			}
		}
		return
	}
	t.Error("no plain ABBA between ctx->lock and rq->lock in 400 seeds")
}

// TestTokensRepeat: a token gives the same hash ten times of ten, captured or
// not, traced or not, with run-ahead or not, and from recorded choices.
func TestTokensRepeat(t *testing.T) {
	for _, name := range []string{"perf-deadlock-2cpu", "perf-deadlock-3cpu", "perf-lockdep", "abba", "printk-under-rq"} {
		p := prepared(t, name)
		for seed := uint64(1); seed <= 12; seed++ {
			chooser := []string{"timed", "random"}[seed%2]
			first := tryRun(t, p, Options{Seed: seed, Chooser: chooser, Record: true})
			for i := range 10 {
				opt := Options{Seed: seed, Chooser: chooser, Capture: i%2 == 1, NoRunAhead: i%4 >= 2}
				if i%3 == 0 {
					opt.OnOp = func(*sim.Proc, sim.Op) {}
				}
				if i == 9 {
					opt.Picks = first.Token.Picks
				}
				r := tryRun(t, p, opt)
				if r.Hash != first.Hash || r.Verdict != first.Verdict || r.Steps != first.Steps || r.Time != first.Time {
					t.Fatalf("%s seed %d %s, run %d: %s after %d steps, hash %s; first %s after %d, %s",
						name, seed, chooser, i, r.Verdict, r.Steps, r.Hash, first.Verdict, first.Steps, first.Hash)
				}
			}
		}
	}
}

// TestBothCycles: with printk's edges visible and reporting going on, both
// cycles of docs/kernel/scenario.md §4 are reported, the one through the
// console semaphore and the one through the expedited wait queue.
func TestBothCycles(t *testing.T) {
	var long, short bool
	for seed := uint64(1); seed <= 20 && !(long && short); seed++ {
		r := tryRun(t, variant(t, "perf-lockdep", "both-cycles"), Options{Seed: seed})
		for _, f := range r.Findings {
			if f.Kind != "lockdep" {
				continue
			}
			has := func(class string) bool { return slices.Contains(f.Classes, class) }
			scheduler := has("&ctx->lock") && has("&p->pi_lock") && has("&rq->lock")
			long = long || scheduler && has("rcu_node_0") && has("(console_sem).lock")
			short = short || scheduler && has("&rsp->expedited_wq")
		}
		if !r.Expected {
			t.Error(r.Unmet)
		}
	}
	if !long || !short {
		t.Errorf("cycle through console_sem: %t, through expedited_wq: %t", long, short)
	}
}

// TestReportNamesTheChain: the first report is the founding one.
func TestReportNamesTheChain(t *testing.T) {
	p, seed := prepared(t, "perf-lockdep"), uint64(1)
	r := tryRun(t, p, Options{Seed: seed, Capture: true})
	for ; r.Verdict != "lockdep" && seed < 20; r = tryRun(t, p, Options{Seed: seed, Capture: true}) {
		seed++
	}
	if r.Verdict != "lockdep" {
		t.Fatalf("none of %d seeds is reported", seed)
	}
	var text strings.Builder
	for _, rec := range r.Dmesg {
		text.WriteString(rec.String() + "\n")
	}
	for _, want := range []string{
		"[ INFO: possible circular locking dependency detected ]", "&ctx->lock", "&p->pi_lock", "&rq->lock",
		"perf_lock_task_context+", "rcu_read_unlock_special+", "perf_event_context_sched_out+", "try_to_wake_up+", " *** DEADLOCK ***",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the console does not show %q", want)
		}
	}
}

// everyForm prepares every bundled scenario, plain and in all its variants, and
// names each.
func everyForm(t *testing.T) iter.Seq2[string, *Program] {
	return func(yield func(string, *Program) bool) {
		for _, info := range Bundled() {
			for _, v := range append([]string{""}, openVariants(t, info.Name)...) {
				name := strings.TrimSuffix(info.Name+" "+v, " ")
				if !yield(name, changed(t, opened(t, info.Name, v), shortened[info.Name]...)) {
					return
				}
			}
		}
	}
}

// TestDebugScenarios: the machine's invariants hold after every operation of
// every bundled scenario in all its forms, with both choosers.
func TestDebugScenarios(t *testing.T) {
	for name, p := range everyForm(t) {
		seeds := uint64(6)
		if longRuns[p.scenario.Name()] > 0 {
			seeds = 1
		}
		for seed := uint64(1); seed <= seeds; seed++ {
			opt := Options{Seed: seed, Chooser: []string{"timed", "random"}[seed%2], Debug: true}
			r := tryRun(t, p, opt)
			if !r.Expected {
				t.Errorf("%s seed %d: %s", name, seed, r.Unmet)
			}
			seeds = fewer(seeds, r.Steps)
		}
	}
}

// fewer is how many seeds are enough where a run takes so many steps: of long
// runs one of each chooser.
func fewer(seeds, steps uint64) uint64 {
	switch {
	case steps > 100_000:
		return min(seeds, 2)
	case steps > 50_000:
		return min(seeds, 6)
	}
	return seeds
}

// longRuns are scenarios with long runs, and how many of them are enough.
var longRuns = map[string]uint64{"perf-soak": 1, "rcu-stall": 1, "rcutorture": 1, "rcuidle-tracepoint": 2, "mcstop-stall": 1, "ksoftirqd": 2, "yield-to": 4, "stop-two-cpus": 8, "cpu-hotplug": 2}

// shortened are settings with which a scenario's runs are short enough.
var shortened = map[string][]string{"rcutorture": {"params.ms", "60", "rcutorture.second_ms", "10"}}

// TestRunAheadScenarios: over hundreds of seeds, all bundled scenarios with
// all their variants and both choosers, a run comes to the same hash with
// run-ahead, recorded (which takes the long way from one processor to the
// next), stepped, and from its recorded choices.
func TestRunAheadScenarios(t *testing.T) {
	for name, p := range everyForm(t) {
		seeds := uint64(20)
		if few := longRuns[p.scenario.Name()]; few > 0 {
			seeds = few
		}
		for seed := uint64(500); seed < 500+seeds; seed++ {
			opt := Options{Seed: seed, Chooser: []string{"timed", "random"}[seed%2]}
			ahead, recorded, stepped := opt, opt, opt
			recorded.Record, stepped.NoRunAhead = true, true
			want := tryRun(t, p, recorded)
			opt.Picks = want.Token.Picks
			seeds = fewer(seeds, want.Steps)
			for how, o := range map[string]Options{"ahead": ahead, "stepped": stepped, "replayed": opt} {
				if r := tryRun(t, p, o); r.Hash != want.Hash || r.Verdict != want.Verdict || r.Steps != want.Steps {
					t.Errorf("%s seed %d %s: %s in %d; %s %s in %d", name, seed, opt.Chooser, want.Verdict, want.Steps, how, r.Verdict, r.Steps)
				}
			}
		}
	}
}
