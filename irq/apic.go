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

// apic is a CPU's local APIC. TPR is zero throughout, as in v4.4.
type apic struct {
	obj        sim.Obj
	p          *sim.Proc
	irr, isr   vectorSet
	nmi        bool // latched
	nmiBlocked bool
	timer      *sim.Source
	late       sim.Rand // how late the timer is
	latency    sim.Rand // of the IPIs this CPU sends
	taken      map[Vector]uint64
}

// update tells the processor whether it may be interrupted now.
func (a *apic) update() {
	v := a.irr.highest()
	a.p.SetPending(v >= 0 && v>>4 > a.isr.highest()>>4, a.nmi && !a.nmiBlocked)
}

// accept is the arrival of a message.
func (a *apic) accept(v Vector) {
	a.irr.set(v)
	a.update()
}

// take moves the highest deliverable vector from IRR to ISR.
func (a *apic) take() Vector {
	v := Vector(a.irr.highest())
	a.irr.clear(v)
	a.isr.set(v)
	a.taken[v]++
	a.update()
	return v
}

// eoi ends the highest vector in service.
func (a *apic) eoi() {
	if v := a.isr.highest(); v >= 0 {
		a.isr.clear(Vector(v))
		a.update()
	}
}

// EOI is ack_APIC_irq().
//
//kernel:fn ack_APIC_irq arch/x86/include/asm/apic.h
func (ic *Controller) EOI(x *cpu.Exec) {
	x.Spend(ic.m.Costs.EOI)
	ic.apics[x.CPU().ID].eoi()
}

// Requested reports whether a vector waits in a CPU's IRR, for views.
func (ic *Controller) Requested(c int, v Vector) bool { return ic.apics[c].irr.has(v) }

// InService reports whether a vector is in a CPU's ISR.
func (ic *Controller) InService(c int, v Vector) bool { return ic.apics[c].isr.has(v) }

// Taken returns how often a CPU took a vector.
func (ic *Controller) Taken(c int, v Vector) uint64 { return ic.apics[c].taken[v] }
