package sched

import (
	"fmt"

	"lockstep/cpu"
)

// MightSleep is might_sleep(): the check of DEBUG_ATOMIC_SLEEP, and with
// CONFIG_PREEMPT_VOLUNTARY might_resched(). It adds no lockdep edges.
//
//kernel:fn might_sleep include/linux/kernel.h
func MightSleep(x *cpu.Exec) {
	x.Machine().Hooks.RCUSleepCheck(x)
	if c := x.CPU(); c.Count() != 0 || c.IrqsDisabled() {
		sleepsInAtomic(x)
	}
	if m := x.Machine(); m.Preempt == cpu.PreemptVoluntary {
		m.Hooks.CondResched(x)
	}
}

// sleepsInAtomic is the report of __might_sleep(): a function that may sleep
// was called where nobody may.
//
//kernel:fn __might_sleep kernel/sched/core.c
func sleepsInAtomic(x *cpu.Exec) {
	c := x.CPU()
	title := "BUG: sleeping function called from invalid context"
	m := x.Machine()
	x.Record(&cpu.Finding{
		Kind: "sleep-in-atomic", Title: title,
		Text: fmt.Sprintf("in_atomic(): %d, irqs_disabled(): %t, pid: %d, name: %s", c.Count(), c.IrqsDisabled(), x.PID, x.Comm),
	})
	m.Hooks.Printk(x, cpu.LevelErr, title, 0)
}
