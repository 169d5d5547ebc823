package softirq

import "lockstep/cpu"

// IrqEnter is irq_enter(): RCU first, then the hardirq count.
//
//kernel:fn irq_enter kernel/softirq.c
func (q *Softirq) IrqEnter(x *cpu.Exec) {
	q.m.Hooks.IrqEnter(x)
	x.CPU().AddCount(cpu.HardirqOffset)
	if ld := q.m.Lockdep; ld != nil {
		ld.HardirqEnter(x.LD)
	}
}

// IrqExit is irq_exit(): the count goes down, then softirqs run if this was
// the outermost interrupt, then RCU is told, and lockdep last, so for the
// validator the softirqs still lie inside the hardirq, which they leave for
// their duration.
//
//kernel:fn irq_exit kernel/softirq.c
func (q *Softirq) IrqExit(x *cpu.Exec) {
	x.CPU().SubCount(cpu.HardirqOffset)
	if !x.CPU().InInterrupt() && *q.pending.This(x) != 0 {
		q.m.Hooks.Softirq(x)
	}
	q.m.Hooks.IrqExit(x)
	if ld := q.m.Lockdep; ld != nil {
		ld.HardirqExit(x.LD)
	}
}
