package cpu

import "lockstep/sim"

// Flags is what local_irq_save() returns: whether interrupts were on.
type Flags bool

// LocalIrqDisable is local_irq_disable(). It is announced before the flag
// drops: a pending interrupt is taken first.
//
//kernel:fn local_irq_disable include/linux/irqflags.h
func LocalIrqDisable(x *Exec) {
	if !x.cpu.P.Open() {
		return
	}
	x.Local(KindCli, x.m.Costs.Cli)
	x.cpu.P.SetOpen(false)
	if ld := x.m.Lockdep; ld != nil {
		ld.HardirqsOff(x.LD)
	}
}

// LocalIrqEnable is local_irq_enable(). Whatever is pending is taken at the
// next boundary, before the next operation.
//
//kernel:fn local_irq_enable include/linux/irqflags.h
func LocalIrqEnable(x *Exec) {
	if x.cpu.P.Open() {
		return
	}
	if x.m.Lockdep != nil && x.LD.Depth() > 0 { // marks the held locks' classes, which all CPUs share
		x.Op(KindLockdep, &x.m.findObj, sim.AccessUpdate, 0)
	}
	x.HardirqsOn()
	x.cpu.P.SetOpen(true)
	x.Spend(x.m.Costs.Cli)
}

// LocalIrqSave is local_irq_save().
//
//kernel:fn local_irq_save include/linux/irqflags.h
func LocalIrqSave(x *Exec) Flags {
	on := x.cpu.P.Open()
	LocalIrqDisable(x)
	return Flags(on)
}

// LocalIrqRestore is local_irq_restore().
//
//kernel:fn local_irq_restore include/linux/irqflags.h
func LocalIrqRestore(x *Exec, f Flags) {
	if f {
		LocalIrqEnable(x)
	}
}

// IrqsDisabled is irqs_disabled().
//
//kernel:fn irqs_disabled include/linux/irqflags.h
func IrqsDisabled(x *Exec) bool { return !x.cpu.P.Open() }
