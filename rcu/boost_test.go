package rcu

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// boosted is the machine of docs/kernel/rcu-boost-nocb.md B9: one CPU, and a
// reader T that a crowd of better tasks keeps from the CPU once it is
// preempted. Grace periods wait for it, from caller's call_rcu() on.
func (b *box) boosted() []*sched.Task {
	var h Head
	in := false
	tasks := []*sched.Task{
		b.task("T", 0, func(x *cpu.Exec) {
			b.r.ReadLock(x)
			in = true
			x.Delay(40 * sim.Millisecond)
			b.r.ReadUnlock(x)
		}),
		b.task("caller", 0, func(x *cpu.Exec) {
			for !in {
				b.tm.Msleep(x, 1)
			}
			b.r.CallRCU(x, &h, func(*cpu.Exec) {})
		}),
	}
	for i := range 8 {
		hog := b.s.NewTask(fmt.Sprintf("hog%d", i), 200+i, -20, []int{0}, func(x *cpu.Exec) {
			b.tm.Msleep(x, 10)
			x.Delay(150 * sim.Millisecond)
		})
		tasks = append(tasks, hog)
	}
	return tasks
}

// boostOrder is what the sheet demands of the trace.
var boostOrder = []string{
	"T.special {} -> {blocked}", // preempted in its reader,
	"gp_tasks nil -> T",         // which a grace period finds
	"qsmask 01 -> 00",           // the CPU has reported: T alone is left
	"boost_tasks nil -> T",      // at a forcing behind the delay,
	"U(rcu_node_0[0])",          // and rcub is woken without the lock
	"rcub/0      L(rcu_node_0[0])",
	"rcub/0      U(rcu_node_0[0])", // boost_mtx is T's; then rcub
	"rcub/0      L(rcu_node_0[0].boost_mtx.wait_lock)",
	"T.prio 120 -> 98", // lends while it waits for it
	"rcub/0      U(rcu_node_0[0].boost_mtx.wait_lock)",
	"T.special {blocked} -> {}", // T runs, and its unlock
	"gp_tasks T -> nil",
	"boost_tasks T -> nil",
	"gp_flags 0 -> 2", "T           L(rcu_preempt.gp_wq)", // reports first,
	"T           L(rcu_node_0[0].boost_mtx.wait_lock)", // then gives boost_mtx back:
	"T           U(rcu_node_0[0].boost_mtx.wait_lock)", // rcub is woken behind wait_lock,
	"T.prio 98 -> 120", // and only then T is its own again
	"rcub/0      L(rcu_node_0[0].boost_mtx.wait_lock)",
	"rcub R -> W",
}

// TestBoostTrace is trace B9 of docs/kernel/rcu-boost-nocb.md, its order
// asserted apart from the text.
func TestBoostTrace(t *testing.T) {
	datadriven.RunTest(t, "testdata/boost", func(t *testing.T, d *datadriven.TestData) string {
		b := newBox(cpu.Config{CPUs: 1, Engine: sim.Config{NoRunAhead: true}}, Config{Boost: true, FirstFQS: 50, NextFQS: 100})
		tasks := b.boosted()
		tr := trace(b)
		end := b.run(t, tasks...)
		checkOrder(t, tr.out.String(), boostOrder)
		return tr.out.String() + fmt.Sprintf("end %d, findings %q\n", end, b.kinds())
	})
}

// TestBoostDelay: without boosting the reader gets the CPU when the crowd is
// through; with it half a second after the grace period began.
func TestBoostDelay(t *testing.T) {
	over := func(cfg Config, mutations ...string) sim.Time {
		b := newBox(cpu.Config{CPUs: 1, Engine: sim.Config{TimeLimit: 20 * sim.Second}}, cfg, mutations...)
		var end sim.Time
		b.m.E.OnOp(func(p *sim.Proc, _ sim.Op) {
			if end == 0 && b.r.preempt.completed.Peek() != firstGP {
				end = p.Now()
			}
		})
		b.run(t, b.boosted()...)
		if s := b.kinds(); s != "" {
			t.Errorf("findings %s", b.findings())
		}
		return end
	}
	boosted := over(Config{Boost: true})
	if boosted < 500*sim.Millisecond || boosted > 600*sim.Millisecond {
		t.Errorf("with boosting the grace period is over at %v", boosted)
	}
	if soon := over(Config{Boost: true, BoostDelay: 50}); soon > 150*sim.Millisecond {
		t.Errorf("with a delay of 50 ms it is over at %v", soon)
	}
	for _, mutations := range [][]string{{"rcu.boost-never"}, {"sched.rt-mutex-no-boost"}} {
		if late := over(Config{Boost: true}, mutations...); late < boosted+200*sim.Millisecond {
			t.Errorf("with %v it is over at %v", mutations, late)
		}
	}
	if late := over(Config{}); late < boosted+200*sim.Millisecond {
		t.Errorf("without boosting it is over at %v", late)
	}
}

