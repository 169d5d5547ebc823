package irq

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// Flags of an irq_work.
const (
	workPending uint32 = 1
	workBusy    uint32 = 2
)

// Work is struct irq_work: a function that runs in hardirq context as soon as
// interrupts are on, or, if lazy, with the next tick. Queueing takes no lock,
// so it may be done anywhere, under rq->lock and in an NMI.
type Work struct {
	name  string
	flags cpu.Var[uint32]
	lazy  bool
	fn    func(x *cpu.Exec)
	// on is the CPU it was last queued on, whose turn it is while BUSY is
	// set; spinners are those in irq_work_sync().
	on       *cpu.CPU
	spinners *cpu.Wait
}

// workLists is a CPU's raised_list and lazy_list, newest last.
type workLists struct{ raised, lazy []*Work }

// InitWork is init_irq_work().
func (ic *Controller) InitWork(w *Work, name string, lazy bool, fn func(x *cpu.Exec)) {
	w.flags.Init(ic.m, name, 0)
	w.name, w.lazy, w.fn = name, lazy, fn
}

// QueueWork is irq_work_queue(). It returns false if w is queued already.
//
//kernel:fn irq_work_queue kernel/irq_work.c
func (ic *Controller) QueueWork(x *cpu.Exec, w *Work) bool {
	if !ic.claim(x, w) {
		return false
	}
	cpu.PreemptDisable(x)
	l := ic.works.This(x)
	w.on = x.CPU()
	if w.lazy {
		l.lazy = append(l.lazy, w)
		ic.lazy++
		if len(l.lazy) == 1 && ic.TickStopped != nil && ic.TickStopped(x) {
			ic.raiseSelf(x)
		}
	} else {
		ic.raised.access(x, x.CPU().ID, cpu.KindUpdate)
		l.raised = append(l.raised, w)
		if len(l.raised) == 1 {
			ic.raiseSelf(x)
		}
	}
	cpu.PreemptEnable(x)
	return true
}

// claim is irq_work_claim(): false if w is pending.
//
//kernel:fn irq_work_claim kernel/irq_work.c
func (ic *Controller) claim(x *cpu.Exec, w *Work) bool {
	old := w.flags.Update(x, func(f uint32) uint32 { return f | workPending | workBusy })
	return old&workPending == 0
}

// raiseSelf is arch_irq_work_raise(): a self-IPI, which the own APIC accepts
// at once.
//
//kernel:fn arch_irq_work_raise arch/x86/kernel/irq_work.c
func (ic *Controller) raiseSelf(x *cpu.Exec) {
	a := &ic.apics[x.CPU().ID]
	x.Op(cpu.KindSend, &a.obj, sim.AccessUpdate, ic.m.Costs.IPISend)
	a.accept(IrqWork)
}

// RunWork is irq_work_run(): the raised list, then the lazy one.
//
//kernel:fn irq_work_run kernel/irq_work.c
func (ic *Controller) RunWork(x *cpu.Exec) {
	l := ic.works.This(x)
	ic.raised.access(x, x.CPU().ID, cpu.KindRead) // llist_empty
	if len(l.raised) > 0 {
		ic.raised.access(x, x.CPU().ID, cpu.KindUpdate) // llist_del_all
		ic.runList(x, &l.raised)
	}
	if len(l.lazy) > 0 {
		ic.lazy -= len(l.lazy)
		ic.runList(x, &l.lazy)
	}
}

// workTick is irq_work_tick(): the lazy list; the raised one has its IPI.
//
//kernel:fn irq_work_tick kernel/irq_work.c
func (ic *Controller) workTick(x *cpu.Exec) {
	if l := ic.works.This(x); len(l.lazy) > 0 {
		ic.lazy -= len(l.lazy)
		ic.runList(x, &l.lazy)
	}
}

// runList is irq_work_run_list(): take the whole list, newest first. PENDING
// is cleared before the function, so that it may queue itself again; BUSY
// behind it, unless it did.
//
//kernel:fn irq_work_run_list kernel/irq_work.c
func (ic *Controller) runList(x *cpu.Exec, list *[]*Work) {
	works := *list
	*list = nil
	for i := len(works) - 1; i >= 0; i-- {
		w := works[i]
		f := w.flags.Peek() &^ workPending
		w.flags.Xchg(x, f)
		w.fn(x)
		if w.flags.CmpXchg(x, f, f&^workBusy) == f {
			w.done(x)
		}
	}
}
