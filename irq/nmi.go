package irq

import "lockstep/cpu"

// OnNMI adds a handler that every NMI runs.
func (ic *Controller) OnNMI(fn func(x *cpu.Exec)) { ic.nmi = append(ic.nmi, fn) }

// RaiseNMI latches an NMI at a CPU; one more than is being served is kept,
// others are lost. A device calls it, from a source that is Unmaskable.
func (ic *Controller) RaiseNMI(c int) {
	ic.apics[c].nmi = true
	ic.apics[c].update()
}

// doNMI is do_nmi(): it ignores the interrupt flag and leaves it as it was,
// and the validator looks away throughout.
//
//kernel:fn do_nmi arch/x86/kernel/nmi.c
func (ic *Controller) doNMI(x *cpu.Exec) {
	c := x.CPU()
	a := &ic.apics[c.ID]
	open := c.P.Open()
	a.nmi, a.nmiBlocked = false, true
	c.P.SetOpen(false)
	a.update()
	x.LockdepOff()
	if c.InNMI() {
		cpu.Bug(x, "arch/x86/kernel/nmi.c", "an NMI nested in an NMI")
	}
	c.AddCount(cpu.NMIOffset + cpu.HardirqOffset)
	ic.m.Hooks.NMIEnter(x)
	x.Local(cpu.KindIrqEntry, ic.m.Costs.NMI)
	for _, fn := range ic.nmi {
		fn(x)
	}
	ic.m.Hooks.NMIExit(x)
	c.SubCount(cpu.NMIOffset + cpu.HardirqOffset)
	x.LockdepOn()
	c.P.SetOpen(open)
	a.nmiBlocked = false
	a.update()
}
