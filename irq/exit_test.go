package irq

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// exitPlain stands among mutations for the variant of do_exit().
const exitPlain = "do_exit plain"

// wakeRaces runs n seeds of wakers that race with tasks which set their state,
// find that they need not sleep and exit, or do sleep, from any CPU. It returns how
// many runs found a bug, and the first.
func wakeRaces(t *testing.T, n uint64, mutation string) (bugs int, first string) {
	for seed := uint64(1); seed <= n; seed++ {
		b := newBox(cpu.Config{CPUs: 4, PollIdle: true, Debug: true, Engine: sim.Config{Seed: seed}}, func(b *box) {
			b.m.Mutations = map[string]bool{mutation: true}
			b.m.Debug = mutation == ""
		})
		b.s.Variants.ExitPlain = mutation == exitPlain
		var tasks []*sched.Task
		for i := range 8 {
			var cond cpu.Var[bool]
			cond.Init(b.m, fmt.Sprintf("cond%d", i), false)
			sleeper := b.s.NewTask(fmt.Sprintf("sleeper%d", i), 100+i, 0, nil, func(x *cpu.Exec) {
				looks := 0
				for b.s.SetCurrentState(x, sched.Uninterruptible); !cond.ReadOnce(x); b.s.SetCurrentState(x, sched.Uninterruptible) {
					if looks++; looks%20 == 0 {
						b.s.Schedule(x)
					} else {
						b.s.SetCurrentStatePlain(x, sched.Running)
					}
				}
				b.s.SetCurrentStatePlain(x, sched.Running)
			})
			waker := b.s.NewTask(fmt.Sprintf("waker%d", i), 200+i, 0, []int{1 + i%2}, func(x *cpu.Exec) {
				for range 3 { // twice for nothing
					x.Delay(sim.Time(2000 + 300*i))
					b.s.WakeUpProcess(x, sleeper)
				}
				cond.WriteOnce(x, true)
				b.s.WakeUpProcess(x, sleeper)
			})
			tasks = append(tasks, sleeper, waker)
		}
		b.run(t, tasks...)
		if found := b.verdicts(); strings.Contains(found, "bug: ") {
			if bugs++; bugs == 1 {
				first = found
			}
		} else if found != "" {
			t.Fatalf("seed %d: %s", seed, found)
		}
	}
	return bugs, first
}

// TestWakersRace: a waker is neither too late for a task that exits nor too
// early for one that is being switched out; each with what prevents it broken.
func TestWakersRace(t *testing.T) {
	for _, c := range []struct{ mutation, want string }{
		{"", ""},
		{exitPlain, "is dead and runs"},
		{"sched.ttwu-no-oncpu-wait", "and is to run on CPU"},
	} {
		bugs, first := wakeRaces(t, 600, c.mutation)
		if (bugs > 0) != (c.want != "") || !strings.Contains(first, c.want) {
			t.Errorf("%q: %d runs of 600 found a bug, first %s", c.mutation, bugs, first)
		}
		t.Logf("%q: %d of 600", c.mutation, bugs)
	}
}
