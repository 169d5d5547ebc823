package irq

import (
	"math/bits"

	"lockstep/cpu"
	"lockstep/sim"
)

// vectorSet is a 256-bit register.
type vectorSet [4]uint64

func (s *vectorSet) set(v Vector)      { s[v>>6] |= 1 << (v & 63) }
func (s *vectorSet) clear(v Vector)    { s[v>>6] &^= 1 << (v & 63) }
func (s *vectorSet) has(v Vector) bool { return s[v>>6]&(1<<(v&63)) != 0 }

// highest returns the highest vector in the set, -1 if it is empty.
func (s *vectorSet) highest() int {
	for i := 3; i >= 0; i-- {
		if s[i] != 0 {
			return i*64 + 63 - bits.LeadingZeros64(s[i])
		}
	}
	return -1
}

// apic is a CPU's local APIC. Linux v4.4 leaves the task priority at zero,
// which hides nothing (docs/kernel/sched-irq-printk.md §2.1).
type apic struct {
	obj        sim.Obj
	p          *sim.Proc
	irr, isr   vectorSet
	tmr        vectorSet // level-triggered: their EOI goes on to the IO-APICs
	tpr        uint8     // task priority
	spurious   bool      // the TPR hid what the CPU was being interrupted for
	nmi        bool      // latched
	nmiBlocked bool
	timer      *sim.Source
	lvt        lvtTimer
	late       sim.Rand // how late the timer is
	latency    sim.Rand // of the IPIs this CPU sends
	taken      map[Vector]uint64
	coming     int   // reschedule IPIs on their way here
	serving    *Desc // the line that do_IRQ() is at, for views
}

// ppr is the processor priority: the class of the task priority or of the
// highest vector in service, whichever is higher; the low half counts only
// while the task priority decides.
func (a *apic) ppr() uint8 {
	serving := uint8(max(a.isr.highest(), 0))
	if a.tpr>>4 >= serving>>4 {
		return a.tpr
	}
	return serving &^ 0xf
}

// deliverable returns the vector that would be taken next, -1 if none is in a
// class above the processor's.
func (a *apic) deliverable() int {
	if v := a.irr.highest(); v>>4 > int(a.ppr()>>4) {
		return v
	}
	return -1
}

// update tells the processor whether it may be interrupted now.
func (a *apic) update() {
	a.p.SetPending(a.spurious || a.deliverable() >= 0, a.nmi && !a.nmiBlocked)
}

// accept is the arrival of an edge-triggered message.
func (a *apic) accept(v Vector) {
	a.tmr.clear(v)
	a.irr.set(v)
	a.update()
}

// acceptLevel is the arrival of a level-triggered one.
func (a *apic) acceptLevel(v Vector) {
	a.tmr.set(v)
	a.irr.set(v)
	a.update()
}

// take moves the highest deliverable vector from IRR to ISR. The spurious
// vector is dispensed without either.
func (a *apic) take() Vector {
	v := Spurious
	if a.spurious {
		a.spurious = false
	} else {
		v = Vector(a.irr.highest())
		a.irr.clear(v)
		a.isr.set(v)
	}
	if a.taken == nil {
		a.taken = map[Vector]uint64{}
	}
	a.taken[v]++
	a.update()
	return v
}

// eoi ends the highest vector in service and reports whether the IO-APICs are
// to be told.
func (a *apic) eoi() (v Vector, level bool) {
	n := a.isr.highest()
	if n < 0 {
		return 0, false
	}
	v = Vector(n)
	a.isr.clear(v)
	a.update()
	return v, a.tmr.has(v)
}

// EOI is ack_APIC_irq(). Whether a vector in service is level-triggered cannot
// change, so no operation is needed to look; telling the IO-APICs is one.
//
//kernel:fn ack_APIC_irq arch/x86/include/asm/apic.h
func (ic *Controller) EOI(x *cpu.Exec) {
	x.Spend(ic.m.Costs.EOI)
	if v, level := ic.apics[x.CPU().ID].eoi(); level {
		for _, io := range ic.ioapics {
			io.broadcast(x, v)
		}
	}
}

// WriteTPR sets the task priority of x's CPU: vectors of its class and below
// wait. If it hides one for which the CPU is just being interrupted, the CPU
// gets the spurious vector in its place.
//
//kernel:fn apic_write arch/x86/include/asm/apic.h
func (ic *Controller) WriteTPR(x *cpu.Exec, tpr uint8) {
	a := &ic.apics[x.CPU().ID]
	x.Op(cpu.KindDevice, &a.obj, sim.AccessWrite, ic.m.Costs.EOI)
	a.setTPR(tpr)
}

func (a *apic) setTPR(tpr uint8) {
	was := a.deliverable() >= 0
	a.tpr = tpr
	a.spurious = a.spurious || was && a.deliverable() < 0
	a.update()
}

// Requested reports whether a vector waits in a CPU's IRR, for views.
func (ic *Controller) Requested(c int, v Vector) bool { return ic.apics[c].irr.has(v) }

// InService reports whether a vector is in a CPU's ISR.
func (ic *Controller) InService(c int, v Vector) bool { return ic.apics[c].isr.has(v) }

// Taken returns how often a CPU took a vector.
func (ic *Controller) Taken(c int, v Vector) uint64 { return ic.apics[c].taken[v] }
