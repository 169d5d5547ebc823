package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/softirq"
)

// CallRCU is call_rcu(): run fn, in softirq context, when every reader that
// is open now has ended. It may be called from anywhere but an NMI.
//
//kernel:fn call_rcu kernel/rcu/tree_plugin.h
func (r *RCU) CallRCU(x *cpu.Exec, h *Head, fn func(x *cpu.Exec)) {
	h.call = "call_rcu"
	r.preempt.callRCU(x, h, fn)
}

// callRCU is __call_rcu(). Queueing is this CPU's own affair; as a rule
// nothing is kicked, the next tick finds the callback
// (docs/kernel/rcu-perf.md §2.22).
//
//kernel:fn __call_rcu kernel/rcu/tree.c
func (rsp *State) callRCU(x *cpu.Exec, h *Head, fn func(x *cpu.Exec)) {
	if cpu.WarnOnce(x, h.queued, "kernel/rcu/tree.c", "__call_rcu(): Leaked duplicate callback") {
		return
	}
	h.fn, h.queued = fn, true
	h.since, h.consumer = rsp.r.watchNow(x), x
	flags := cpu.LocalIrqSave(x)
	rdp := rsp.rda.This(x)
	rdp.qlen++
	x.Spend(rsp.r.m.Costs.Barrier)
	rdp.cbs.enqueue(h)
	rsp.callRCUCore(x, rdp, h, flags)
	cpu.LocalIrqRestore(x, flags)
}

// callRCUCore is __call_rcu_core(): called with interrupts off, or with too
// few callbacks to worry, it does nothing more.
//
//kernel:fn __call_rcu_core kernel/rcu/tree.c
func (rsp *State) callRCUCore(x *cpu.Exec, rdp *Data, h *Head, flags cpu.Flags) {
	if !rsp.r.watching(x) {
		rsp.r.invokeCore(x)
	}
	if !flags || rdp.qlen <= rdp.qlenLastFqsCheck+qhimark {
		return
	}
	rsp.noteGPChanges(x, rdp)
	if !rsp.gpInProgress(x) {
		if rsp.startGPLocked(x) {
			rsp.gpKthreadWake(x)
		}
		return
	}
	rdp.blimit = unlimited
	if rsp.nForceQS.ReadOnce(x) == rdp.nForceQSSnap && *rdp.cbs.tail[segDone] != h {
		rsp.forceQuiescentState(x)
	}
	rdp.nForceQSSnap = rsp.nForceQS.ReadOnce(x)
	rdp.qlenLastFqsCheck = rdp.qlen
}

// invokeCore is invoke_rcu_core().
//
//kernel:fn invoke_rcu_core kernel/rcu/tree.c
func (r *RCU) invokeCore(x *cpu.Exec) { r.sq.RaiseIrqoff(x, softirq.RCU) }

// Synchronize is synchronize_rcu(): sleep until every reader that is open now
// has ended. Before the kthreads exist there is one task and nothing to wait
// for (docs/kernel/rcu-perf.md §2.28).
//
//kernel:fn synchronize_rcu kernel/rcu/tree_plugin.h
func (r *RCU) Synchronize(x *cpu.Exec) {
	if r.cfg.ProveRCU {
		r.suspicious(x, r.task(x).nesting > 0, "kernel/rcu/tree_plugin.h", "Illegal synchronize_rcu() in RCU read-side critical section")
	}
	if r.schedulerActive {
		r.waitGP(x)
	}
}

// waitGP is wait_rcu_gp() with call_rcu(): the callback completes what the
// caller sleeps on.
//
//kernel:fn wait_rcu_gp kernel/rcu/update.c
func (r *RCU) waitGP(x *cpu.Exec) {
	t := r.task(x)
	w := t.gp
	if w == nil {
		w = &gpWait{}
		x.Kmalloc()
		w.done.Init(r.s, x.Comm+".rcu_synchronize")
		w.fn = w.done.Complete // wakeme_after_rcu()
		t.gp = w
	}
	w.head.call = "synchronize_rcu"
	r.preempt.callRCU(x, &w.head, w.fn)
	w.done.Wait(x)
}

// needsCPU is rcu_needs_cpu() without FAST_NO_HZ: a CPU with callbacks, of
// whatever age, keeps its tick, in which they are looked after. Nobody but this
// CPU queues or takes them; interrupts are off.
//
//kernel:fn rcu_needs_cpu kernel/rcu/tree_plugin.h
func (r *RCU) needsCPU(x *cpu.Exec) bool {
	if r.m.Mutated("rcu.idle-forgets-callbacks") {
		return false
	}
	for _, rsp := range r.flavours {
		if rsp.rda.This(x).cbs.head != nil {
			return true
		}
	}
	return false
}
