package irq

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// onCPU is hotplug_cfd() and what INIT does to a local APIC: a CPU that starts
// has nothing requested and nothing in service, and one that goes does the
// calls and works that came for it since interrupts are off, or whoever has
// one of the calls' slots would wait for ever.
//
//kernel:fn hotplug_cfd kernel/smp.c
func (ic *Controller) onCPU(x *cpu.Exec, a sched.CPUAction, c int) error {
	switch a {
	case sched.CPUStarting:
		p := &ic.apics[c]
		x.Op(cpu.KindDevice, &p.obj, sim.AccessWrite, ic.m.Costs.EOI)
		p.irr, p.isr, p.tmr, p.spurious = vectorSet{}, vectorSet{}, vectorSet{}, false
		p.update()
	case sched.CPUDying:
		ic.flushCalls(x)
		ic.RunWork(x)
	}
	return nil
}

// cpuDisable is native_cpu_disable(), on a CPU that is taken down, while all
// stand still with interrupts off: its timer is masked and stands, it is no
// longer online, and the lines that go to it are moved to others.
//
//kernel:fn native_cpu_disable arch/x86/kernel/smpboot.c
func (ic *Controller) cpuDisable(x *cpu.Exec) {
	a := &ic.apics[x.CPU().ID]
	x.Op(cpu.KindDevice, &a.obj, sim.AccessWrite, ic.m.Costs.EOI) // clear_local_APIC
	ic.stopTimer(a)
	ic.m.Online.Clear(x, x.CPU().ID)
	ic.fixupIRQs(x)
}

// fixupIRQs is fixup_irqs(). Behind the move an interrupt may still come the
// old way, for as long as its message travels; so it waits a millisecond, and
// what has been requested here by then is sent again to where the line goes
// now. The vectors of this CPU are nobody's from then on.
//
//kernel:fn fixup_irqs arch/x86/kernel/irq.c
func (ic *Controller) fixupIRQs(x *cpu.Exec) {
	for _, d := range ic.Descs() {
		d.leave(x, x.CPU().ID)
	}
	x.Delay(sim.Millisecond)
	if ic.lines == nil {
		return
	}
	me := x.CPU().ID
	a := &ic.apics[me]
	for v := range ic.lines.tables[me].desc {
		d := ic.lines.lookup(x, Vector(v))
		if d == nil {
			continue
		}
		x.Op(cpu.KindDevice, &a.obj, sim.AccessRead, ic.m.Costs.EOI)
		if a.irr.has(Vector(v)) && !ic.m.Mutated("irq.fixup-drops-requested") {
			d.lock.Lock(x)
			d.retrigger(x)
			d.lock.Unlock(x)
		}
		ic.lines.write(x, me, Vector(v), nil)
	}
}

// leave moves a line that somebody has requested away from CPU c, which is no
// longer online. A move to c that is in progress counts as completed: the
// interrupt that would show it cannot be waited for. A line goes to one CPU
// here, so that none of those it was to go to is left, which the kernel says.
//
//kernel:fn fixup_irqs arch/x86/kernel/irq.c
func (d *Desc) leave(x *cpu.Exec, c int) {
	d.lock.Lock(x)
	if d.action.Peek() == nil || d.route.cpu != c {
		d.lock.Unlock(x)
		return
	}
	d.forceCompleteMove(x)
	d.chip.setMask(x, true)
	d.setRoute(x, d.ic.m.Online.Read(x).Next(0))
	if !d.masked {
		d.chip.setMask(x, false)
	}
	d.lock.Unlock(x)
	d.ic.m.Hooks.Printk(x, cpu.LevelNotice, fmt.Sprintf("Broke affinity for irq %d", d.irq), 0)
}
