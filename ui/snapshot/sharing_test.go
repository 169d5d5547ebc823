package snapshot_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/configs"
	"lockstep/configs/configstest"
	"lockstep/ui/snapshot"
)

// runs are runs with a bit of everything: reports, deadlocks, printing, forks
// of perf contexts, stalls.
var runs = []struct {
	name    string
	seed    uint64
	chooser string
	every   uint64 // compare at each so many steps
	limit   uint64 // stop there
	set     []string
}{
	{"abba", 200, "timed", 11, 1 << 20, nil},
	{"perf-deadlock-2cpu", 3, "timed", 1, 1 << 20, nil},
	{"printk-under-rq", 1, "timed", 1, 1 << 20, nil},
	{"perf-deadlock-3cpu", 1, "random", 7, 4000, nil},
	{"perf-lockdep", 1, "timed", 61, 12000, nil},
	{"perf-deadlock-3cpu", 2, "random", 7, 4000, []string{"machine.locks", "any-winner", "machine.idle", "poll"}},
	{"perf-soak", 1, "timed", 13, 1 << 20, []string{"params.rounds", "8"}}, // locks in memory that is freed
	{"rcu-litmus", 1, "timed", 7, 4000, nil},
	{devicesFile, 1, "timed", 3, 1 << 20, nil},
	{"stop-two-cpus", 1, "timed", 17, 4000, nil},
	{"printk-under-rq", 2, "timed", 3, 4000, []string{"kernel.printk.mode", "deferred"}},
}

// TestLookingChangesNothing: a run of which snapshots were taken all the time,
// behind every step at first, is the run that nobody looked at.
func TestLookingChangesNothing(t *testing.T) {
	seen := map[string]int{}
	for _, run := range runs {
		p := configstest.Open(t, run.name, run.set...)
		want, err := p.Boot(configs.Options{Seed: run.seed, Chooser: run.chooser}).Run()
		if err != nil {
			t.Fatal(err)
		}
		m := p.Boot(configs.Options{Seed: run.seed, Chooser: run.chooser, NoRunAhead: true})
		defer m.Close()
		taker := snapshot.NewTaker(m)
		for step := uint64(0); ; step++ {
			over, err := m.RunTo(step)
			if err != nil {
				t.Fatal(err)
			}
			if step < 8000 || step%5 == 0 { // the long runs repeat themselves
				s := taker.Take(step, 0, "")
				for i := range s.CPUs {
					checkContexts(t, s, &s.CPUs[i], seen)
				}
			}
			if over {
				break
			}
		}
		if got := m.Result(); got.Hash != want.Hash || got.Steps != want.Steps || got.Verdict != want.Verdict {
			t.Errorf("%s: looked at %s %v in %d steps, else %s %v in %d", run.name, got.Verdict, got.Hash, got.Steps, want.Verdict, want.Hash, want.Steps)
		}
	}
	for _, kind := range []string{"hardirq timer tick", "hardirq function call", "hardirq reschedule", "hardirq return", "softirq TIMER", "softirq softirqs"} {
		if seen[kind] == 0 {
			t.Errorf("no context %q in any of the runs: %v", kind, seen)
		}
	}
}

// checkContexts: whatever preempt_count says, the stack says too. The stack
// alone knows of an interrupt before irq_enter and behind irq_exit.
func checkContexts(t *testing.T, s *snapshot.Snapshot, c *snapshot.CPU, seen map[string]int) {
	t.Helper()
	const nmi, hardirq, serving = 0x100000, 0xf0000, 0x100
	has := map[string]bool{}
	for _, x := range c.Contexts {
		has[x.Kind] = true
		seen[x.Kind+" "+x.Name]++
		if x.Name == "" || x.Kind != "task" && x.Func == "" {
			t.Fatalf("step %d, CPU%d: context %+v", s.Step, c.ID, x)
		}
	}
	if c.Preempt&nmi != 0 && !has["NMI"] || c.Preempt&hardirq != 0 && !has["hardirq"] || c.Preempt&serving != 0 && !has["softirq"] {
		t.Fatalf("step %d, CPU%d: preempt_count %#x, contexts %+v", s.Step, c.ID, c.Preempt, c.Contexts)
	}
	if c.Contexts[len(c.Contexts)-1].Kind == "hardirq" && c.IrqsOn {
		t.Fatalf("step %d, CPU%d: interrupts are on in %+v", s.Step, c.ID, c.Contexts)
	}
}

// TestSharing sets a taker that remembers beside one that does not: they see
// the same, but that only the former can say what has changed. And what was
// seen once stays as it was seen.
func TestSharing(t *testing.T) {
	for _, run := range runs {
		p := configstest.Open(t, run.name, run.set...)
		m := p.Boot(configs.Options{Seed: run.seed, Chooser: run.chooser, NoRunAhead: true, Capture: true})
		defer m.Close()
		taker := snapshot.NewTaker(m)
		var kept []*snapshot.Snapshot
		var texts []string
		for step := uint64(0); step < run.limit; step++ {
			over, err := m.RunTo(step)
			if err != nil {
				t.Fatal(err)
			}
			if step%run.every != 0 && step%run.every != 1 && !over {
				continue
			}
			end := ""
			if over {
				end = "over"
			}
			got := taker.Take(step, step, end)
			want := snapshot.NewTaker(m).Take(step, step, end)
			if got := unchanged(got); !reflect.DeepEqual(want, got) {
				t.Fatalf("%s, step %d (-fresh +sharing):\n%s", run.name, step, cmp.Diff(want, got))
			}
			if step%(40*run.every) == 0 {
				kept, texts = append(kept, got), append(texts, text(got))
			}
			if over {
				break
			}
		}
		for i, s := range kept {
			if diff := cmp.Diff(texts[i], text(s)); diff != "" {
				t.Fatalf("%s: the snapshot of step %d has changed since (-then +now):\n%s", run.name, s.Step, diff)
			}
		}
	}
}

// unchanged returns s without its marks of change.
func unchanged(s *snapshot.Snapshot) *snapshot.Snapshot {
	c := *s
	c.Locks = append([]snapshot.Lock(nil), s.Locks...)
	for i := range c.Locks {
		c.Locks[i].Changed = false
	}
	c.Vars = append([]snapshot.Var(nil), s.Vars...)
	for i := range c.Vars {
		c.Vars[i].Changed = false
	}
	if len(c.Vars) == 0 {
		c.Vars = s.Vars
	}
	return &c
}

// text writes out what a snapshot reaches directly.
func text(s *snapshot.Snapshot) string {
	out := fmt.Sprintf("%+v %+v", *s, s.Graph)
	for i := range s.CPUs {
		out += fmt.Sprintf("%+v", s.CPUs[i].Wait)
	}
	return out
}
