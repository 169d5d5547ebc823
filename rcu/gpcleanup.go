package rcu

import "lockstep/cpu"

// gpCleanup is rcu_gp_cleanup(): end the grace period. The nodes learn of it
// breadth first, before the state does, so that nobody sees the next one
// begin at a node that has not ended this one (docs/kernel/rcu-perf.md §2.27).
//
//kernel:fn rcu_gp_cleanup kernel/rcu/tree.c
func (rsp *State) gpCleanup(x *cpu.Exec) {
	root := rsp.root()
	rsp.active(x)
	root.lock.LockIrq(x)
	rsp.gpMax = max(rsp.gpMax, rsp.r.jiffies(x)-rsp.gpStart.Peek())
	root.lock.UnlockIrq(x)

	need := false
	for i := range rsp.node {
		need = rsp.gpCleanupNode(x, &rsp.node[i]) || need
		rsp.r.CondReschedQS(x)
		rsp.active(x)
	}

	root.lock.LockIrq(x)
	rsp.completed.WriteOnce(x, rsp.gpnum.Peek())
	rsp.gpState.WriteOnce(x, gpIdle)
	rdp := rsp.rda.This(x)
	need = rsp.advanceCbs(x, root, rdp) || need
	if need || rsp.cpuNeedsAnotherGP(x, rdp) {
		rsp.gpFlags.WriteOnce(x, gpFlagInit)
	}
	root.lock.UnlockIrq(x)
}

// gpCleanupNode ends the grace period at one node and reports whether the
// kthread's own CPU wants another. The need for the grace period that ends is
// met, so it is cleared; a need for the next one that only a leaf knows of is
// found again by the tick of the CPU whose callbacks stand for it.
//
//kernel:fn rcu_gp_cleanup kernel/rcu/tree.c
func (rsp *State) gpCleanupNode(x *cpu.Exec, rnp *Node) bool {
	rnp.lock.LockIrq(x)
	cpu.WarnOnce(x, rnp.blockedReadersCgp(), "kernel/rcu/tree.c", "rcu_gp_cleanup: tasks block a grace period that ends")
	cpu.WarnOnce(x, rnp.qsmask.Peek() != 0, "kernel/rcu/tree.c", "rcu_gp_cleanup: CPUs owe a grace period that ends")
	rnp.completed.WriteOnce(x, rsp.gpnum.Peek())
	need := false
	if rdp := rsp.rda.This(x); rnp == rdp.mynode {
		need = rsp.noteGPChangesLocked(x, rnp, rdp)
	}
	met := &rnp.needFutureGP[rnp.completed.Peek()&1] // rcu_future_gp_cleanup()
	met.WriteOnce(x, 0)
	rnp.lock.UnlockIrq(x)
	return need
}
