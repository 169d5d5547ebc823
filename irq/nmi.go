package irq

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
)

// nmis is who handles NMIs; nil in a machine where nobody does.
type nmis struct {
	handlers []func(x *cpu.Exec) bool
	reason   lock.Raw // nmi_reason_lock
}

var nmiReasonKey = lockdep.Key{Name: "nmi_reason_lock"}

// OnNMI adds a handler, before the machine runs: every NMI asks all of them,
// since two may have come as one, and each says whether it was its own.
func (ic *Controller) OnNMI(fn func(x *cpu.Exec) bool) {
	if ic.nmi == nil {
		ic.nmi = &nmis{}
		ic.nmi.reason.Init(ic.m, "nmi_reason_lock", &nmiReasonKey)
	}
	ic.nmi.handlers = append(ic.nmi.handlers, fn)
}

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
	if ic.nmi != nil {
		ic.defaultDoNMI(x)
	}
	if c = x.CPU(); !c.InNMI() {
		// A handler slept: the count was forced to something else, and this
		// may be another CPU.
		cpu.Bug(x, "include/linux/hardirq.h", "nmi_exit: not in an NMI")
	}
	a = &ic.apics[c.ID]
	ic.m.Hooks.NMIExit(x)
	c.SubCount(cpu.NMIOffset + cpu.HardirqOffset)
	x.LockdepOn()
	c.P.SetOpen(open)
	a.nmiBlocked = false
	a.update()
}

// defaultDoNMI is default_do_nmi(): the CPU's own sources first, and if it was
// none of them the one that all CPUs share, which has a lock
// (docs/kernel/sched-irq-printk.md §2.7).
//
//kernel:fn default_do_nmi arch/x86/kernel/nmi.c
func (ic *Controller) defaultDoNMI(x *cpu.Exec) {
	handled := false
	for _, fn := range ic.nmi.handlers {
		handled = fn(x) || handled
	}
	if handled {
		return
	}
	ic.nmi.reason.Lock(x)
	x.Spend(ic.m.Costs.PortIO) // port 0x61 says nothing: neither SERR nor IOCHK
	ic.nmi.reason.Unlock(x)
	ic.unknownNMI(x)
}

// unknownNMI is unknown_nmi_error().
//
//kernel:fn unknown_nmi_error arch/x86/kernel/nmi.c
func (ic *Controller) unknownNMI(x *cpu.Exec) {
	ic.m.Hooks.Printk(x, cpu.LevelEmerg, fmt.Sprintf("Uhhuh. NMI received for unknown reason %02x on CPU %d.", 0, x.CPU().ID), 0)
	ic.m.Hooks.Printk(x, cpu.LevelEmerg, "Do you have a strange power saving mode enabled?", 0)
	ic.m.Hooks.Printk(x, cpu.LevelEmerg, "Dazed and confused, but trying to continue", 0)
}
