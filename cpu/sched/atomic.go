package sched

import (
	"fmt"

	"lockstep/cpu"
)

// MightSleep is might_sleep(): a function that may sleep says so, whether or
// not it will; with CONFIG_PREEMPT_VOLUNTARY that is a place to be preempted,
// might_resched(). It adds no lockdep edges
// (docs/kernel/sched-irq-printk.md §7.1).
//
//kernel:fn might_sleep include/linux/kernel.h
func MightSleep(x *cpu.Exec) {
	mightSleep(x)
	if m := x.Machine(); m.Preempt == cpu.PreemptVoluntary {
		m.Hooks.CondResched(x)
	}
}

// mightSleep is __might_sleep(): besides the context, the state that the task
// has set itself must be TASK_RUNNING, or sleeping would lose it. What it set
// is its own to know; whether somebody has woken it since is not, so only then
// the state is read.
//
//kernel:fn __might_sleep kernel/sched/core.c
func mightSleep(x *cpu.Exec) {
	if x.StateChanged {
		if st := x.Machine().Hooks.TaskState(x); st != uint32(Running) {
			cpu.WarnOnce(x, true, "kernel/sched/core.c", fmt.Sprintf("do not call blocking ops when !TASK_RUNNING; state=%x set", st))
		} else {
			x.StateChanged = false
		}
	}
	checkAtomic(x, 0)
}

// checkAtomic is ___might_sleep(): preempt_count and the nesting of RCU
// readers must be what the caller's own locks make it, and interrupts on. It
// reports once a second, as jiffies go.
//
//kernel:fn ___might_sleep kernel/sched/core.c
func checkAtomic(x *cpu.Exec, offset uint32) {
	c, m := x.CPU(), x.Machine()
	m.Hooks.RCUSleepCheck(x)
	nested := c.Count() + uint32(m.Hooks.RCUDepth(x))
	if nested == offset && !c.IrqsDisabled() {
		return
	}
	inAtomic, irqsOff := bit(c.Count() != 0), bit(c.IrqsDisabled())
	x.RecordOp() // who is the first in a second is a matter of the operations' order
	if !m.Ratelimit(&m.MightSleepLimit) {
		return
	}
	where := m.Place(mightSleepNames)
	f := &cpu.Finding{
		Kind: "sleep-in-atomic", Title: "BUG: sleeping function called from invalid context at " + where,
		Text: fmt.Sprintf("in_atomic(): %d, irqs_disabled(): %d, pid: %d, name: %s", inAtomic, irqsOff, x.PID, x.Comm),
	}
	report(x, f, nested != offset)
}

// mightSleepNames are the functions of the check itself, of which a report
// does not speak.
var mightSleepNames = []string{"might_sleep", "__might_sleep", "___might_sleep", "cond_resched"}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// report puts a finding about the context on record and prints it: title and
// text, the locks, where preemption was disabled if that is to blame, the
// stack.
func report(x *cpu.Exec, f *cpu.Finding, atomic bool) {
	m := x.Machine()
	if m.Tracer != nil {
		f.Stack = m.Tracer.Capture(x)
	}
	m.AddFinding(x, f)
	m.Hooks.Printk(x, cpu.LevelErr, f.Title, cpu.LineWidth)
	if f.Text != "" {
		m.Hooks.Printk(x, cpu.LevelErr, f.Text, 0)
	}
	x.ShowHeldLocks(x)
	if atomic {
		m.Hooks.Printk(x, cpu.LevelErr, "Preemption disabled at:"+x.CPU().PreemptDisabledAt(), cpu.LineWidth)
	}
	x.DumpStack(f.Stack)
}

// scheduleDebug is schedule_debug(): a sleep with the count raised is an
// error of the caller; the count is forced so that the machine goes on.
//
//kernel:fn schedule_debug kernel/sched/core.c
func (s *Sched) scheduleDebug(x *cpu.Exec) {
	c := x.CPU()
	if c.Count() != cpu.PreemptOffset {
		s.scheduleBug(x)
		c.SetCount(cpu.PreemptOffset)
	}
	s.m.Hooks.RCUSleepCheck(x)
}

// scheduleBug is __schedule_bug(), without any lock of the scheduler's.
//
//kernel:fn __schedule_bug kernel/sched/core.c
func (s *Sched) scheduleBug(x *cpu.Exec) {
	x.RecordOp()
	report(x, &cpu.Finding{
		Kind: "sleep-in-atomic", Title: fmt.Sprintf("BUG: scheduling while atomic: %s/%d/0x%08x", x.Comm, x.PID, x.CPU().Count()),
	}, true)
}
