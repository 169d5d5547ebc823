package irq

import (
	"fmt"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// outcome is what must be the same however a run is executed.
type outcome struct {
	hash  sim.Hash
	steps uint64
	time  sim.Time
	found string
}

var workKey = lockdep.Key{Name: "work_lock"}

// busyBox is a workload that uses everything: locks, sleeps, timers, calls
// on other CPUs, completions, any number of CPUs.
func busyBox(cfg cpu.Config) (*box, []*sched.Task) {
	b := newBox(cfg)
	var l lock.Raw
	l.Init(b.m, "work", &workKey)
	var done sched.Completion
	done.Init(b.s, "done")
	var shared cpu.Var[int]
	shared.Init(b.m, "shared", 0)
	var tasks []*sched.Task
	n := len(b.m.CPUs)
	for i := range n + 1 {
		tasks = append(tasks, b.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, nil, func(x *cpu.Exec) {
			for k := range 8 {
				f := l.LockIrqsave(x)
				x.Spend(200)
				shared.Update(x, func(v int) int { return v + 1 })
				l.UnlockIrqrestore(x, f)
				x.Delay(sim.Time(300 * (i + k)))
				if err := b.ic.CallFunctionSingle(x, (i+k)%n, func(x *cpu.Exec) { shared.ReadOnce(x) }, k%2 == 0); err != nil {
					panic(err)
				}
				if k%3 == 0 {
					b.tm.Msleep(x, 1)
				}
			}
			if i == 0 {
				for range n {
					done.Complete(x)
				}
			} else {
				done.Wait(x)
			}
		}))
	}
	return b, tasks
}

func runBusy(t *testing.T, cpus int, engine sim.Config, costs cpu.Costs) (outcome, *box) {
	b, tasks := busyBox(cpu.Config{CPUs: cpus, Engine: engine, Costs: costs, PollIdle: engine.Seed%4 == 2})
	b.run(t, tasks...)
	return outcome{b.m.E.Hash(), b.m.E.Steps(), b.m.E.Now(), b.verdicts()}, b
}

// TestRunAhead holds the engine's central promise: what runs ahead of the
// others does so unnoticed.
func TestRunAhead(t *testing.T) {
	for seed := range uint64(300) {
		cfg := sim.Config{Seed: seed, Stalls: seed%2 == 1}
		costs := cpu.ProductionCosts()
		if seed%3 == 0 {
			costs = cpu.ProveLockingCosts()
		}
		cpus := 1 + int(seed%5)
		ahead, _ := runBusy(t, cpus, cfg, costs)
		cfg.NoRunAhead = true
		stepped, _ := runBusy(t, cpus, cfg, costs)
		if ahead != stepped {
			t.Fatalf("seed %d, %d CPUs:\nahead   %+v\nstepped %+v", seed, cpus, ahead, stepped)
		}
		if ahead.found != "" {
			t.Fatalf("seed %d: %s", seed, ahead.found)
		}
	}
}

// TestReplayOfPicks records the choices of a run and lets the replay chooser
// repeat them: same hash, with tracing on or off.
func TestReplayOfPicks(t *testing.T) {
	for seed := range uint64(60) {
		cfg := sim.Config{Seed: seed, Stalls: seed%2 == 1}
		b, tasks := busyBox(cpu.Config{CPUs: 3, Engine: cfg})
		rec := b.m.E.Record()
		b.run(t, tasks...)
		want := outcome{b.m.E.Hash(), b.m.E.Steps(), b.m.E.Now(), b.verdicts()}
		cfg.Chooser = sim.NewReplay(rec.Picks)
		b, tasks = busyBox(cpu.Config{CPUs: 3, Engine: cfg})
		if seed%3 == 0 {
			b.m.E.OnOp(func(*sim.Proc, sim.Op) {})
		}
		b.run(t, tasks...)
		if got := (outcome{b.m.E.Hash(), b.m.E.Steps(), b.m.E.Now(), b.verdicts()}); got != want {
			t.Fatalf("seed %d:\nrecorded %+v\nreplayed %+v", seed, want, got)
		}
	}
}

// TestNoCallIsLost sends calls to a CPU while it serves others: each runs.
func TestNoCallIsLost(t *testing.T) {
	for seed := range uint64(40) {
		b := newBox(cpu.Config{CPUs: 4, Engine: sim.Config{Seed: seed}})
		ran := 0
		var tasks []*sched.Task
		for i := range 3 {
			tasks = append(tasks, b.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, []int{i}, func(x *cpu.Exec) {
				for range 10 {
					if err := b.ic.CallFunctionSingle(x, 3, func(x *cpu.Exec) { x.Spend(3000); ran++ }, true); err != nil {
						panic(err)
					}
				}
			}))
		}
		if end := b.run(t, tasks...); end != sim.EndStopped || ran != 30 {
			t.Fatalf("seed %d: ended with %v, %d calls of 30 ran\n%s", seed, end, ran, b.verdicts())
		}
	}
}

// TestRunAheadAndNMI: an NMI is taken at its own instant also where interrupts
// are off, ahead of the others or not.
func TestRunAheadAndNMI(t *testing.T) {
	for seed := range uint64(60) {
		var got [2]outcome
		for i := range got {
			b, tasks := busyBox(cpu.Config{CPUs: 3, Engine: sim.Config{Seed: seed, NoRunAhead: i == 1}})
			nmi := b.m.E.NewSource("nmi", func(uint64) { b.ic.RaiseNMI(1) }).Unmaskable()
			for k := range 200 {
				b.m.E.At(nmi, sim.Time(1000+k*(377+int(seed))), 0)
			}
			b.run(t, tasks...)
			got[i] = outcome{b.m.E.Hash(), b.m.E.Steps(), b.m.E.Now(), b.verdicts()}
		}
		if got[0] != got[1] {
			t.Fatalf("seed %d:\nahead   %+v\nstepped %+v", seed, got[0], got[1])
		}
	}
}
