package rcu

import "lockstep/cpu"

// gpInit is rcu_gp_init(): start a grace period. Its number is published at
// the root first, but a CPU takes part only from when its leaf's number
// changes; the masks of a node are set before that (docs/kernel/rcu-perf.md
// §2.25). It returns false if there was nothing to start.
//
//kernel:fn rcu_gp_init kernel/rcu/tree.c
func (rsp *State) gpInit(x *cpu.Exec) bool {
	root := rsp.root()
	rsp.active(x)
	root.lock.LockIrq(x)
	if rsp.gpFlags.Peek() == 0 {
		root.lock.UnlockIrq(x)
		return false
	}
	rsp.gpFlags.WriteOnce(x, 0)
	if cpu.WarnOnce(x, rsp.completed.Peek() != rsp.gpnum.Peek(), "kernel/rcu/tree.c", "rcu_gp_init: a grace period is in progress") {
		root.lock.UnlockIrq(x)
		return false
	}
	rsp.recordStallCheckTime(x)
	rsp.gpnum.WriteOnce(x, rsp.gpnum.Peek()+1)
	root.lock.UnlockIrq(x)

	leaves := rsp.leaves()
	for i := range leaves {
		rsp.applyOnline(x, &leaves[i])
	}
	for i := range rsp.node {
		rsp.gpInitNode(x, &rsp.node[i])
		rsp.r.CondReschedQS(x)
		rsp.active(x)
	}
	return true
}

// applyOnline takes over which CPUs came and went since the last grace period
// began; only here, so that no mask changes while a grace period goes by it. A
// leaf's first CPU makes its ancestors wait for the leaf; when its last is gone
// they wait on as long as tasks that were preempted there are not through with
// their readers (docs/kernel/rcu-perf.md §2.25, step 9).
//
//kernel:fn rcu_gp_init kernel/rcu/tree.c
func (rsp *State) applyOnline(x *cpu.Exec, rnp *Node) {
	rnp.lock.LockIrq(x)
	if rnp.qsmaskinit != rnp.qsmaskinitnext || rnp.waitBlkdTasks {
		rsp.applyChange(x, rnp)
	}
	rnp.lock.UnlockIrq(x)
}

// applyChange is what applyOnline does at a leaf that has changed, under its
// lock.
func (rsp *State) applyChange(x *cpu.Exec, rnp *Node) {
	rnp.lock.AssertHeld(x)
	old := rnp.qsmaskinit
	rnp.qsmaskinit = rnp.qsmaskinitnext
	switch {
	case (old == 0) == (rnp.qsmaskinit == 0):
	case old == 0:
		rnp.initNew(x)
	case rsp.hasTasks(rnp):
		rnp.waitBlkdTasks = true
	default:
		rsp.cleanupDead(x, rnp)
	}
	if rnp.waitBlkdTasks && (!rsp.hasTasks(rnp) || rnp.qsmaskinit != 0) {
		rnp.waitBlkdTasks = false
		rsp.cleanupDead(x, rnp)
	}
}

// hasTasks is rcu_preempt_has_tasks(): readers that were preempted on the
// leaf's CPUs are on its list, whose lock is held.
//
//kernel:fn rcu_preempt_has_tasks kernel/rcu/tree_plugin.h
func (rsp *State) hasTasks(rnp *Node) bool {
	return rnp.blkd.first != nil && !rsp.r.m.Mutated("rcu.offline-forgets-blocked")
}

// cleanupDead is rcu_cleanup_dead_rnp(): nothing is left under this leaf, so
// its ancestors do not wait for it, now or later. Where CPUs have come in the
// meantime there is nothing to do. The leaf's lock is held, and each ancestor's
// in turn inside it.
//
//kernel:fn rcu_cleanup_dead_rnp kernel/rcu/tree.c
func (rsp *State) cleanupDead(x *cpu.Exec, rnp *Node) {
	if rnp.qsmaskinit != 0 || rsp.hasTasks(rnp) {
		return
	}
	for child, up := rnp, rnp.parent; up != nil; child, up = up, up.parent {
		up.lock.Lock(x)
		up.qsmaskinit &^= child.grpmask
		up.qsmask.WriteOnce(x, up.qsmask.Peek()&^child.grpmask)
		left := up.qsmaskinit
		up.lock.Unlock(x)
		if left != 0 {
			return
		}
	}
}

// initNew is rcu_init_new_rnp(); the leaf's lock is held, and each ancestor's
// in turn inside it.
//
//kernel:fn rcu_init_new_rnp kernel/rcu/tree.c
func (rnp *Node) initNew(x *cpu.Exec) {
	for child, up := rnp, rnp.parent; up != nil; child, up = up, up.parent {
		up.lock.Lock(x)
		up.qsmaskinit |= child.grpmask
		up.lock.Unlock(x)
	}
}

// gpInitNode starts the grace period at one node. Readers preempted before
// block it, all of them.
//
//kernel:fn rcu_gp_init kernel/rcu/tree.c
func (rsp *State) gpInitNode(x *cpu.Exec, rnp *Node) {
	rnp.lock.LockIrq(x)
	rdp := rsp.rda.This(x)
	if !rsp.r.m.Mutated("rcu.gp-init-forgets-blocked") {
		rnp.preemptCheckBlockedTasks(x)
	}
	mask := rnp.qsmaskinit
	if rsp.r.m.Mutated("rcu.gp-init-clears-qsmask") || rnp.level < len(rsp.level)-1 && rsp.r.m.Mutated("rcu.gp-init-clears-inner") {
		mask = 0
	}
	rnp.qsmask.WriteOnce(x, mask)
	rnp.gpnum.WriteOnce(x, rsp.gpnum.Peek())
	if cpu.WarnOnce(x, rnp.completed.Peek() != rsp.completed.Peek(), "kernel/rcu/tree.c", "rcu_gp_init: a node has not completed the last grace period") {
		rnp.completed.WriteOnce(x, rsp.completed.Peek())
	}
	if rnp == rdp.mynode {
		rsp.noteGPChangesLocked(x, rnp, rdp)
	}
	rsp.boostStartGP(x, rnp)
	rnp.lock.UnlockIrq(x)
}

// preemptCheckBlockedTasks is rcu_preempt_check_blocked_tasks().
//
//kernel:fn rcu_preempt_check_blocked_tasks kernel/rcu/tree_plugin.h
func (rnp *Node) preemptCheckBlockedTasks(x *cpu.Exec) {
	rnp.lock.AssertHeld(x)
	cpu.WarnOnce(x, rnp.blockedReadersCgp(), "kernel/rcu/tree_plugin.h", "rcu_preempt_check_blocked_tasks: tasks block a grace period that has not begun")
	if first := rnp.blkd.first; first != nil {
		rnp.gpTasks.WriteOnce(x, first)
	}
	cpu.WarnOnce(x, rnp.qsmask.Peek() != 0, "kernel/rcu/tree_plugin.h", "rcu_preempt_check_blocked_tasks: CPUs owe the last grace period")
}
