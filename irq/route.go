package irq

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

var vectorLockKey = lockdep.Key{Name: "vector_lock"}

// routing is where a line's interrupts go, struct apic_chip_data. It changes
// under vector_lock, with desc->lock around it.
type routing struct {
	cpu     int
	vector  Vector
	pending int // the CPU that irq_set_affinity() asked for, -1 for none
	// A move is in progress from when the new vector is written until an
	// interrupt has come through it: one may still come through the old.
	oldCPU    int
	oldVector Vector
	moving    bool
}

// vectorTable is a CPU's vector_irq.
type vectorTable struct {
	obj  sim.Obj
	desc [256]*Desc
}

func (ic *Controller) initLines() {
	l := &lines{tables: make([]vectorTable, len(ic.m.CPUs)), next: firstDevice - 16}
	l.vector.Init(ic.m, "vector_lock", &vectorLockKey)
	for i := range l.tables {
		l.tables[i].obj = ic.m.NewObj(fmt.Sprintf("vector_irq%d", i))
	}
	ic.lines = l
	ic.handlers[MoveCleanup] = ic.moveCleanupInterrupt
}

// allocate is the search of __assign_irq_vector(): in steps of sixteen, so
// that neighbours get different priority classes. A vector is used on one CPU
// only, which is stricter than the kernel and never matters.
//
//kernel:fn __assign_irq_vector arch/x86/kernel/apic/vector.c
func (l *lines) allocate() Vector {
	for range 256 {
		v := int(l.next) + 16
		if v >= int(LocalTimer) {
			l.offset = (l.offset + 1) % 16
			v = int(firstDevice) + l.offset
		}
		l.next = Vector(v)
		if l.next.device() && !l.used(l.next) {
			return l.next
		}
	}
	panic("irq: no vector is free")
}

func (l *lines) used(v Vector) bool {
	for i := range l.tables {
		if l.tables[i].desc[v] != nil {
			return true
		}
	}
	return false
}

// lookup reads vector_irq of x's CPU, which others may be writing.
func (l *lines) lookup(x *cpu.Exec, v Vector) *Desc {
	t := &l.tables[x.CPU().ID]
	x.Op(cpu.KindRead, &t.obj, sim.AccessRead, x.Machine().Costs.Load)
	return t.desc[v]
}

func (l *lines) write(x *cpu.Exec, c int, v Vector, d *Desc) {
	t := &l.tables[c]
	x.Op(cpu.KindWrite, &t.obj, sim.AccessWrite, x.Machine().Costs.Store)
	t.desc[v] = d
}

// ackEdge is apic_ack_edge(): a move that the interrupt completes, a move that
// waited for an interrupt, the EOI.
//
//kernel:fn apic_ack_edge arch/x86/kernel/apic/vector.c
func ackEdge(x *cpu.Exec, d *Desc) {
	d.completeMove(x)
	d.moveIRQ(x)
	d.ic.EOI(x)
}

// ackLevel is ioapic_ack_level(): for a move that waits the entry is masked
// around the EOI, and changed only if the EOI has cleared its remote IRR. What
// came as an edge, sent again by software, is not passed on by the local APIC,
// so the IO-APIC is told directly. The entry is unmasked behind a move without
// a look at whether the core wants it masked: a oneshot line may interrupt
// once more before its thread is done. v4.4 is like that.
//
//kernel:fn ioapic_ack_level arch/x86/kernel/apic/io_apic.c
func (p *Pin) ackLevel(x *cpu.Exec, d *Desc) {
	d.completeMove(x)
	move := d.route.pending >= 0
	if move {
		p.setMask(x, true)
	}
	level := d.ic.apics[x.CPU().ID].tmr.has(d.route.vector)
	d.ic.EOI(x)
	if !level {
		p.io.access(x)
		if p.eoi() {
			p.transmit(x.Now())
		}
	}
	if !move {
		return
	}
	p.io.access(x)
	if !p.remoteIRR {
		d.moveMasked(x)
	}
	p.setMask(x, false)
}

