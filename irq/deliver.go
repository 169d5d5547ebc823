package irq

import (
	"fmt"

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
	if !a.spurious && a.deliverable() < 0 || !x.CPU().P.Open() {
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
	} else if ic.lines != nil && v.device() {
		ic.doIRQ(x, v)
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
// somebody was queued on this CPU's wake_list, or it is to balance for others.
//
//kernel:fn smp_reschedule_interrupt arch/x86/kernel/smp.c
func (ic *Controller) rescheduleInterrupt(x *cpu.Exec) {
	ic.EOI(x)
	if !ic.s.SchedulerIPI(x) {
		return
	}
	ic.sq.IrqEnter(x)
	ic.s.SchedulerIPIWork(x)
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

// callFunctionInterrupt is smp_call_function_interrupt(): the same queue.
//
//kernel:fn smp_call_function_interrupt arch/x86/kernel/smp.c
func (ic *Controller) callFunctionInterrupt(x *cpu.Exec) {
	ic.EOI(x)
	ic.sq.IrqEnter(x)
	ic.flushCalls(x)
	ic.RunWork(x)
	ic.sq.IrqExit(x)
}

// spuriousInterrupt is smp_spurious_interrupt(): nothing is in service, so
// there is nothing to acknowledge.
//
//kernel:fn smp_spurious_interrupt arch/x86/kernel/apic/apic.c
func (ic *Controller) spuriousInterrupt(x *cpu.Exec) {
	ic.sq.IrqEnter(x)
	if a := &ic.apics[x.CPU().ID]; a.isr.has(Spurious) {
		ic.EOI(x)
	}
	text := fmt.Sprintf("spurious APIC interrupt through vector ff on CPU#%d, should never happen.", x.CPU().ID)
	ic.m.Hooks.Printk(x, cpu.LevelInfo, text, 0)
	ic.sq.IrqExit(x)
}
