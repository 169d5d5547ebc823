package rcu

import (
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// mutated are small machines, each beside the break that an oracle notices in
// it. Without the break nothing is found.
var mutated = []struct {
	mutation, kind, title string // title: a part of the finding's
	cpus                  int
	cfg                   Config
	tasks                 func(b *box) []*sched.Task
}{
	{"rcu.barrier-skips-cpus", "warn", "I11", 2, Config{}, func(b *box) []*sched.Task {
		var h Head
		return []*sched.Task{b.task("barrier", 0, func(x *cpu.Exec) {
			b.r.CallRCU(x, &h, func(*cpu.Exec) {})
			b.r.Barrier(x)
		})}
	}},
	{"rcu.batch-keeps-count", "warn", "callbacks and their count disagree", 1, Config{}, func(b *box) []*sched.Task {
		return []*sched.Task{b.task("updater", 0, b.r.Synchronize)}
	}},
	{"rcu.fqs-credits-everybody", "gp-too-short", "synchronize_rcu_bh", 2, Config{}, func(b *box) []*sched.Task {
		return b.readerAnd(func(x *cpu.Exec) {
			b.r.ReadLockBH(x)
			x.Delay(12 * sim.Millisecond)
			b.r.ReadUnlockBH(x)
		}, b.r.SynchronizeBH)
	}},
	{"rcu.cond-sync-ignores-state", "gp-too-short", "cond_synchronize_rcu", 2, Config{}, func(b *box) []*sched.Task {
		return b.readerAnd(b.longReader, func(x *cpu.Exec) { b.r.CondSynchronize(x, b.r.GetState(x)) })
	}},
	{"rcu.exp-ipi-asks-nobody", "warn", "I5", 2, Config{}, func(b *box) []*sched.Task {
		return b.readerAnd(b.longReader, b.r.SynchronizeExpedited)
	}},
	{"rcu.exp-does-not-wait", "gp-too-short", "synchronize_rcu_expedited", 2, Config{}, func(b *box) []*sched.Task {
		return b.readerAnd(b.longReader, b.r.SynchronizeExpedited)
	}},
	{"rcu.exp-does-not-wait", "warn", "I4", 2, Config{}, func(b *box) []*sched.Task {
		return b.readerAnd(b.longReader, b.r.SynchronizeExpedited)
	}},
	{"rcu.exp-no-wake", "hang", "I7", 2, Config{}, func(b *box) []*sched.Task {
		return b.readerAnd(b.longReader, b.r.SynchronizeExpedited)
	}},
	{"rcu.gp-init-clears-inner", "warn", "CPUs owe a grace period that ends", 4, Config{Fanout: 2, FanoutLeaf: 2}, func(b *box) []*sched.Task {
		return []*sched.Task{b.task("updater", 0, b.r.Synchronize)}
	}},
	{"rcu.gp-init-forgets-blocked", "gp-too-short", "synchronize_rcu", 2, Config{}, func(b *box) []*sched.Task {
		return b.readerAnd(func(x *cpu.Exec) {
			b.r.ReadLock(x)
			b.tm.Msleep(x, 60)
			b.r.ReadUnlock(x)
		}, b.r.Synchronize)
	}},
	{"rcu.gp-kthread-not-woken", "hang", "waits for a grace period that nothing holds up", 2, Config{}, func(b *box) []*sched.Task {
		return []*sched.Task{b.task("updater", 0, b.r.Synchronize)}
	}},
	{"rcu.nested-irq-exit-idles", "gp-too-short", "synchronize_rcu_expedited", 2, Config{}, softirqReader},
	{"rcu.nested-irq-exit-idles", "warn", "I12", 2, Config{}, softirqReader},
	{"rcu.queue-keeps-exp-flag", "warn", "asked of a blocked reader", 2, Config{}, func(b *box) []*sched.Task {
		return b.readerAnd(func(x *cpu.Exec) {
			b.r.ReadLock(x)
			x.Delay(6 * sim.Millisecond)
			b.tm.Msleep(x, 4)
			b.r.ReadUnlock(x)
		}, b.r.SynchronizeExpedited)
	}},
	{"rcu.report-ignores-siblings", "warn", "I3", 8, Config{Fanout: 2, FanoutLeaf: 4}, func(b *box) []*sched.Task {
		return b.readerAnd(b.longReader, b.r.Synchronize)
	}},
	{"rcu.sched-exp-ipi-reports", "gp-too-short", "synchronize_sched_expedited", 2, Config{}, func(b *box) []*sched.Task {
		return b.readerAnd(b.longSchedReader, b.r.SynchronizeSchedExpedited)
	}},
	{"rcu.unlock-keeps-gp-tasks", "warn", "I2", 2, Config{}, func(b *box) []*sched.Task {
		return b.readerAnd(func(x *cpu.Exec) {
			b.r.ReadLock(x)
			b.tm.Msleep(x, 10)
			b.r.ReadUnlock(x)
		}, b.r.Synchronize)
	}},
}

// readerAnd is a reader on CPU 0 and, begun 4 ms later, an updater on CPU 1.
func (b *box) readerAnd(reader, updater func(x *cpu.Exec)) []*sched.Task {
	return []*sched.Task{
		b.task("reader", 0, func(x *cpu.Exec) {
			b.tm.Msleep(x, 2)
			reader(x)
		}),
		b.task("updater", 1, func(x *cpu.Exec) {
			b.tm.Msleep(x, 4)
			updater(x)
		}),
	}
}

func (b *box) longReader(x *cpu.Exec) {
	b.r.ReadLock(x)
	x.Delay(12 * sim.Millisecond)
	b.r.ReadUnlock(x)
}

func (b *box) longSchedReader(x *cpu.Exec) {
	b.r.ReadLockSched(x)
	x.Delay(12 * sim.Millisecond)
	b.r.ReadUnlockSched(x)
}

// softirqReader is a reader in a callback, on a CPU that was idle, over which
// ticks go; and an updater that begins when RCU does not watch that CPU.
func softirqReader(b *box) []*sched.Task {
	var h Head
	open := false
	return []*sched.Task{
		b.task("caller", 0, func(x *cpu.Exec) {
			b.r.CallRCU(x, &h, func(x *cpu.Exec) {
				b.r.ReadLock(x)
				open = true
				x.Delay(40 * sim.Millisecond)
				open = false
				b.r.ReadUnlock(x)
			})
		}),
		b.task("updater", 1, func(x *cpu.Exec) {
			for range 600 {
				x.Delay(50 * sim.Microsecond)
				if open && b.r.dynticks.Of(0).count.Peek()&1 == 0 {
					break
				}
			}
			b.r.SynchronizeExpedited(x)
		}),
	}
}

func TestOracles(t *testing.T) {
	for _, c := range mutated {
		t.Run(c.mutation+" "+c.kind, func(t *testing.T) {
			run := func(mutations ...string) *box {
				cfg := c.cfg
				cfg.Expedited, cfg.ProveRCU = true, true
				b := newBox(cpu.Config{CPUs: c.cpus, Engine: sim.Config{TimeLimit: 5 * sim.Second}}, cfg, mutations...)
				b.run(t, c.tasks(b)...)
				return b
			}
			if b := run(); len(b.m.Findings()) != 0 {
				t.Fatalf("without a mutation:\n%s", b.findings())
			}
			b := run(c.mutation)
			for _, f := range b.m.Findings() {
				if f.Kind == c.kind && strings.Contains(f.Title, c.title) {
					return
				}
			}
			t.Errorf("no %s that says %q, but:\n%s", c.kind, c.title, b.findings())
		})
	}
}

// TestNeedQSLost: a CPU that is in some reader at every tick reports at their
// ends. If the tick does not ask for that, only forcing helps, which begins
// to beat the CPU after a twentieth of a second.
func TestNeedQSLost(t *testing.T) {
	took := func(mutations ...string) (d sim.Time) {
		b := newBox(cpu.Config{CPUs: 2}, Config{}, mutations...)
		over := false
		tasks := b.readerAnd(func(x *cpu.Exec) {
			for !over {
				b.r.ReadLock(x)
				x.Delay(100 * sim.Microsecond)
				b.r.ReadUnlock(x)
			}
		}, func(x *cpu.Exec) {
			at := x.Now()
			b.r.Synchronize(x)
			d, over = x.Now()-at, true
		})
		b.run(t, tasks...)
		return d
	}
	if d := took(); d == 0 || d > 20*sim.Millisecond {
		t.Errorf("a grace period took %v", d)
	}
	if d := took("rcu.tick-need-qs-lost"); d < 40*sim.Millisecond {
		t.Errorf("with the wish lost it took %v, want what forcing takes", d)
	}
}
