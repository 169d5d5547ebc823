package irq

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// Dest is the destination of an IPI: what the ICR's destination field and
// shorthand say (docs/kernel/sched-irq-printk.md §2.1).
type Dest struct {
	short   shorthand
	logical bool
	id      uint32 // physical: the CPU's number; logical: cluster and bits
}

type shorthand uint8

const (
	noShorthand shorthand = iota
	self
	all
	allButSelf
)

// clusterSize is how many CPUs one logical destination of x2APIC can name.
const clusterSize = 16

// Physical is the CPU with the given number.
func Physical(c int) Dest { return Dest{id: uint32(c)} }

// Logical is the CPUs of a cluster of sixteen whose bits are set.
func Logical(cluster int, bits uint16) Dest {
	return Dest{logical: true, id: uint32(cluster)<<16 | uint32(bits)}
}

// The shorthands.
var (
	ToSelf       = Dest{short: self}
	ToAll        = Dest{short: all}
	ToAllButSelf = Dest{short: allButSelf}
)

// includes reports whether the destination, seen from CPU from, has CPU c.
func (d Dest) includes(from, c int) bool {
	switch d.short {
	case self:
		return c == from
	case all:
		return true
	case allButSelf:
		return c != from
	}
	if d.logical {
		return int(d.id>>16) == c/clusterSize && d.id>>(c%clusterSize)&1 != 0
	}
	return int(d.id) == c
}

// WriteICR sends a vector, one of the IPIs or NMI, to a destination: one
// write, and a message to each CPU in it. The own APIC accepts what is sent
// by the shorthand for it at once; what goes over the bus takes its time, and
// each message its own.
//
//kernel:fn native_x2apic_icr_write arch/x86/include/asm/apic.h
func (ic *Controller) WriteICR(x *cpu.Exec, d Dest, v Vector) {
	if d.short == noShorthand && !d.logical {
		ic.Send(x, int(d.id), v)
		return
	}
	from := x.CPU().ID
	a := &ic.apics[from]
	x.Op(cpu.KindSend, &a.obj, sim.AccessUpdate, ic.m.Costs.IPISend)
	if d.short == self && v != NMI {
		a.accept(v)
		return
	}
	for to := range ic.apics {
		if d.includes(from, to) {
			ic.dispatch(x, to, v)
		}
	}
}

// SendMask is apic->send_IPI_mask() of x2APIC in cluster mode: one write for
// every cluster that has a CPU in the mask, with interrupts off throughout.
//
//kernel:fn __x2apic_send_IPI_mask arch/x86/kernel/apic/x2apic_cluster.c
func (ic *Controller) SendMask(x *cpu.Exec, mask []bool, v Vector) {
	f := cpu.LocalIrqSave(x)
	for first := 0; first < len(mask); first += clusterSize {
		var bits uint16
		for i, in := range mask[first:min(first+clusterSize, len(mask))] {
			if in {
				bits |= 1 << i
			}
		}
		if bits != 0 {
			ic.WriteICR(x, Logical(first/clusterSize, bits), v)
		}
	}
	cpu.LocalIrqRestore(x, f)
}

// SendNMI sends an NMI to one CPU.
//
//kernel:fn default_send_IPI_mask_sequence_phys arch/x86/kernel/apic/ipi.c
func (ic *Controller) SendNMI(x *cpu.Exec, to int) { ic.WriteICR(x, Physical(to), NMI) }
