package sched

import (
	"fmt"

	"lockstep/cpu"
)

// MightSleep is might_sleep() of DEBUG_ATOMIC_SLEEP: a function that may
// sleep was called where nobody may. It adds no lockdep edges.
//
//kernel:fn __might_sleep kernel/sched/core.c
func MightSleep(x *cpu.Exec) {
	x.Machine().Hooks.RCUSleepCheck(x)
	c := x.CPU()
	if c.Count() == 0 && !c.IrqsDisabled() {
		return
	}
	title := "BUG: sleeping function called from invalid context"
	m := x.Machine()
	x.Record(&cpu.Finding{
		Kind: "sleep-in-atomic", Title: title,
		Text: fmt.Sprintf("in_atomic(): %d, irqs_disabled(): %t, pid: %d, name: %s", c.Count(), c.IrqsDisabled(), x.PID, x.Comm),
	})
	m.Hooks.Printk(x, cpu.LevelErr, title, 0)
}
