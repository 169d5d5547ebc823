package irq

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/sim"
)

// DisableNosync is disable_irq_nosync(): disabling is lazy, the line is masked
// only when an interrupt finds it disabled. Handlers that run go on.
//
//kernel:fn disable_irq_nosync kernel/irq/manage.c
func (d *Desc) DisableNosync(x *cpu.Exec) {
	f := d.lock.LockIrqsave(x)
	if d.depth == 0 {
		d.disabled = true
	}
	d.depth++
	d.lock.UnlockIrqrestore(x, f)
}

// Disable is disable_irq(): it returns when no handler of the line runs any
// more, so the caller must hold nothing that one of them needs, and sleeps for
// the line's threads.
//
//kernel:fn disable_irq kernel/irq/manage.c
func (d *Desc) Disable(x *cpu.Exec) {
	d.DisableNosync(x)
	d.Synchronize(x)
}

// Enable is enable_irq(). An interrupt that came while the line was disabled
// is sent again.
//
//kernel:fn enable_irq kernel/irq/manage.c
func (d *Desc) Enable(x *cpu.Exec) {
	f := d.lock.LockIrqsave(x)
	switch d.depth {
	case 0:
		cpu.Warn(x, true, "kernel/irq/manage.c", fmt.Sprintf("Unbalanced enable for IRQ %d", d.irq))
	case 1:
		d.disabled = false
		d.unmaskIRQ(x)
		d.checkResend(x)
		d.depth = 0
	default:
		d.depth--
	}
	d.lock.UnlockIrqrestore(x, f)
}

// checkResend is check_irq_resend(): a level line that is still asserted
// interrupts by itself, an edge was lost and is sent again, as an IPI.
//
//kernel:fn check_irq_resend kernel/irq/resend.c
func (d *Desc) checkResend(x *cpu.Exec) {
	if d.level {
		d.istate &^= istatePending
		return
	}
	if d.istate&istateReplay != 0 || d.istate&istatePending == 0 {
		return
	}
	d.istate = d.istate&^istatePending | istateReplay
	d.retrigger(x)
}

// retrigger is apic_retrigger_irq().
//
//kernel:fn apic_retrigger_irq arch/x86/kernel/apic/vector.c
func (d *Desc) retrigger(x *cpu.Exec) {
	l := &d.ic.lines.vector
	f := l.LockIrqsave(x)
	to := d.route.cpu
	x.Op(cpu.KindSend, &d.ic.apics[to].obj, sim.AccessUpdate, d.ic.m.Costs.IPISend)
	d.chip.message(x, to, d.route.vector)
	l.UnlockIrqrestore(x, f)
}

// Synchronize is synchronize_irq(): wait until the handlers that run now, and
// the threads that they woke, are done. Called from a handler of the line it
// waits for itself.
//
//kernel:fn synchronize_irq kernel/irq/manage.c
func (d *Desc) Synchronize(x *cpu.Exec) {
	for {
		d.waitHandlers(x)
		f := d.lock.LockIrqsave(x) // whoever is behind the flag has finished with the line
		busy := d.inProgress.Peek()
		d.lock.UnlockIrqrestore(x, f)
		if !busy {
			break
		}
	}
	d.wait.WaitEvent(x, uninterruptible, func() bool { return d.threadsActive.ReadOnce(x) == 0 })
}

// waitHandlers spins while INPROGRESS is set, preemptible and with interrupts
// as the caller has them.
func (d *Desc) waitHandlers(x *cpu.Exec) {
	for d.inProgress.ReadOnce(x) {
		spinUntil(x, d, d.inProgress.Obj(), &d.spinners)
	}
}

// spinUntil parks x's CPU until whoever has the list takes it as done, or an
// interrupt comes, which it takes; the caller looks again.
func spinUntil(x *cpu.Exec, on cpu.Awaited, obj *sim.Obj, list **cpu.Wait) {
	w := x.BeginWait(cpu.WaitQueue, on, obj)
	w.Next, *list = *list, w
	if x.SpinOnce(w) {
		return
	}
	for at := list; *at != nil; at = &(*at).Next {
		if *at == w {
			*at = w.Next
			break
		}
	}
	x.TakeInterrupt()
}

// AwaitedName implements [cpu.Awaited].
func (d *Desc) AwaitedName() string { return fmt.Sprintf("handlers of irq %d", d.irq) }

// Holder implements [cpu.Awaited]: the CPU that runs the handlers.
func (d *Desc) Holder(*cpu.Wait) cpu.Holder {
	if d.runs == nil {
		return cpu.Holder{}
	}
	return cpu.Holder{CPU: d.runs, How: "run"}
}
