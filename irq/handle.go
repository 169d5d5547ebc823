package irq

import (
	"fmt"

	"lockstep/cpu"
)

// Return is what a handler says, irqreturn_t.
type Return uint8

// What handlers say.
const (
	None       Return = 0 // not my device
	Handled    Return = 1 // done
	WakeThread Return = 2 // the rest is the thread's
)

// Handler is an interrupt handler, irq_handler_t: in hardirq context with
// interrupts off, or in the line's thread.
type Handler func(x *cpu.Exec, irq int) Return

// doIRQ is do_IRQ(): find the line of the vector and let its flow handle it.
// A vector without one is acknowledged, or the class would be blocked.
//
//kernel:fn do_IRQ arch/x86/kernel/irq.c
func (ic *Controller) doIRQ(x *cpu.Exec, v Vector) {
	ic.sq.IrqEnter(x)
	if d := ic.lines.lookup(x, v); d != nil {
		a := &ic.apics[x.CPU().ID] // in hardirq context: it stays this CPU
		outer := a.serving         // a handler may have enabled interrupts
		a.serving = d
		d.handle(x)
		a.serving = outer
	} else {
		ic.EOI(x)
		text := fmt.Sprintf("do_IRQ: %d.%d No irq handler for vector", x.CPU().ID, v)
		ic.m.Hooks.Printk(x, cpu.LevelEmerg, text, 0)
	}
	ic.sq.IrqExit(x)
}

// handleEvent is handle_irq_event(): the handlers run without desc->lock;
// INPROGRESS keeps others out meanwhile.
//
//kernel:fn handle_irq_event kernel/irq/handle.c
func (d *Desc) handleEvent(x *cpu.Exec) {
	d.istate &^= istatePending
	d.inProgress.WriteOnce(x, true)
	d.runs = x.CPU()
	d.lock.Unlock(x)

	d.runActions(x)

	d.lock.Lock(x)
	d.inProgress.WriteOnce(x, false)
	d.runs = nil
	for w := d.spinners; w != nil; w = w.Next {
		w.Done = true
		w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(d.ic.m.Costs.LineMiss))
	}
	d.spinners = nil
}

// runActions is handle_irq_event_percpu(): every handler of the chain is asked,
// since more than one of the devices on a line may want attention.
//
//kernel:fn handle_irq_event_percpu kernel/irq/handle.c
func (d *Desc) runActions(x *cpu.Exec) {
	for a := d.action.ReadOnce(x); a != nil; a = a.next.ReadOnce(x) {
		ret := a.handler(x, d.irq)
		text := fmt.Sprintf("irq %d handler %s enabled interrupts", d.irq, a.name)
		if cpu.WarnOnce(x, !cpu.IrqsDisabled(x), "kernel/irq/handle.c", text) {
			cpu.LocalIrqDisable(x)
		}
		if ret == WakeThread {
			d.wakeThread(x, a)
		}
	}
}

// wakeThread is __irq_wake_thread(). A thread that was woken and has not come
// yet will see this interrupt too. The bits of threads_oneshot are this
// handler's as long as INPROGRESS is set; the thread clears its own under
// desc->lock, and not while that is so.
//
//kernel:fn __irq_wake_thread kernel/irq/handle.c
func (d *Desc) wakeThread(x *cpu.Exec, a *Action) {
	if cpu.WarnOnce(x, a.thread == nil, "kernel/irq/handle.c", "IRQ "+a.name+" returned IRQ_WAKE_THREAD and has no thread") {
		return
	}
	if a.threadFlags.Update(x, func(f uint32) uint32 { return f | runThread })&runThread != 0 {
		return
	}
	d.threadsOneshot |= a.mask
	d.threadsActive.Update(x, func(n int) int { return n + 1 })
	d.ic.s.WakeUpProcess(x, a.thread)
}