// moveIRQ is irq_move_irq(): an affinity that was asked for takes effect with
// the line's next interrupt, in which no other of it can be under way.
//
//kernel:fn irq_move_irq kernel/irq/migration.c
func (d *Desc) moveIRQ(x *cpu.Exec) {
	if d.route.pending < 0 || d.disabled {
		return
	}
	masked := d.masked
	if !masked {
		d.chip.setMask(x, true)
	}
	d.moveMasked(x)
	if !masked {
		d.chip.setMask(x, false)
	}
}

// moveMasked is irq_move_masked_irq().
//
//kernel:fn irq_move_masked_irq kernel/irq/migration.c
func (d *Desc) moveMasked(x *cpu.Exec) {
	to := d.route.pending
	d.route.pending = -1
	if d.ic.m.Online.Test(x, to) {
		d.setRoute(x, to)
	}
}

// setRoute is irq_do_set_affinity(): a new vector on the new CPU, then the
// controller is told. The old vector stays until an interrupt has come through
// the new one. While a move is in progress another is refused, and v4.4
// forgets that it was asked for.
//
//kernel:fn irq_do_set_affinity kernel/irq/manage.c
func (d *Desc) setRoute(x *cpu.Exec, to int) {
	r, l := &d.route, d.ic.lines
	if to == r.cpu {
		return
	}
	f := l.vector.LockIrqsave(x)
	if r.moving {
		l.vector.UnlockIrqrestore(x, f)
		return
	}
	v := l.allocate()
	l.write(x, to, v, d)
	// From a CPU that has gone, which is this one, nothing is to be waited for.
	r.oldCPU, r.oldVector, r.moving = r.cpu, r.vector, d.ic.m.Online.Peek().Has(r.cpu)
	r.cpu, r.vector = to, v
	l.vector.UnlockIrqrestore(x, f)
	d.chip.setAffinity(x, v, to)
}

// completeMove is irq_complete_move(): the first interrupt through the new
// vector shows that the controller uses it, so the old CPU may forget its own.
//
//kernel:fn irq_complete_move arch/x86/kernel/apic/vector.c
func (d *Desc) completeMove(x *cpu.Exec) {
	if r := &d.route; x.CPU().ID == r.cpu && d.ic.apics[r.cpu].isr.has(r.vector) {
		d.forceCompleteMove(x)
	}
}

// forceCompleteMove is irq_force_complete_move(), on the CPU that the line goes
// to: the old one, if it is still there, is to forget its vector.
//
//kernel:fn irq_force_complete_move arch/x86/kernel/apic/vector.c
func (d *Desc) forceCompleteMove(x *cpu.Exec) {
	r := &d.route
	if !r.moving {
		return
	}
	r.moving = false
	if d.ic.m.Online.Peek().Has(r.oldCPU) { // send_cleanup_vector
		d.ic.WriteICR(x, Physical(r.oldCPU), MoveCleanup)
	}
}

// moveCleanupInterrupt is smp_irq_move_cleanup_interrupt(): forget the vectors
// of lines that have moved away. One that is still requested here is to be
// handled first: the lowest of all vectors is sent again.
//
//kernel:fn smp_irq_move_cleanup_interrupt arch/x86/kernel/apic/vector.c
func (ic *Controller) moveCleanupInterrupt(x *cpu.Exec) {
	ic.EOI(x)
	ic.sq.IrqEnter(x)
	me := x.CPU().ID
	t := &ic.lines.tables[me]
	x.Op(cpu.KindRead, &t.obj, sim.AccessRead, ic.m.Costs.Load)
	for v, d := range t.desc { // as it is here: others may write to it from now on
		v := Vector(v)
		if d == nil {
			continue
		}
		d.lock.Lock(x)
		if r := &d.route; !r.moving && (r.cpu != me || r.vector != v) {
			a := &ic.apics[me]
			x.Op(cpu.KindDevice, &a.obj, sim.AccessRead, ic.m.Costs.EOI)
			if a.irr.has(v) {
				ic.WriteICR(x, ToSelf, MoveCleanup)
			} else {
				ic.lines.write(x, me, v, nil)
			}
		}
		d.lock.Unlock(x)
	}
	ic.sq.IrqExit(x)
}
