package irq

import (
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/sim"
)

// debugCheck is one of the kernel's checks of contexts: what says it, and code
// on CPU 0 that does it wrong or, otherwise the same, right.
type debugCheck struct {
	name, says string
	do         func(b *box, x *cpu.Exec, l *lock.RW, wrong bool)
}

var debugChecks = []debugCheck{
	{"softirq", "huh, entered softirq", func(b *box, x *cpu.Exec, _ *lock.RW, wrong bool) {
		b.sq.Register(softirq.Block, func(x *cpu.Exec) { leak(x, wrong) })
		b.sq.Raise(x, softirq.Block)
	}},
	{"hardirq", "left preempt_count", func(b *box, x *cpu.Exec, _ *lock.RW, wrong bool) {
		b.ic.CallFunctionSingle(x, 1, func(x *cpu.Exec) { leak(x, wrong) }, true)
	}},
	{"overflow", "(preempt_count() & PREEMPT_MASK) >= PREEMPT_MASK - 10", func(_ *box, x *cpu.Exec, _ *lock.RW, wrong bool) {
		n := 244
		if wrong {
			n++
		}
		for range n {
			cpu.PreemptDisable(x)
		}
		for range n {
			cpu.PreemptEnable(x)
		}
	}},
	{"underflow", "val > preempt_count()", func(_ *box, x *cpu.Exec, _ *lock.RW, wrong bool) {
		if !wrong {
			cpu.PreemptDisable(x)
		}
		cpu.PreemptEnable(x)
	}},
	{"write_unlock_irq", "its unlock enables interrupts that were off", irqsOffAround((*lock.RW).WriteLockIrq, (*lock.RW).WriteUnlockIrq)},
	{"read_unlock_irq", "its unlock enables interrupts that were off", irqsOffAround((*lock.RW).ReadLockIrq, (*lock.RW).ReadUnlockIrq)},
	{"cond_resched", "sleeping function called from invalid context", func(b *box, x *cpu.Exec, _ *lock.RW, wrong bool) {
		leak(x, wrong)
		b.s.CondResched(x)
		if wrong {
			x.CPU().SubCount(cpu.PreemptOffset)
		}
	}},
	{"NMI", "Uhhuh. NMI received for unknown reason", func(b *box, x *cpu.Exec, _ *lock.RW, wrong bool) {
		b.ic.nmi.handlers = []func(*cpu.Exec) bool{func(*cpu.Exec) bool { return !wrong }}
		b.ic.RaiseNMI(0)
		x.Delay(sim.Microsecond)
	}},
}

// irqsOffAround is code that takes and releases the lock so that the release
// enables interrupts, and has them off before where that is wrong.
func irqsOffAround(take, free func(l *lock.RW, x *cpu.Exec)) func(*box, *cpu.Exec, *lock.RW, bool) {
	return func(_ *box, x *cpu.Exec, l *lock.RW, wrong bool) {
		if wrong {
			cpu.LocalIrqDisable(x)
		}
		take(l, x)
		free(l, x)
		cpu.LocalIrqEnable(x)
	}
}

// leak leaves preempt_count one too high.
func leak(x *cpu.Exec, wrong bool) {
	if wrong {
		x.CPU().AddCount(cpu.PreemptOffset)
	}
}

// TestDebugChecks: each check is silent where nothing is wrong and speaks
// where something is.
func TestDebugChecks(t *testing.T) {
	for _, c := range debugChecks {
		for _, wrong := range []bool{false, true} {
			said := ""
			var l lock.RW
			b := newBox(cpu.Config{CPUs: 2}, func(b *box) {
				l.Init(b.m, "l", &rwKey)
				b.ic.OnNMI(func(*cpu.Exec) bool { return true })
				b.m.Hooks.Printk = func(_ *cpu.Exec, _ int, text string, _ int) { said += text + "\n" }
			})
			b.run(t, b.s.NewTask("t", 100, 0, []int{0}, func(x *cpu.Exec) { c.do(b, x, &l, wrong) }))
			said += b.verdicts()
			if strings.Contains(said, c.says) != wrong || said != "" && !wrong {
				t.Errorf("%s, wrong %t: %s", c.name, wrong, said)
			}
		}
	}
}

// TestIdleSleeps: an idle task that sets itself a state and calls schedule()
// is told so; one that does not is not.
func TestIdleSleeps(t *testing.T) {
	for _, wrong := range []bool{false, true} {
		b := newBox(cpu.Config{CPUs: 2}, func(b *box) {
			start := b.tm.StartTick
			b.s.OnCPUStart(func(x *cpu.Exec) {
				start(x)
				if x.CPU().ID == 1 && wrong {
					b.s.SetCurrentState(x, sched.Uninterruptible)
					b.s.SchedulePreemptDisabled(x)
				}
			})
		})
		b.run(t, b.s.NewTask("t", 100, 0, []int{0}, func(x *cpu.Exec) { x.Delay(sim.Microsecond) }))
		if strings.Contains(b.verdicts(), "bad: scheduling from the idle thread") != wrong {
			t.Errorf("wrong %t: %s", wrong, b.verdicts())
		}
	}
}