// TestBoostStorm: readers that are preempted and sleep, normal and expedited
// grace periods, callbacks in rcuc: clean, and the same ahead and stepped.
func TestBoostStorm(t *testing.T) {
	run := func(seed uint64, step bool) (sim.Hash, *box) {
		b := newBox(cpu.Config{CPUs: 4, Engine: sim.Config{Seed: seed, NoRunAhead: step, TimeLimit: 5 * sim.Second}},
			Config{Boost: true, BoostDelay: 5, Fanout: 2, FanoutLeaf: 2, Expedited: true, ProveRCU: true})
		heads := make([]Head, 40)
		var tasks []*sched.Task
		for c := range 4 {
			tasks = append(tasks, b.task(fmt.Sprintf("reader%d", c), c, func(x *cpu.Exec) {
				for range 20 {
					b.r.ReadLock(x)
					x.Delay(sim.Time(c+1) * 200 * sim.Microsecond)
					b.tm.Msleep(x, uint64(2+3*c))
					b.r.ReadUnlock(x)
				}
			}), b.task(fmt.Sprintf("updater%d", c), c, func(x *cpu.Exec) {
				for i := range 10 {
					if (i+c)%2 == 0 {
						b.r.Synchronize(x)
					} else {
						b.r.SynchronizeExpedited(x)
					}
					b.r.CallRCU(x, &heads[10*c+i], func(*cpu.Exec) {})
				}
				b.r.Barrier(x)
			}))
		}
		b.run(t, tasks...)
		return b.m.E.Hash(), b
	}
	total := uint64(0)
	for seed := range uint64(6) {
		ahead, b := run(seed, false)
		stepped, _ := run(seed, true)
		if ahead != stepped {
			t.Errorf("seed %d: ahead %x, stepped %x", seed, ahead, stepped)
		}
		if b.kinds() != "" {
			t.Errorf("seed %d: %s", seed, b.findings())
		}
		for i := range b.r.preempt.leaves() {
			total += b.r.preempt.leaves()[i].boost.boosted
		}
	}
	if total == 0 {
		t.Error("nobody was ever boosted")
	}
}

// TestKthreadPrio: the kthreads' real-time priority, its limits and what is said.
func TestKthreadPrio(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		prio int
		said string
	}{
		{Config{}, 120, ""},
		{Config{Boost: true}, 98, ""},
		{Config{KthreadPrio: 3}, 96, ""},
		{Config{KthreadPrio: 120}, 0, "Limited prio to 99 from 120"},
		{Config{KthreadPrio: -2}, 120, "Limited prio to 0 from -2"},
		{Config{Boost: true, KthreadPrio: -2}, 98, "Limited prio to 1 from -2"},
	} {
		b := newBox(cpu.Config{CPUs: 1}, c.cfg)
		b.run(t, b.task("updater", 0, b.r.Synchronize))
		if got := b.r.preempt.gpKthread.Prio(); got != c.prio {
			t.Errorf("%+v: prio %d, want %d", c.cfg, got, c.prio)
		}
		if got := strings.Join(b.log, "\n"); c.said == "" && got != "" || !strings.Contains(got, c.said) {
			t.Errorf("%+v: said %q, want %q", c.cfg, got, c.said)
		}
	}
}

// TestBoostOracles: each break of boosting is noticed.
func TestBoostOracles(t *testing.T) {
	for _, c := range []struct{ mutation, kind string }{
		{"rcu.rcuc-not-woken", ""}, {"rcu.unlock-keeps-boost", "warn"}, {"rcu.unlock-keeps-boost-tasks", "warn"}, {"rcu.boost-never", "rcu-stall"},
	} {
		b := newBox(cpu.Config{CPUs: 1, Engine: sim.Config{TimeLimit: 15 * sim.Second}}, Config{Boost: true, StallTimeout: 3}, c.mutation)
		tasks := b.boosted()
		if c.mutation == "rcu.boost-never" { // the crowd becomes one that never gives way for long
			for i := range 2 {
				hog := b.s.NewTask(fmt.Sprintf("fifo%d", i), 300+i, 0, []int{0}, func(x *cpu.Exec) {
					b.tm.Msleep(x, 12)
					for range 40 {
						x.Delay(90 * sim.Millisecond)
						b.tm.Msleep(x, 1)
					}
				})
				b.s.InitPolicy(hog, sched.PolicyFIFO, 1)
				tasks = append(tasks, hog)
			}
		}
		end := b.run(t, tasks...)
		if c.kind == "" && end != sim.EndLimit {
			t.Errorf("%s: end %v, want the time limit", c.mutation, end)
		}
		if !strings.Contains(b.kinds(), c.kind) {
			t.Errorf("%s: want %s, found %s", c.mutation, c.kind, b.findings())
		}
	}
}
