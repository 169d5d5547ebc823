package rcu

import "lockstep/cpu"

// doBatch is rcu_do_batch(), in softirq: invoke what is done, up to a limit
// if somebody else wants the CPU. The callbacks run with interrupts on and
// no RCU lock held (docs/kernel/rcu-perf.md §2.21).
//
//kernel:fn rcu_do_batch kernel/rcu/tree.c
func (rsp *State) doBatch(x *cpu.Exec, rdp *Data) {
	if rdp.cbs.empty(segDone) {
		return
	}
	flags := cpu.LocalIrqSave(x)
	cpu.WarnOnce(x, !rsp.r.selfOnline(x), "kernel/rcu/tree.c", "rcu_do_batch: the CPU is offline")
	rdp.inBatch = true
	limit := rdp.blimit
	list := rdp.cbs.takeDone()
	cpu.LocalIrqRestore(x, flags)

	count, lazy := 0, 0
	for list != nil {
		h := list
		list = h.next
		if rsp.invoke(x, h) {
			lazy++
		}
		count++
		if count >= limit && (needResched(x) || x.PID != 0 && !rsp.r.isCallbacksKthread(x)) {
			break
		}
	}

	flags = cpu.LocalIrqSave(x)
	rdp.cbs.putDone(list)
	x.Spend(rsp.r.m.Costs.Barrier)
	rdp.qlenLazy -= lazy
	if !rsp.r.m.Mutated("rcu.batch-keeps-count") {
		rdp.qlen.WriteOnce(x, rdp.qlen.Peek()-count)
	}
	rsp.r.callbacks -= count
	rdp.inBatch = false
	rsp.adjustLimits(x, rdp)
	cpu.WarnOnce(x, (rdp.cbs.head == nil) != (rdp.qlen.Peek() == 0), "kernel/rcu/tree.c", "rcu_do_batch: callbacks and their count disagree")
	cpu.LocalIrqRestore(x, flags)
	if !rdp.cbs.empty(segDone) {
		flags = cpu.LocalIrqSave(x)
		rsp.r.invokeCore(x)
		cpu.LocalIrqRestore(x, flags)
	}
}

// invoke is __rcu_reclaim(), and the oracles' part of it: behind it h may be
// queued again, or gone. It reports whether h only freed something.
//
//kernel:fn __rcu_reclaim kernel/rcu/rcu.h
func (rsp *State) invoke(x *cpu.Exec, h *Head) (lazy bool) {
	h.next, h.queued = nil, false
	lazy = h.lazy
	rsp.out.remove(h)
	rsp.r.watchEnd(x, rsp, h.since, h.consumer, h.call)
	h.fn(x)
	return lazy
}

// adjustLimits brings the thresholds back to normal as the list gets shorter.
func (rsp *State) adjustLimits(x *cpu.Exec, rdp *Data) {
	qlen := rdp.qlen.Peek()
	if rdp.blimit == unlimited && qlen <= qlowmark {
		rdp.blimit = blimit
	}
	if qlen == 0 && rdp.qlenLastFqsCheck != 0 {
		rdp.qlenLastFqsCheck = 0
		rdp.nForceQSSnap = rsp.nForceQS.ReadOnce(x)
	} else if qlen < rdp.qlenLastFqsCheck-qhimark {
		rdp.qlenLastFqsCheck = qlen
	}
}

// needResched is need_resched() of current.
func needResched(x *cpu.Exec) bool { return x.ThreadInfo.ReadOnce(x)&cpu.TIFNeedResched != 0 }
