package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// cbsCompleted is rcu_cbs_completed(): the grace period behind which a
// callback queued now may run. Only at the root it can be said that none is
// in progress; elsewhere one may have begun that this node has not heard of,
// so it takes one more. The node's lock is held.
//
//kernel:fn rcu_cbs_completed kernel/rcu/tree.c
func (rsp *State) cbsCompleted(rnp *Node) uint64 {
	if rnp == rsp.root() && rnp.gpnum.Peek() == rnp.completed.Peek() {
		return rnp.completed.Peek() + 1
	}
	return rnp.completed.Peek() + 2
}

// cpuNeedsAnotherGP is cpu_needs_another_gp(): unlocked, interrupts off.
//
//kernel:fn cpu_needs_another_gp kernel/rcu/tree.c
func (rsp *State) cpuNeedsAnotherGP(x *cpu.Exec, rdp *Data) bool {
	if rsp.gpInProgress(x) {
		return false
	}
	root := rsp.root()
	if root.needFutureGP[(root.completed.ReadOnce(x)+1)&1].ReadOnce(x) != 0 {
		return true
	}
	if rdp.cbs.disabled {
		return false
	}
	if !rdp.cbs.empty(segNext) {
		return true
	}
	for i := segWait; i < segNext; i++ {
		if !rdp.cbs.empty(i) && lt(rsp.completed.ReadOnce(x), rdp.cbs.completed[i]) {
			return true
		}
	}
	return false
}

// accelerateCbs is rcu_accelerate_cbs(): assign new callbacks to the earliest
// grace period that will do and ask for it. It returns whether the kthread is
// to be woken, behind the lock, which is held.
//
//kernel:fn rcu_accelerate_cbs kernel/rcu/tree.c
func (rsp *State) accelerateCbs(x *cpu.Exec, rnp *Node, rdp *Data) bool {
	rnp.lock.AssertHeld(x)
	if !rdp.cbs.pending() || !rdp.cbs.accelerate(rsp.cbsCompleted(rnp)) {
		return false
	}
	_, wake := rsp.startFutureGP(x, rnp, rdp)
	return wake
}

// advanceCbs is rcu_advance_cbs(): first those whose grace period is over.
//
//kernel:fn rcu_advance_cbs kernel/rcu/tree.c
func (rsp *State) advanceCbs(x *cpu.Exec, rnp *Node, rdp *Data) bool {
	rnp.lock.AssertHeld(x)
	if !rdp.cbs.pending() {
		return false
	}
	rdp.cbs.advance(rnp.completed.Peek())
	return rsp.accelerateCbs(x, rnp, rdp)
}

// startFutureGP is rcu_start_future_gp(): record the need for a grace period
// at this node and, unless one is in progress that will find the need at its
// end, at the root, whose lock nests in the leaf's here and only here
// (docs/kernel/rcu-perf.md §2.16). It returns the grace period's number.
//
//kernel:fn rcu_start_future_gp kernel/rcu/tree.c
func (rsp *State) startFutureGP(x *cpu.Exec, rnp *Node, rdp *Data) (c uint64, wake bool) {
	c = rsp.cbsCompleted(rnp)
	need := &rnp.needFutureGP[c&1]
	if need.Peek() != 0 {
		return c, false
	}
	root := rsp.root()
	if rnp.gpnum.Peek() != rnp.completed.Peek() || root.gpnum.ReadOnce(x) != root.completed.ReadOnce(x) {
		need.WriteOnce(x, need.Peek()+1)
		return c, false
	}
	if rnp != root {
		root.lock.Lock(x)
	}
	c = rsp.cbsCompleted(root)
	rdp.cbs.lower(c)
	if need := &root.needFutureGP[c&1]; need.Peek() == 0 {
		need.WriteOnce(x, need.Peek()+1)
		if root.gpnum.Peek() == root.completed.Peek() {
			wake = rsp.startGPAdvanced(x, rdp)
		}
	}
	if rnp != root {
		root.lock.Unlock(x)
	}
	return c, wake
}

// startGPAdvanced is rcu_start_gp_advanced(): tell the kthread to start. The
// root's lock is held, so it is for the caller to wake it, later; before 3.10
// it was done here.
//
//kernel:fn rcu_start_gp_advanced kernel/rcu/tree.c
func (rsp *State) startGPAdvanced(x *cpu.Exec, rdp *Data) bool {
	if rsp.gpKthread == nil || !rsp.cpuNeedsAnotherGP(x, rdp) {
		return false
	}
	rsp.gpFlags.WriteOnce(x, gpFlagInit) // a plain store: it drops FQS, quirk kept
	if rsp.r.Variants.GPWakeUnderRnp {
		rsp.gpKthreadWake(x)
		return false
	}
	return true
}

// startGP is rcu_start_gp(), root lock held.
//
//kernel:fn rcu_start_gp kernel/rcu/tree.c
func (rsp *State) startGP(x *cpu.Exec) bool {
	rdp := rsp.rda.This(x)
	advanced := rsp.advanceCbs(x, rsp.root(), rdp)
	return rsp.startGPAdvanced(x, rdp) || advanced
}

// startGPLocked takes the root's lock around startGP; interrupts are off.
func (rsp *State) startGPLocked(x *cpu.Exec) bool {
	root := rsp.root()
	root.lock.Lock(x)
	wake := rsp.startGP(x)
	root.lock.Unlock(x)
	return wake
}

// gpKthreadWake is rcu_gp_kthread_wake(); in v4.4 no node's lock is held.
//
//kernel:fn rcu_gp_kthread_wake kernel/rcu/tree.c
func (rsp *State) gpKthreadWake(x *cpu.Exec) {
	if rsp.gpKthread == nil || x == &rsp.gpKthread.Exec || rsp.gpFlags.ReadOnce(x) == 0 || rsp.r.m.Mutated("rcu.gp-kthread-not-woken") {
		return
	}
	rsp.gpWq.WakeUp(x, sched.Normal, 1)
}
