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
	r.preempt.callRCU(x, h, fn, false)
}

// CallRCUSched is call_rcu_sched(), for readers that keep preemption off.
//
//kernel:fn call_rcu_sched kernel/rcu/tree.c
func (r *RCU) CallRCUSched(x *cpu.Exec, h *Head, fn func(x *cpu.Exec)) {
	h.call = "call_rcu_sched"
	r.sched.callRCU(x, h, fn, false)
}

// CallRCUBH is call_rcu_bh(), for readers that keep bottom halves off.
//
//kernel:fn call_rcu_bh kernel/rcu/tree.c
func (r *RCU) CallRCUBH(x *cpu.Exec, h *Head, fn func(x *cpu.Exec)) {
	h.call = "call_rcu_bh"
	r.bh.callRCU(x, h, fn, false)
}

// KfreeRCU is kfree_rcu(): free is all that is to be done behind the grace
// period. Such a callback is lazy, nobody waits for it; v4.4 without
// FAST_NO_HZ only counts them apart.
//
//kernel:fn kfree_call_rcu kernel/rcu/tree_plugin.h
func (r *RCU) KfreeRCU(x *cpu.Exec, h *Head, free func(x *cpu.Exec)) {
	h.call = "kfree_rcu"
	r.preempt.callRCU(x, h, free, true)
}

// callRCU is __call_rcu() for this CPU, whichever that is once it is settled.
func (rsp *State) callRCU(x *cpu.Exec, h *Head, fn func(x *cpu.Exec), lazy bool) {
	rsp.callRCUOn(x, nil, h, fn, lazy)
}

// callRCUOn is __call_rcu(). rdp is nil for this CPU; another's must be
// offloaded, as only such a list is anybody's. Queueing is this CPU's own affair but for the
// count, at which barriers look; as a rule nothing is kicked, the next tick
// finds the callback (docs/kernel/rcu-perf.md §2.22).
//
//kernel:fn __call_rcu kernel/rcu/tree.c
func (rsp *State) callRCUOn(x *cpu.Exec, rdp *Data, h *Head, fn func(x *cpu.Exec), lazy bool) {
	if cpu.WarnOnce(x, h.queued, "kernel/rcu/tree.c", "__call_rcu(): Leaked duplicate callback") {
		return
	}
	h.fn, h.queued, h.lazy = fn, true, lazy
	h.since, h.consumer, h.overdue = rsp.r.watchNow(x), x, false
	flags := cpu.LocalIrqSave(x)
	if rdp == nil {
		rdp = rsp.rda.This(x)
	}
	if rdp.nocb != nil {
		rsp.account(h)
		rsp.callNocb(x, rdp, h, count(lazy), flags)
		cpu.LocalIrqRestore(x, flags)
		return
	}
	if rdp.cbs.disabled {
		cpu.WarnOnce(x, true, "kernel/rcu/tree.c", "__call_rcu: the CPU is offline")
		cpu.LocalIrqRestore(x, flags)
		return
	}
	rdp.qlen.WriteOnce(x, rdp.qlen.Peek()+1)
	rsp.account(h)
	if lazy {
		rdp.qlenLazy++
	}
	x.Spend(rsp.r.m.Costs.Barrier) // counted before it is queued, for rcu_barrier
	rdp.cbs.enqueue(h)
	rsp.callRCUCore(x, rdp, h, flags)
	cpu.LocalIrqRestore(x, flags)
}

// account keeps the oracles' books of a callback.
func (rsp *State) account(h *Head) {
	rsp.r.callbacks++
	h.gp = rsp.completed.Peek()
	rsp.out.add(h)
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// callRCUCore is __call_rcu_core(): called with interrupts off, or with too
// few callbacks to worry, it does nothing more. With many it sees to it that
// a grace period is on its way, lifts the limit of batches, and asks for
// quiescent states unless somebody has since it last did.
//
//kernel:fn __call_rcu_core kernel/rcu/tree.c
func (rsp *State) callRCUCore(x *cpu.Exec, rdp *Data, h *Head, flags cpu.Flags) {
	if !rsp.r.watching(x) {
		rsp.r.invokeCore(x)
	}
	if !bool(flags) || !rsp.r.selfOnline(x) || rdp.qlen.Peek() <= rdp.qlenLastFqsCheck+qhimark {
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
	rdp.qlenLastFqsCheck = rdp.qlen.Peek()
}

// invokeCore is invoke_rcu_core().
//
//kernel:fn invoke_rcu_core kernel/rcu/tree.c
func (r *RCU) invokeCore(x *cpu.Exec) {
	if r.selfOnline(x) {
		r.sq.RaiseIrqoff(x, softirq.RCU)
	}
}

// selfOnline is cpu_online() of x's own CPU, which alone takes itself out; x
// stays on it.
func (r *RCU) selfOnline(x *cpu.Exec) bool { return r.m.Online.Peek().Has(x.CPU().ID) }
