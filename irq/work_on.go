package irq

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/sim"
)

// remoteLists are the raised_lists as objects of their own. Without
// irq_work_queue_on() only contexts of the own CPU touch a raised_list, and
// that needs no operation; with it every look at one does.
type remoteLists struct {
	objs []sim.Obj
	m    *cpu.Machine
}

// InitRemoteWork makes the machine one in which QueueWorkOn may be used. It
// comes before the machine runs.
func (ic *Controller) InitRemoteWork() {
	r := &remoteLists{m: ic.m}
	for i := range ic.m.CPUs {
		r.objs = append(r.objs, ic.m.NewObj(fmt.Sprintf("raised_list%d", i)))
	}
	ic.raised = r
}

// access is the operation of touching CPU c's raised_list.
func (r *remoteLists) access(x *cpu.Exec, c int, k sim.Kind) {
	if r == nil {
		return
	}
	if k == cpu.KindRead {
		x.Op(k, &r.objs[c], sim.AccessRead, r.m.Costs.Load)
	} else {
		x.Op(k, &r.objs[c], sim.AccessUpdate, r.m.Costs.RMW)
	}
}

// QueueWorkOn is irq_work_queue_on(): run w on another CPU, which is kicked by
// the vector for calls. It returns false if w is queued already.
//
//kernel:fn irq_work_queue_on kernel/irq_work.c
func (ic *Controller) QueueWorkOn(x *cpu.Exec, w *Work, c int) bool {
	if ic.raised == nil {
		panic("irq: QueueWorkOn without InitRemoteWork")
	}
	cpu.WarnOnce(x, c < 0 || c >= len(ic.m.CPUs), "kernel/irq_work.c", "irq_work queued on a CPU that is offline")
	cpu.WarnOnce(x, x.CPU().InNMI(), "kernel/irq_work.c", "irq_work queued on another CPU in an NMI")
	if !ic.claim(x, w) {
		return false
	}
	l := ic.works.Of(c)
	ic.raised.access(x, c, cpu.KindUpdate)
	w.on = ic.m.CPUs[c]
	l.raised = append(l.raised, w)
	if len(l.raised) == 1 {
		ic.Send(x, c, CallFunctionSingle)
	}
	return true
}

// SyncWork is irq_work_sync(): spin until w does not run and is not queued.
//
//kernel:fn irq_work_sync kernel/irq_work.c
func (ic *Controller) SyncWork(x *cpu.Exec, w *Work) {
	cpu.WarnOnce(x, cpu.IrqsDisabled(x), "kernel/irq_work.c", "irq_work_sync() with interrupts off")
	for w.flags.ReadOnce(x)&workBusy != 0 {
		spinUntil(x, w, w.flags.Obj(), &w.spinners)
	}
}

// done lets those go on that wait for BUSY to be cleared.
func (w *Work) done(x *cpu.Exec) {
	for s := w.spinners; s != nil; s = s.Next {
		s.Done = true
		s.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(x.Machine().Costs.LineMiss))
	}
	w.spinners = nil
}

// AwaitedName implements [cpu.Awaited].
func (w *Work) AwaitedName() string { return "irq_work " + w.name }

// Holder implements [cpu.Awaited]: the CPU whose list it is on has to run it,
// which it does as soon as its interrupts are on.
func (w *Work) Holder(*cpu.Wait) cpu.Holder {
	if w.on == nil || !w.on.IrqsDisabled() {
		return cpu.Holder{}
	}
	return cpu.Holder{CPU: w.on, How: "not run, interrupts off"}
}

// WorkNeedsCPU is irq_work_needs_cpu(): lazy work keeps the tick of x's CPU
// going.
//
//kernel:fn irq_work_needs_cpu kernel/irq_work.c
func (ic *Controller) WorkNeedsCPU(x *cpu.Exec) bool { return len(ic.works.This(x).lazy) > 0 }
