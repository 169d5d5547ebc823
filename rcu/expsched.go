package rcu

import "lockstep/cpu"

// SynchronizeSchedExpedited is synchronize_sched_expedited(): each CPU that
// does not idle is interrupted and asked to switch (docs/kernel/rcu-perf.md
// §3.1).
//
//kernel:fn synchronize_sched_expedited kernel/rcu/tree.c
func (r *RCU) SynchronizeSchedExpedited(x *cpu.Exec) {
	r.sched.expedite(x, r.SynchronizeSched, "synchronize_sched_expedited")
}

// SynchronizeBHExpedited is synchronize_rcu_bh_expedited(): a CPU that has
// switched had its bottom halves on, so rcu_sched's serves.
//
//kernel:fn synchronize_rcu_bh_expedited include/linux/rcutree.h
func (r *RCU) SynchronizeBHExpedited(x *cpu.Exec) {
	since := r.watchNow(x)
	r.SynchronizeSchedExpedited(x)
	r.watchEnd(x, r.bh, since, x, "synchronize_rcu_bh_expedited")
}

// syncSchedExpHandler is sync_sched_exp_handler(), in hardirq on the CPU that
// is asked: leave the wish and ask for a switch. The switch is asked for by
// trylock; if the runqueue is locked the next natural one has to do
// (docs/kernel/rcu-perf.md §3.5, quirk 1).
//
//kernel:fn sync_sched_exp_handler kernel/rcu/tree.c
func (rsp *State) syncSchedExpHandler(x *cpu.Exec) {
	rdp := rsp.rda.This(x)
	if rdp.mynode.expmask.ReadOnce(x)&rdp.grpmask == 0 || rdp.noQSExp {
		return
	}
	if rsp.r.m.Mutated("rcu.sched-exp-ipi-reports") {
		rsp.reportExpRdp(x, rdp, true)
		return
	}
	rdp.noQSExp = true
	rsp.r.s.ReschedCPU(x, x.CPU().ID)
}
