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

	need, more := false, 0
	for i := range rsp.node {
		own, future := rsp.gpCleanupNode(x, &rsp.node[i])
		need, more = own || need, more+future
		rsp.r.CondReschedQS(x)
		rsp.active(x)
	}

	root.lock.LockIrq(x)
	if more != 0 && len(rsp.r.cfg.Nocbs) > 0 { // rcu_nocb_gp_set
		next := &root.needFutureGP[(root.completed.Peek()+1)&1]
		next.WriteOnce(x, next.Peek()+more)
	}
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
// kthread's own CPU wants another, and how many here do. A need that only a
// leaf knows of is found again by the tick of the CPU whose callbacks stand for
// it; for offloaded ones no tick does that, so the root is told (rcu_nocb_gp_set).
//
//kernel:fn rcu_gp_cleanup kernel/rcu/tree.c
func (rsp *State) gpCleanupNode(x *cpu.Exec, rnp *Node) (need bool, future int) {
	rnp.lock.LockIrq(x)
	cpu.WarnOnce(x, rnp.blockedReadersCgp(), "kernel/rcu/tree.c", "rcu_gp_cleanup: tasks block a grace period that ends")
	cpu.WarnOnce(x, rnp.qsmask.Peek() != 0, "kernel/rcu/tree.c", "rcu_gp_cleanup: CPUs owe a grace period that ends")
	rnp.completed.WriteOnce(x, rsp.gpnum.Peek())
	if rdp := rsp.rda.This(x); rnp == rdp.mynode {
		need = rsp.noteGPChangesLocked(x, rnp, rdp)
	}
	future = rsp.futureGPCleanup(x, rnp)
	rnp.lock.UnlockIrq(x)
	return need, future
}
