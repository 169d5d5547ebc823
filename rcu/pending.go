package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/softirq"
)

// checkCallbacks is rcu_check_callbacks(), in the tick: hardirq, interrupts
// off (docs/kernel/rcu-perf.md §2.10).
//
//kernel:fn rcu_check_callbacks kernel/rcu/tree.c
func (r *RCU) checkCallbacks(x *cpu.Exec, user bool) {
	r.countTick(x)
	if user || r.ruptFromIdle(x) {
		r.schedQS(x)
		r.bhQS(x)
	} else if !x.CPU().InSoftirq() {
		r.bhQS(x)
	}
	r.preemptCheckCallbacks(x)
	if r.pending(x) {
		r.invokeCore(x)
	}
	if user {
		r.allQS(x)
	}
}

// countTick counts the tick in every flavour. The kernel's increments are
// plain; the one operation lets other CPUs' stall printers look, and the
// oracles with it.
func (r *RCU) countTick(x *cpu.Exec) {
	d := r.dynticks.This(x)
	d.ticks.WriteOnce(x, d.ticks.Peek()+1)
	for _, rsp := range r.flavours {
		rsp.rda.This(x).ticksThisGP++
	}
	d.shown = shown{nesting: d.nesting, nmi: d.nmi, softirqs: r.sq.Served(x.CPU().ID, softirq.RCU)}
	r.checkProgress(x)
	r.auditTick(x)
}

// preemptCheckCallbacks is rcu_preempt_check_callbacks(): outside a reader
// the tick is a quiescent state, inside one it asks for one at the end.
//
//kernel:fn rcu_preempt_check_callbacks kernel/rcu/tree_plugin.h
func (r *RCU) preemptCheckCallbacks(x *cpu.Exec) {
	t := r.task(x)
	if t.nesting == 0 {
		r.preemptQS(x)
		return
	}
	if rdp := r.preempt.rda.This(x); t.nesting > 0 && rdp.coreNeeds && rdp.noQS && !r.m.Mutated("rcu.tick-need-qs-lost") {
		t.special.needQS = true
	}
}

// pending is rcu_pending(): the first flavour that has work says so, and the
// later ones are not even checked for stalls this tick.
//
//kernel:fn rcu_pending kernel/rcu/tree.c
func (r *RCU) pending(x *cpu.Exec) bool {
	for _, rsp := range r.flavours {
		if rsp.pending(x, rsp.rda.This(x)) {
			return true
		}
	}
	return false
}

// pending is __rcu_pending(); the node is looked at without its lock.
//
//kernel:fn __rcu_pending kernel/rcu/tree.c
func (rsp *State) pending(x *cpu.Exec, rdp *Data) bool {
	rsp.checkCPUStall(x, rdp)
	passed := !rdp.noQS || rdp.qsCtrSnap != *rsp.r.qsCtr.This(x)
	if rdp.coreNeeds && passed {
		return true
	}
	if !rdp.cbs.empty(segDone) || rsp.cpuNeedsAnotherGP(x, rdp) {
		return true
	}
	rnp := rdp.mynode
	return rnp.completed.ReadOnce(x) != rdp.completed ||
		rnp.gpnum.ReadOnce(x) != rdp.gpnum || rdp.gpwrap.ReadOnce(x) ||
		rdp.nocb != nil && rdp.nocb.defers != wakeNot
}

// processCallbacks is rcu_process_callbacks(), the RCU softirq.
//
//kernel:fn rcu_process_callbacks kernel/rcu/tree.c
func (r *RCU) processCallbacks(x *cpu.Exec) {
	if !r.selfOnline(x) {
		return
	}
	for _, rsp := range r.flavours {
		rsp.processCallbacks(x)
	}
}

// processCallbacks is __rcu_process_callbacks(): report, ask for a grace
// period, invoke, each for this CPU.
//
//kernel:fn __rcu_process_callbacks kernel/rcu/tree.c
func (rsp *State) processCallbacks(x *cpu.Exec) {
	rdp := rsp.rda.This(x)
	cpu.WarnOnce(x, !rdp.beenOnline, "kernel/rcu/tree.c", "__rcu_process_callbacks: the CPU has never been online")
	rsp.checkQuiescentState(x, rdp)
	flags := cpu.LocalIrqSave(x)
	wake := rsp.cpuNeedsAnotherGP(x, rdp) && rsp.startGPLocked(x)
	cpu.LocalIrqRestore(x, flags)
	if wake {
		rsp.gpKthreadWake(x)
	}
	if !rdp.cbs.empty(segDone) {
		rsp.invokeCallbacks(x, rdp)
	}
	rsp.nocbDeferredWakeup(x, rdp)
}
