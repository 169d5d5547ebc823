package irq

import (
	"fmt"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// TestYieldTo: with v4.4's locks a task that is woken meanwhile can be on a
// runqueue that is not locked; with its pi_lock it cannot.
func TestYieldTo(t *testing.T) {
	for locks, live := range map[sched.YieldLocks]bool{sched.YieldRQLocks: true, sched.YieldPILock: false} {
		warns, yields := 0, 0
		for seed := uint64(1); seed <= 20; seed++ {
			b := newBox(cpu.Config{CPUs: 4, Debug: true, PollIdle: true, Engine: sim.Config{Seed: seed}})
			b.s.SetYieldLocks(locks)
			b.m.E.OnOp(func(p *sim.Proc, op sim.Op) {
				if c := b.m.CPUs[p.ID()]; b.m.ObjName(op.Obj) == "sleeper->cpu" && b.s.RQ(c.ID).Lock.HeldHere(c.Current()) {
					p.Charge(5 * sim.Microsecond) // the hypervisor takes the CPU away behind the second look
				}
			})
			over := 0
			sleeper := b.s.NewTask("sleeper", 100, 0, nil, func(x *cpu.Exec) {
				for over < 4 {
					b.s.SetCurrentState(x, sched.Interruptible)
					b.s.Schedule(x)
				}
			})
			tasks := []*sched.Task{sleeper}
			for i := range 4 {
				rnd := sim.NewRand(seed, uint64(1<<30+i))
				tasks = append(tasks, b.s.NewTask(fmt.Sprintf("t%d", i), 101+i, 0, []int{i}, func(x *cpu.Exec) {
					for n := 0; n < 60 || i == 0 && over < 3; n++ {
						switch {
						case i == 0:
							x.Delay(rnd.Between(500, 4000))
							b.s.WakeUpProcess(x, sleeper)
						case rnd.Intn(12) == 0:
							b.tm.Msleep(x, 1)
						default:
							if ok, _ := b.s.YieldTo(x, sleeper, false); ok {
								yields++
							}
						}
					}
					if over++; over == 4 {
						b.s.WakeUpProcess(x, sleeper)
					}
				}))
			}
			tasks = append(tasks, b.s.NewTask("hog", 110, 0, []int{1}, func(x *cpu.Exec) { // or yield_to() finds nobody to yield for
				for over < 4 {
					x.Delay(20 * sim.Microsecond)
				}
			}))
			b.run(t, tasks...)
			for _, f := range b.m.Findings() {
				if f.Kind == "warn" {
					warns++
				}
			}
		}
		t.Logf("locks %d: %d warnings, %d boosts", locks, warns, yields)
		if live != (warns > 0) {
			t.Errorf("locks %d: %d warnings in %d boosts", locks, warns, yields)
		}
	}
}
