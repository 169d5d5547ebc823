package irq

import "lockstep/cpu"

// Flow is how the interrupts of a line are handled, from its lock to the
// acknowledgement (docs/kernel/sched-irq-printk.md §2.6).
type Flow uint8

// Flows.
const (
	Edge    Flow = iota // handle_edge_irq: acknowledge first, replay what came meanwhile
	Level               // handle_level_irq: masked while it is handled
	FastEOI             // handle_fasteoi_irq: acknowledged behind the handlers
	PerCPU              // handle_percpu_irq: no lock, no state
)

// String returns the flow's name as /proc/interrupts has it.
func (f Flow) String() string { return [...]string{"edge", "level", "fasteoi", "percpu"}[f] }

// SetFlow changes the flow before the line is requested, irq_set_handler().
// Where the controller has both an acknowledgement and an EOI the per-CPU flow
// would do both, and no such line exists.
func (d *Desc) SetFlow(f Flow) {
	if f == PerCPU && d.chip.ack != nil && d.chip.eoi != nil {
		panic("irq: the per-CPU flow on " + d.chip.name + ", which acknowledges twice")
	}
	d.flow = f
}

// handle is generic_handle_irq_desc().
func (d *Desc) handle(x *cpu.Exec) {
	switch d.flow {
	case Edge:
		d.handleEdge(x)
	case Level:
		d.handleLevel(x)
	case FastEOI:
		d.handleFastEOI(x)
	case PerCPU:
		d.handlePerCPU(x)
	}
}

// mayRun is irq_may_run(): no CPU is in the handlers.
//
//kernel:fn irq_may_run kernel/irq/chip.c
func (d *Desc) mayRun() bool { return !d.inProgress.Peek() }

// usable reports whether the line is enabled and has a handler; desc->lock,
// under which both change, is held.
func (d *Desc) usable() bool { return !d.disabled && d.action.Peek() != nil }

// handleEdge is handle_edge_irq(): acknowledged at once, so that the next edge
// can come while the handlers run. It finds them in progress, leaves PENDING
// and the line masked, and the loop here runs them again.
//
//kernel:fn handle_edge_irq kernel/irq/chip.c
func (d *Desc) handleEdge(x *cpu.Exec) {
	d.lock.Lock(x)
	d.istate &^= istateReplay | istateWaiting
	if !d.mayRun() || !d.usable() {
		d.istate |= istatePending
		d.maskAck(x)
		d.lock.Unlock(x)
		return
	}
	d.count(x)
	d.chip.ack(x, d)
	for {
		if d.action.Peek() == nil {
			d.maskIRQ(x)
			break
		}
		if d.istate&istatePending != 0 && !d.disabled && d.masked {
			d.unmaskIRQ(x)
		}
		d.handleEvent(x)
		if d.istate&istatePending == 0 || d.disabled {
			break
		}
	}
	d.lock.Unlock(x)
}

// handleLevel is handle_level_irq(): the line stays masked while it is handled,
// since it is still asserted until a handler has satisfied the device.
//
//kernel:fn handle_level_irq kernel/irq/chip.c
func (d *Desc) handleLevel(x *cpu.Exec) {
	d.lock.Lock(x)
	d.maskAck(x)
	if d.mayRun() {
		d.istate &^= istateReplay | istateWaiting
		d.count(x)
		if !d.usable() {
			d.istate |= istatePending
		} else {
			d.handleEvent(x)
			d.condUnmask(x)
		}
	}
	d.lock.Unlock(x)
}

// handleFastEOI is handle_fasteoi_irq(): the controller does not send again
// before the EOI, which comes last.
//
//kernel:fn handle_fasteoi_irq kernel/irq/chip.c
func (d *Desc) handleFastEOI(x *cpu.Exec) {
	d.lock.Lock(x)
	if !d.mayRun() {
		d.chip.eoi(x, d)
		d.lock.Unlock(x)
		return
	}
	d.istate &^= istateReplay | istateWaiting
	d.count(x)
	if !d.usable() {
		d.istate |= istatePending
		d.maskIRQ(x)
		d.chip.eoi(x, d)
		d.lock.Unlock(x)
		return
	}
	if d.istate&istateOneshot != 0 {
		d.maskIRQ(x)
	}
	d.handleEvent(x)
	d.chip.eoi(x, d)
	if d.istate&istateOneshot != 0 {
		d.condUnmask(x)
	}
	d.lock.Unlock(x)
}

// condUnmask is cond_unmask_irq(): unless a thread still has to finish.
//
//kernel:fn cond_unmask_irq kernel/irq/chip.c
func (d *Desc) condUnmask(x *cpu.Exec) {
	if !d.disabled && d.masked && d.threadsOneshot == 0 {
		d.unmaskIRQ(x)
	}
}

// handlePerCPU is handle_percpu_irq(): the line is the CPU's own, so nothing
// of it is shared.
//
//kernel:fn handle_percpu_irq kernel/irq/chip.c
func (d *Desc) handlePerCPU(x *cpu.Exec) {
	d.count(x)
	if d.chip.ack != nil {
		d.chip.ack(x, d)
	}
	d.runActions(x)
	if d.chip.eoi != nil {
		d.chip.eoi(x, d)
	}
}

func (d *Desc) count(x *cpu.Exec) { *d.handled.This(x)++ }

// maskAck is mask_ack_irq().
//
//kernel:fn mask_ack_irq kernel/irq/chip.c
func (d *Desc) maskAck(x *cpu.Exec) {
	d.maskIRQ(x)
	d.chip.ack(x, d)
}

// maskIRQ is mask_irq().
//
//kernel:fn mask_irq kernel/irq/chip.c
func (d *Desc) maskIRQ(x *cpu.Exec) {
	d.lock.AssertHeld(x)
	d.chip.setMask(x, true)
	d.masked = true
}

// unmaskIRQ is unmask_irq().
//
//kernel:fn unmask_irq kernel/irq/chip.c
func (d *Desc) unmaskIRQ(x *cpu.Exec) {
	d.lock.AssertHeld(x)
	d.chip.setMask(x, false)
	d.masked = false
}
