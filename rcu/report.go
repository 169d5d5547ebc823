package rcu

import "lockstep/cpu"

// reportQSRdp is rcu_report_qs_rdp(): this CPU reports for itself, unless the
// grace period it passed its quiescent state for is not the leaf's any more.
//
//kernel:fn rcu_report_qs_rdp kernel/rcu/tree.c
func (rsp *State) reportQSRdp(x *cpu.Exec, rdp *Data) {
	if rsp.r.m.Mutated("rcu.report-dropped") {
		return
	}
	rnp := rdp.mynode
	flags := rnp.lock.LockIrqsave(x)
	ctr := *rsp.r.qsCtr.This(x)
	gp := rnp.gpnum.Peek()
	if rdp.noQS && rdp.qsCtrSnap == ctr || rdp.gpnum != gp || rnp.completed.Peek() == gp || rdp.gpwrap.Peek() {
		rdp.noQS = true // it has to pass another
		rdp.qsCtrSnap = ctr
		rnp.lock.UnlockIrqrestore(x, flags)
		return
	}
	if rnp.qsmask.Peek()&rdp.grpmask == 0 {
		rnp.lock.UnlockIrqrestore(x, flags)
		return
	}
	rdp.coreNeeds = false
	// The grace period cannot end before our report, so callbacks may still
	// be assigned to the one behind it.
	wake := rsp.accelerateCbs(x, rnp, rdp)
	rsp.reportQSRnp(x, rdp.grpmask, rnp, gp, flags)
	if wake {
		rsp.gpKthreadWake(x)
	}
}

// reportQSRnp is rcu_report_qs_rnp(): clear bits of a node, whose lock is
// held, and while that settles a node, its own bit in its parent, one lock at
// a time with interrupts as the caller had them in between. It returns
// without a lock (docs/kernel/rcu-perf.md §2.19).
//
//kernel:fn rcu_report_qs_rnp kernel/rcu/tree.c
func (rsp *State) reportQSRnp(x *cpu.Exec, mask uint64, rnp *Node, gps uint64, flags cpu.Flags) {
	var left uint64
	for {
		if rnp.qsmask.Peek()&mask == 0 || rnp.gpnum.Peek() != gps {
			rnp.lock.UnlockIrqrestore(x, flags)
			return
		}
		cpu.WarnOnce(x, left != 0, "kernel/rcu/tree.c", "rcu_report_qs_rnp: a child that reported owes something")
		rnp.qsmask.WriteOnce(x, rnp.qsmask.Peek()&^mask)
		if rnp.qsmask.Peek() != 0 || rnp.blockedReadersCgp() {
			rsp.auditStopped(x, rnp)
			if !rsp.r.m.Mutated("rcu.report-ignores-siblings") {
				rnp.lock.UnlockIrqrestore(x, flags)
				return
			}
		}
		mask = rnp.grpmask
		if rnp.parent == nil {
			break
		}
		rnp.lock.UnlockIrqrestore(x, flags)
		child := rnp
		rnp = rnp.parent
		flags = rnp.lock.LockIrqsave(x)
		left = child.qsmask.ReadOnce(x)
	}
	rsp.reportQSRsp(x, flags)
}

// reportQSRsp is rcu_report_qs_rsp(): everybody has reported. The root's lock
// is held and dropped before the kthread is woken.
//
//kernel:fn rcu_report_qs_rsp kernel/rcu/tree.c
func (rsp *State) reportQSRsp(x *cpu.Exec, flags cpu.Flags) {
	cpu.WarnOnce(x, !rsp.gpInProgress(x), "kernel/rcu/tree.c", "rcu_report_qs_rsp: no grace period in progress")
	rsp.setFlag(x, gpFlagFQS)
	rsp.root().lock.UnlockIrqrestore(x, flags)
	rsp.gpKthreadWake(x)
}

// reportUnblockQSRnp is rcu_report_unblock_qs_rnp(): the last task that
// blocked the normal grace period at this leaf has left. The leaf's lock is
// held; interrupts stay off on the way to the parent's.
//
//kernel:fn rcu_report_unblock_qs_rnp kernel/rcu/tree.c
func (rsp *State) reportUnblockQSRnp(x *cpu.Exec, rnp *Node, flags cpu.Flags) {
	if rsp.flavorMask != flavorPreempt || rnp.qsmask.Peek() != 0 || rnp.blockedReadersCgp() {
		rnp.lock.UnlockIrqrestore(x, flags)
		return
	}
	if rnp.parent == nil {
		rsp.reportQSRsp(x, flags)
		return
	}
	gps := rnp.gpnum.Peek()
	mask := rnp.grpmask
	rnp.lock.Unlock(x)
	rnp.parent.lock.Lock(x)
	rsp.reportQSRnp(x, mask, rnp.parent, gps, flags)
}
