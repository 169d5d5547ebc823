package irq

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/sim"
)

// MSI is a message-signalled interrupt: the device itself writes the message,
// always an edge, to one CPU. The vector can be masked at the device, which
// then remembers that it wanted to send. It is the [Wire] of its device.
type MSI struct {
	ic      *Controller
	obj     sim.Obj
	masked  bool
	pending bool // fired while masked
	vector  Vector
	dest    int
	bus     *sim.Source
	latency sim.Rand
}

// newMSI makes a masked one.
func (ic *Controller) newMSI(name string) *MSI {
	s := &MSI{ic: ic, obj: ic.m.NewObj(name), masked: true}
	s.bus = ic.m.E.NewSource("msi "+name, s.arrives)
	s.latency = ic.m.E.Rand(s.bus)
	ic.buses = append(ic.buses, s.bus)
	return s
}

// Assert implements [Wire]: the device writes its message.
func (s *MSI) Assert() {
	if s.masked {
		s.pending = true
		return
	}
	s.transmit(s.ic.m.E.Now())
}

// Deassert implements [Wire]: there is no line.
func (s *MSI) Deassert() {}

func (s *MSI) transmit(at sim.Time) {
	s.ic.inFlight++
	s.ic.m.E.At(s.bus, at+s.ic.travelOf(&s.latency), message(s.dest, s.vector))
}

func (s *MSI) arrives(arg uint64) {
	s.ic.inFlight--
	s.ic.apics[arg>>8&0xffff].accept(Vector(arg))
}

// setMask writes the mask bit of the device's table; what was pending is sent
// when it is cleared.
//
//kernel:fn __pci_msix_desc_mask_irq drivers/pci/msi.c
func (s *MSI) setMask(x *cpu.Exec, masked bool) {
	x.Op(cpu.KindDevice, &s.obj, sim.AccessUpdate, s.ic.m.Costs.EOI)
	s.masked = masked
	if !masked && s.pending {
		s.pending = false
		s.transmit(x.Now())
	}
}

// route writes address and data of the message.
//
//kernel:fn msi_domain_set_affinity kernel/irq/msi.c
func (s *MSI) route(x *cpu.Exec, v Vector, to int) {
	x.Op(cpu.KindDevice, &s.obj, sim.AccessUpdate, s.ic.m.Costs.EOI)
	s.vector, s.dest = v, to
}

// String names it by what it sends.
func (s *MSI) String() string { return fmt.Sprintf("msi vector %#x to CPU%d", uint8(s.vector), s.dest) }
