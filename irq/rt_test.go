package irq

import (
	"fmt"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// newRTBox is a machine with all that the real-time class uses: the period
// timer, and irq_work on other CPUs if push is set.
func newRTBox(cfg cpu.Config, push bool) *hrBox {
	return newHRBoxWith(cfg, func(h *hrBox) {
		h.hr.ThrottleRT()
		if push {
			h.ic.InitRTPush()
		}
	})
}

// rtMix starts tasks of all policies that compute, sleep, yield to each other
// and change each other's priorities, and counts those that end.
func rtMix(t *testing.T, seed uint64, cpus int, push, noRunAhead bool, preempt cpu.PreemptModel) (hash string, done int) {
	h := newRTBox(cpu.Config{CPUs: cpus, Debug: true, Preempt: preempt, Engine: sim.Config{Seed: seed, NoRunAhead: noRunAhead, TimeLimit: 2 * sim.Second}}, push)
	var tasks []*sched.Task
	for i := range 3 * cpus {
		rnd := sim.NewRand(seed, uint64(1<<30+i))
		p := h.s.NewTask(fmt.Sprintf("t%d", i), 100+i, i%5, nil, func(x *cpu.Exec) {
			for range 12 {
				switch rnd.Intn(7) {
				case 0:
					h.s.Yield(x)
				case 1:
					h.s.YieldTo(x, tasks[rnd.Intn(int64(len(tasks)))], rnd.Intn(2) == 0)
				case 2:
					pol := []sched.Policy{sched.PolicyNormal, sched.PolicyFIFO, sched.PolicyRR, sched.PolicyBatch, sched.PolicyIdle}[rnd.Intn(5)]
					prio := 0
					if pol == sched.PolicyFIFO || pol == sched.PolicyRR {
						prio = 1 + int(rnd.Intn(4))
					}
					h.s.SetScheduler(x, tasks[rnd.Intn(int64(len(tasks)))], pol, prio)
				case 3, 4:
					h.hr.Nanosleep(x, sim.Time(1000+rnd.Intn(200_000)), timer.Monotonic, timer.Rel)
				case 5:
					x.Delay(sim.Time(rnd.Intn(200_000)))
				case 6:
					sched.MightSleep(x)
					h.s.CondResched(x)
				}
			}
			done++
		})
		if i%3 == 0 {
			h.s.InitPolicy(p, sched.PolicyFIFO, 1+i%7)
		}
		tasks = append(tasks, p)
	}
	h.run(t, tasks...)
	for _, f := range h.m.Findings() {
		if f.Title != "yield_to(): the runqueue of the task is not locked" {
			t.Fatalf("seed %d: %s %s\n%s", seed, f.Kind, f.Title, f.Text)
		}
	}
	return fmt.Sprint(h.m.E.Hash(), h.m.E.Steps()), done
}

// TestRunAheadRT: a machine with real-time tasks takes the same way with
// run-ahead and without, in each preemption model, and all tasks end.
func TestRunAheadRT(t *testing.T) {
	for seed := uint64(1); seed <= 40; seed++ {
		cpus := 1 + int(seed%4)
		push, preempt := seed%2 == 0, cpu.PreemptModel(seed%3)
		hash, done := rtMix(t, seed, cpus, push, false, preempt)
		if again, _ := rtMix(t, seed, cpus, push, true, preempt); again != hash {
			t.Errorf("seed %d: run-ahead %s, without %s", seed, hash, again)
		}
		if done != 3*cpus {
			t.Errorf("seed %d: %d of %d tasks ended", seed, done, 3*cpus)
		}
	}
}
