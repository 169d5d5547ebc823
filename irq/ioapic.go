package irq

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

var ioapicLockKey = lockdep.Key{Name: "ioapic_lock"}

// IOAPIC is an interrupt controller of devices: each of its pins has a
// redirection entry that says to whom the line's interrupts go, and as which
// vector. Code touches it behind an operation on it, devices from their
// events.
type IOAPIC struct {
	ic   *Controller
	obj  sim.Obj
	lock lock.Raw // ioapic_lock
	pins []*Pin
}

// Pin is an input of an IO-APIC with its redirection entry. It is the [Wire]
// of the device on it.
type Pin struct {
	entry
	io      *IOAPIC
	n       int
	vector  Vector
	dest    []int // CPUs; fixed delivery to each
	bus     *sim.Source
	latency sim.Rand
}

// NewIOAPIC makes an IO-APIC whose entries are masked and edge-triggered. It
// is made before the machine runs.
func (ic *Controller) NewIOAPIC(pins int) *IOAPIC {
	name := fmt.Sprintf("ioapic%d", len(ic.ioapics))
	io := &IOAPIC{ic: ic, obj: ic.m.NewObj(name)}
	io.lock.Init(ic.m, "ioapic_lock", &ioapicLockKey)
	for n := range pins {
		p := &Pin{io: io, n: n}
		p.masked = true
		p.bus = ic.m.E.NewSource(fmt.Sprintf("%s pin %d", name, n), p.arrives)
		p.latency = ic.m.E.Rand(p.bus)
		ic.buses = append(ic.buses, p.bus)
		io.pins = append(io.pins, p)
	}
	ic.ioapics = append(ic.ioapics, io)
	return io
}

// Pin returns pin n.
func (io *IOAPIC) Pin(n int) *Pin { return io.pins[n] }

// message is the argument of a bus source's event: who gets which vector.
func message(to int, v Vector) uint64 { return uint64(to)<<8 | uint64(v) }

// transmit lets the entry's message leave at the given time.
func (p *Pin) transmit(at sim.Time) {
	p.sent(len(p.dest))
	for _, to := range p.dest {
		p.io.ic.inFlight++
		p.io.ic.m.E.At(p.bus, at+p.io.ic.travelOf(&p.latency), message(to, p.vector))
	}
}

// arrives is the acceptance of a message by a local APIC. One that software
// sent again carries resent, and is none of the entry's.
func (p *Pin) arrives(arg uint64) {
	ic := p.io.ic
	ic.inFlight--
	a := &ic.apics[arg>>8&0xffff]
	if arg&resent != 0 {
		a.accept(Vector(arg))
		return
	}
	p.accepted()
	if p.level {
		a.acceptLevel(Vector(arg))
	} else {
		a.accept(Vector(arg))
	}
}

// resent marks the argument of a message that software sent.
const resent uint64 = 1 << 32

// Assert implements [Wire].
func (p *Pin) Assert() {
	if p.raise() {
		p.transmit(p.io.ic.m.E.Now())
	}
}

// Deassert implements [Wire].
func (p *Pin) Deassert() { p.lower() }

// setMask writes the entry's mask bit: io_apic_modify_irq() under ioapic_lock.
//
//kernel:fn io_apic_modify_irq arch/x86/kernel/apic/io_apic.c
func (p *Pin) setMask(x *cpu.Exec, masked bool) {
	f := p.io.lock.LockIrqsave(x)
	p.io.access(x)
	if p.mask(masked) {
		p.transmit(x.Now())
	}
	p.io.lock.UnlockIrqrestore(x, f)
}

// route writes the entry's destination and vector under ioapic_lock.
//
//kernel:fn ioapic_set_affinity arch/x86/kernel/apic/io_apic.c
func (p *Pin) route(x *cpu.Exec, v Vector, to int) {
	f := p.io.lock.LockIrqsave(x)
	p.io.access(x)
	p.vector, p.dest = v, []int{to}
	p.io.lock.UnlockIrqrestore(x, f)
}

// access is an access to the controller's registers.
func (io *IOAPIC) access(x *cpu.Exec) {
	x.Op(cpu.KindDevice, &io.obj, sim.AccessUpdate, io.ic.m.Costs.EOI)
}

// broadcast is the EOI that a local APIC passes on: every level entry with the
// vector is no longer in service, and interrupts again if its line is still
// asserted.
func (io *IOAPIC) broadcast(x *cpu.Exec, v Vector) {
	io.access(x)
	for _, p := range io.pins {
		if p.level && p.vector == v && p.eoi() {
			p.transmit(x.Now())
		}
	}
}

// PinView is a redirection entry as views show it.
type PinView struct {
	Pin       int    // its number
	Vector    Vector // to be delivered, 0 if the entry was never written
	Dest      []int  // CPUs
	Level     bool   // trigger mode
	Masked    bool   // the mask bit
	Asserted  bool   // the line
	RemoteIRR bool   // accepted and not acknowledged
	Pending   bool   // the delivery status: a message is on its way
	Lost      uint64 // edges that found the entry masked
}

// View returns the entries that have a vector.
func (io *IOAPIC) View() []PinView {
	var vs []PinView
	io.EachPin(func(v PinView) { vs = append(vs, v) })
	return vs
}

// EachPin calls fn for every entry that has a vector.
func (io *IOAPIC) EachPin(fn func(PinView)) {
	for _, p := range io.pins {
		if p.vector != 0 {
			fn(PinView{p.n, p.vector, p.dest, p.level, p.masked, p.asserted, p.remoteIRR, p.inFlight > 0, p.lost})
		}
	}
}

// IOAPICs returns the machine's IO-APICs.
func (ic *Controller) IOAPICs() []*IOAPIC { return ic.ioapics }
