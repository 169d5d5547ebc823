package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// A CPU that comes or goes (docs/kernel/rcu-perf.md §17, H.2-H.6):
//
//	UP_PREPARE    its data are made good, and it is in the masks "next"
//	ONLINE        it is told of an expedited grace period that waits for it
//	DOWN_PREPARE  rcub leaves it
//	DYING_IDLE    by itself, in its idle loop: out of qsmaskinitnext
//	DEAD          by another: its callbacks are taken over
//
// No mask that a grace period goes by changes here; the next one's start takes
// the changes over (applyOnline). Until then forcing quiescent states finds the
// CPU offline and credits it. expmaskinit keeps every CPU that has ever been
// online: whoever is to be asked and cannot be is reported by who asks.

// cpuNotify is rcu_cpu_notify().
//
//kernel:fn rcu_cpu_notify kernel/rcu/tree.c
func (r *RCU) cpuNotify(x *cpu.Exec, a sched.CPUAction, c int) error {
	leaf := r.preempt.rda.Of(c).mynode
	switch a {
	case sched.CPUUpPrepare:
		for _, rsp := range r.flavours {
			rsp.bringUp(x, c)
		}
		r.preempt.spawnBoostKthread(x, leaf) // rcu_prepare_kthreads
	case sched.CPUOnline, sched.CPUDownFailed:
		r.sched.expOnlineCleanup(x, c)
		r.preempt.boostSetAffinity(x, leaf, -1)
	case sched.CPUDownPrepare:
		r.preempt.boostSetAffinity(x, leaf, c)
	case sched.CPUDead, sched.CPUUpCanceled:
		for _, rsp := range r.flavours {
			rsp.cleanupDeadCPU(x, c)
			rsp.nocbDeferredWakeup(x, rsp.rda.Of(c))
		}
	}
	return nil
}

// bringUp is rcu_init_percpu_data(): the CPU, which does not run yet, counts as
// online for the grace periods that begin from now on, owes nothing to the one
// in progress, and is watched.
//
//kernel:fn rcu_init_percpu_data kernel/rcu/tree.c
func (rsp *State) bringUp(x *cpu.Exec, c int) {
	r, rdp, root := rsp.r, rsp.rda.Of(c), rsp.root()
	flags := root.lock.LockIrqsave(x)
	rdp.qlenLastFqsCheck, rdp.nForceQSSnap, rdp.blimit = 0, rsp.nForceQS.Peek(), blimit
	if rdp.cbs.head == nil && rdp.nocb == nil {
		rdp.cbs.init()
	}
	d := r.dynticks.Of(c)
	d.nesting, d.shown.nesting = exitIdle, exitIdle
	d.count.WriteOnce(x, d.count.Peek()&^1+1)
	root.lock.Unlock(x)
	rnp := rdp.mynode
	rnp.lock.Lock(x)
	rnp.qsmaskinitnext |= rdp.grpmask
	rnp.expmaskinitnext |= rdp.grpmask
	rsp.applyAtOnce(rnp)
	rdp.gpnum, rdp.completed = rnp.completed.Peek(), rnp.completed.Peek()
	rdp.noQS, rdp.coreNeeds = true, false
	rdp.qsCtrSnap = *r.qsCtr.Of(c)
	rnp.lock.UnlockIrqrestore(x, flags)
}

// applyAtOnce is what was done before 4.1, and is done here only in that form
// and by a mutation: the masks of the grace period in progress change under it.
func (rsp *State) applyAtOnce(rnp *Node) {
	if rsp.r.Variants.HotplugMaskAtOnce || rsp.r.m.Mutated("rcu.hotplug-mask-at-once") {
		rnp.qsmaskinit = rnp.qsmaskinitnext
	}
}

// expOnlineCleanup is sync_sched_exp_online_cleanup(): an expedited grace
// period of rcu_sched that found the CPU on its way, neither here nor gone,
// asks it now.
//
//kernel:fn sync_sched_exp_online_cleanup kernel/rcu/tree.c
func (rsp *State) expOnlineCleanup(x *cpu.Exec, c int) {
	rdp := rsp.rda.Of(c)
	if rdp.mynode.expmask.ReadOnce(x)&rdp.grpmask == 0 {
		return
	}
	err := rsp.r.ic.CallFunctionSingle(x, c, rsp.expHandler, false)
	cpu.WarnOnce(x, err != nil, "kernel/rcu/tree.c", "sync_sched_exp_online_cleanup: the CPU that came is offline")
}

// dyingIdle is rcu_cpu_notify() with CPU_DYING_IDLE, on the dying CPU in its
// idle loop for the last time: it has switched, which is what an expedited
// grace period of rcu_sched may wait for, and it counts as offline from the
// next grace period on.
//
//kernel:fn rcu_cpu_notify kernel/rcu/tree.c
func (r *RCU) dyingIdle(x *cpu.Exec) {
	cpu.PreemptDisable(x)
	r.sched.reportExpRdp(x, r.sched.rda.This(x), true)
	cpu.PreemptEnable(x)
	for _, rsp := range r.flavours {
		rsp.cleanupDyingIdleCPU(x)
	}
}

// cleanupDyingIdleCPU is rcu_cleanup_dying_idle_cpu().
//
//kernel:fn rcu_cleanup_dying_idle_cpu kernel/rcu/tree.c
func (rsp *State) cleanupDyingIdleCPU(x *cpu.Exec) {
	rdp := rsp.rda.This(x)
	rnp := rdp.mynode
	flags := rnp.lock.LockIrqsave(x)
	rnp.qsmaskinitnext &^= rdp.grpmask
	rsp.applyAtOnce(rnp)
	rnp.lock.UnlockIrqrestore(x, flags)
}
