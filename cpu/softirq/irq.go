package softirq

import "lockstep/cpu"

// IrqEnter is irq_enter(): RCU first, then, if it is the idle task that is
// interrupted, the tick, which may have been stopped for long; then the hardirq
// count. Bottom halves are off around the tick, so that what is raised there is
// not taken for something that ksoftirqd has to serve.
//
//kernel:fn irq_enter kernel/softirq.c
func (q *Softirq) IrqEnter(x *cpu.Exec) {
	q.m.Hooks.IrqEnter(x)
	if tick := q.m.Hooks.TickIrqEnter; tick != nil && q.s.IsIdleTask(x) && !x.CPU().InInterrupt() {
		q.bhDisable(x, cpu.SoftirqDisableOffset)
		tick(x)
		q.bhEnableQuiet(x)
	}
	x.CPU().AddCount(cpu.HardirqOffset)
	if ld := q.m.Lockdep; ld != nil {
		ld.HardirqEnter(x.LD)
	}
}

// IrqExit is irq_exit(): the count goes down, then softirqs run if this was
// the outermost interrupt, then an idle CPU's tick is looked at, then RCU is
// told, and lockdep last, so for the
// validator the softirqs still lie inside the hardirq, which they leave for
// their duration.
//
//kernel:fn irq_exit kernel/softirq.c
func (q *Softirq) IrqExit(x *cpu.Exec) {
	x.CPU().SubCount(cpu.HardirqOffset)
	if !x.CPU().InInterrupt() && *q.pending.This(x) != 0 {
		q.m.Hooks.Softirq(x)
	}
	if tick := q.m.Hooks.TickIrqExit; tick != nil {
		tick(x)
	}
	q.m.Hooks.IrqExit(x)
	if ld := q.m.Lockdep; ld != nil {
		ld.HardirqExit(x.LD)
	}
}
