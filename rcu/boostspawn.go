package rcu

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// kthreadPrio is kthread_prio as rcu_spawn_gp_kthread() makes it good: the
// real-time priority of RCU's kthreads, 0 for none. A kernel with RCU_BOOST
// needs one (docs/kernel/rcu-boost-nocb.md A1).
func (c *Config) kthreadPrio() int {
	least := 0
	if c.Boost {
		least = 1
	}
	return min(max(c.KthreadPrio, least), 99)
}

// setFIFO gives a kthread of RCU its real-time priority.
func (r *RCU) setFIFO(x *cpu.Exec, t *sched.Task) {
	if prio := r.cfg.kthreadPrio(); prio > 0 {
		r.s.SetScheduler(x, t, sched.PolicyFIFO, prio)
	}
}

// pidHelper is the PID of the n-th of the kthreads that RCU makes per node or
// per CPU: behind those that every CPU has from boot on.
func (r *RCU) pidHelper(n int) int { return 10 + 5*len(r.m.CPUs) + n }

// spawnBoostKthreads is rcu_spawn_boost_kthreads(): the leaves that have a CPU
// get their thread.
//
//kernel:fn rcu_spawn_boost_kthreads kernel/rcu/tree_plugin.h
func (r *RCU) spawnBoostKthreads(x *cpu.Exec) {
	if !r.preempt.boosting {
		return
	}
	leaves := r.preempt.leaves()
	for i := range leaves {
		r.preempt.spawnBoostKthread(x, &leaves[i])
	}
}

// spawnBoostKthread is rcu_spawn_one_boost_kthread(), at boot and when the
// leaf's first CPU is about to come. No node's lock is held at the wake-up.
//
//kernel:fn rcu_spawn_one_boost_kthread kernel/rcu/tree_plugin.h
func (rsp *State) spawnBoostKthread(x *cpu.Exec, rnp *Node) {
	b := rnp.boost
	if b == nil || !rsp.r.schedulerActive || rnp.qsmaskinitnext == 0 || b.thread.ReadOnce(x) != nil {
		return
	}
	x.Kmalloc()
	t := rsp.r.s.NewKthread(fmt.Sprintf("rcub/%d", b.index), rsp.r.pidHelper(b.index), -1, func(x *cpu.Exec) { rsp.boostKthread(x, rnp) })
	flags := rnp.lock.LockIrqsave(x)
	b.thread.WriteOnce(x, t)
	rnp.lock.UnlockIrqrestore(x, flags)
	rsp.r.setFIFO(x, t)
	rsp.r.s.WakeUpProcess(x, t)
}

// boostSetAffinity is rcu_boost_kthread_setaffinity(): the leaf's thread runs
// on the leaf's CPUs, without the one that goes, -1 for none; if that leaves
// none, anywhere. It may have to be moved by a stopper, so it sleeps.
//
//kernel:fn rcu_boost_kthread_setaffinity kernel/rcu/tree_plugin.h
func (rsp *State) boostSetAffinity(x *cpu.Exec, rnp *Node, outgoing int) {
	if rnp.boost == nil {
		return
	}
	t := rnp.boost.thread.ReadOnce(x)
	if t == nil {
		return
	}
	x.Op(cpu.KindRead, rnp.qsmask.Obj(), sim.AccessRead, rsp.r.m.Costs.Load)
	mask := make([]bool, len(rsp.r.m.CPUs))
	some := false
	for c := rnp.grplo; c <= rnp.grphi; c++ {
		if rnp.qsmaskinitnext&rsp.rda.Of(c).grpmask != 0 && c != outgoing {
			mask[c], some = true, true
		}
	}
	if !some {
		mask = nil
	}
	_ = rsp.r.s.SetCPUsAllowed(x, t, mask) // memory shortage and no CPU to go to: as it was
}
