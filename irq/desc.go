package irq

import (
	"fmt"
	"slices"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// Wire is what a device pulls to be noticed. Devices call it from their
// events, drivers behind an operation on the device.
type Wire interface {
	Assert()   // the device wants attention
	Deassert() // it no longer does
}

// Bits of a descriptor's istate.
const (
	istatePending uint8 = 1 << iota // came while it could not be handled
	istateOneshot                   // masked until the thread is done
	istateReplay                    // was sent again by software
	istateWaiting                   // of autoprobing
)

var (
	descLockKey   = lockdep.Key{Name: "&irq_desc_lock_class"}
	threadWaitKey = lockdep.Key{Name: "&desc->wait_for_threads"}
)

// Desc is an interrupt descriptor, struct irq_desc with its irq_data: one
// line, its controller, who handles it and in which state it is. Everything
// but inProgress, threadsActive and the chain is under its lock.
type Desc struct {
	ic   *Controller
	irq  int
	name string
	lock lock.Raw // desc->lock
	chip chip
	flow Flow

	depth    int // how often it is disabled; a line nobody requested is once
	istate   uint8
	disabled bool // irqd_irq_disabled
	masked   bool // irqd_irq_masked
	level    bool // irqd_is_level_type

	// inProgress is IRQD_IRQ_INPROGRESS; synchronize_irq() reads it without
	// the lock, and spinners are the CPUs that wait for its end.
	inProgress cpu.Var[bool]
	spinners   *cpu.Wait
	runs       *cpu.CPU // the handlers, while inProgress

	// action is the head of the chain, which the handlers walk without the
	// lock: free_irq() waits for them before an action is gone.
	action cpu.Var[*Action]

	threadsOneshot uint64 // threads that must finish before the line is unmasked
	threadsActive  cpu.Var[int]
	wait           sched.WaitQueue // desc->wait_for_threads

	route   routing
	handled cpu.PerCPU[uint64] // kstat_irqs
}

// chip is what a descriptor needs of its controller, struct irq_chip; what a
// controller does not have is nil. mask, unmask and set differ by trigger.
type chip struct {
	name        string
	setMask     func(x *cpu.Exec, masked bool)
	ack         func(x *cpu.Exec, d *Desc)
	eoi         func(x *cpu.Exec, d *Desc)
	setAffinity func(x *cpu.Exec, v Vector, to int)
	message     func(x *cpu.Exec, to int, v Vector) // sends again by software
}

// lines are all descriptors of a machine and which vector of which CPU is
// whose.
type lines struct {
	descs  []*Desc // by number; nil where none is
	vector lock.Raw
	tables []vectorTable // by CPU
	next   Vector        // the allocator's last
	offset int
}

// firstMSI is the first number behind those of the first IO-APIC's pins.
const firstMSI = 24

// newDesc makes a disabled, masked line that nobody has requested, routed to
// one CPU.
func (ic *Controller) newDesc(irq int, name string, level bool, to int, c chip) *Desc {
	if ic.lines == nil {
		ic.initLines()
	}
	if ic.Desc(irq) != nil {
		panic(fmt.Sprintf("irq: irq %d (%s) exists already", irq, name))
	}
	d := &Desc{ic: ic, irq: irq, name: name, chip: c, depth: 1, disabled: true, masked: true, level: level}
	id := fmt.Sprintf("irq%d", irq)
	d.lock.Init(ic.m, id+"->lock", &descLockKey)
	d.inProgress.Init(ic.m, id+"->state", false)
	d.action.Init(ic.m, id+"->action", nil)
	d.threadsActive.Init(ic.m, id+"->threads_active", 0)
	d.lock.Guards(d.inProgress.Obj(), d.action.Obj())
	d.wait.Init(ic.s, id+"->wait_for_threads", &threadWaitKey)
	d.handled.Init(ic.m)
	for len(ic.lines.descs) <= irq {
		ic.lines.descs = append(ic.lines.descs, nil)
	}
	ic.lines.descs[irq] = d
	d.route = routing{cpu: to, vector: ic.lines.allocate(), pending: -1, oldCPU: -1}
	ic.lines.tables[to].desc[d.route.vector] = d
	return d
}

// Map makes the descriptor of an IO-APIC's pin, whose number it has, as
// booting does for every pin in use: edge-triggered lines are handled by the
// edge flow, level-triggered ones by fasteoi.
//
//kernel:fn mp_map_pin_to_irq arch/x86/kernel/apic/io_apic.c
func (io *IOAPIC) Map(pin int, name string, level bool, to int) *Desc {
	p := io.pins[pin]
	p.level = level
	c := chip{name: "IO-APIC", setMask: p.setMask, ack: ackEdge, eoi: p.ackLevel, setAffinity: p.route}
	c.message = func(x *cpu.Exec, to int, v Vector) {
		io.ic.inFlight++
		io.ic.m.E.At(p.bus, x.Now()+io.ic.travelOf(&p.latency), message(to, v)|resent)
	}
	d := io.ic.newDesc(pin, name, level, to, c)
	p.vector, p.dest = d.route.vector, []int{to}
	d.flow = Edge
	if level {
		d.flow = FastEOI
	}
	return d
}

// NewMSI makes a message-signalled interrupt and its descriptor, under the
// next free number; the edge flow handles it.
//
//kernel:fn pci_msi_setup_msi_irqs arch/x86/kernel/apic/msi.c
func (ic *Controller) NewMSI(name string, to int) (*Desc, *MSI) {
	s := ic.newMSI(name)
	irq := firstMSI
	for ic.Desc(irq) != nil {
		irq++
	}
	c := chip{name: "PCI-MSI", setMask: s.setMask, ack: ackEdge, setAffinity: s.route}
	c.message = func(x *cpu.Exec, to int, v Vector) {
		ic.inFlight++
		ic.m.E.At(s.bus, x.Now()+ic.travelOf(&s.latency), message(to, v))
	}
	d := ic.newDesc(irq, name, false, to, c)
	d.flow = Edge
	s.vector, s.dest = d.route.vector, to
	return d, s
}

// Desc returns the descriptor of a number, nil if there is none.
func (ic *Controller) Desc(irq int) *Desc {
	if ic.lines == nil || irq < 0 || irq >= len(ic.lines.descs) {
		return nil
	}
	return ic.lines.descs[irq]
}

// Descs returns all lines in the order of their numbers.
func (ic *Controller) Descs() []*Desc {
	if ic.lines == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(ic.lines.descs), func(d *Desc) bool { return d == nil })
}

// IRQ returns the line's number.
func (d *Desc) IRQ() int { return d.irq }

// Name returns what the line is called.
func (d *Desc) Name() string { return d.name }

// Lock returns desc->lock.
func (d *Desc) Lock() *lock.Raw { return &d.lock }
