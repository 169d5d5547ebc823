package irq

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// Interrupt takes one pending interrupt on x's CPU, on x's stack. It returns
// into the interrupted code, which announces its operation again; x may be on
// another CPU then.
func (ic *Controller) Interrupt(x *cpu.Exec) {
	a := &ic.apics[x.CPU().ID]
	if a.nmi && !a.nmiBlocked {
		ic.doNMI(x)
		return
	}
	if v := a.irr.highest(); v < 0 || v>>4 <= a.isr.highest()>>4 || !x.CPU().P.Open() {
		return
	}
	ic.entry(x, a.take())
}

// entry is an interrupt gate from the flag's drop to iret. Only code with
// interrupts on is interrupted, so they are on again behind it.
//
//kernel:fn common_interrupt arch/x86/entry/entry_64.S
func (ic *Controller) entry(x *cpu.Exec, v Vector) {
	x.CPU().P.SetOpen(false)
	if ld := ic.m.Lockdep; ld != nil {
		ld.HardirqsOff(x.LD)
	}
	x.Local(cpu.KindIrqEntry, ic.m.Costs.IrqEntry)
	if fn := ic.handlers[v]; fn != nil {
		fn(x)
	} else {
		ic.EOI(x)
	}
	if sched.ResumeWantsPreempt(x) {
		ic.s.PreemptScheduleIrq(x)
	}
	x.Local(cpu.KindIrqExit, ic.m.Costs.IrqExit)
	x.HardirqsOn()
	x.CPU().P.SetOpen(true)
}

// rescheduleInterrupt is smp_reschedule_interrupt(): without irq_enter unless
// somebody was queued on this CPU's wake_list.
//
//kernel:fn smp_reschedule_interrupt arch/x86/kernel/smp.c
func (ic *Controller) rescheduleInterrupt(x *cpu.Exec) {
	ic.EOI(x)
	if !ic.s.SchedulerIPI(x) {
		return
	}
	ic.sq.IrqEnter(x)
	ic.s.TtwuPending(x)
	ic.sq.IrqExit(x)
}

// apicTimerInterrupt is smp_apic_timer_interrupt().
//
//kernel:fn smp_apic_timer_interrupt arch/x86/kernel/apic/apic.c
func (ic *Controller) apicTimerInterrupt(x *cpu.Exec, fn func(x *cpu.Exec)) {
	ic.EOI(x)
	ic.sq.IrqEnter(x)
	fn(x)
	ic.sq.IrqExit(x)
}

// callFunctionSingleInterrupt is smp_call_function_single_interrupt().
//
//kernel:fn smp_call_function_single_interrupt arch/x86/kernel/smp.c
func (ic *Controller) callFunctionSingleInterrupt(x *cpu.Exec) {
	ic.EOI(x)
	ic.sq.IrqEnter(x)
	ic.flushCalls(x)
	ic.RunWork(x)
	ic.sq.IrqExit(x)
}

// irqWorkInterrupt is smp_irq_work_interrupt().
//
//kernel:fn smp_irq_work_interrupt arch/x86/kernel/irq_work.c
func (ic *Controller) irqWorkInterrupt(x *cpu.Exec) {
	ic.EOI(x)
	ic.sq.IrqEnter(x)
	ic.RunWork(x)
	ic.sq.IrqExit(x)
}
