package rcu

import "lockstep/cpu"

// schedQS is rcu_sched_qs(): this CPU has passed a quiescent state of
// rcu_sched, at a context switch, in the idle loop or in user mode. Preemption
// is off. If the expedited grace period has asked, it is told here, and its
// requester may be woken: from the tick that is in hardirq (quirk 12). The
// wish is looked at twice, since the interrupt that leaves it may come in
// between (docs/kernel/rcu-perf.md §2.5).
//
//kernel:fn rcu_sched_qs kernel/rcu/tree.c
func (r *RCU) schedQS(x *cpu.Exec) {
	rdp := r.sched.rda.This(x)
	if !rdp.owes() || r.m.Mutated("rcu.sched-qs-not-recorded") {
		return
	}
	r.local(x)
	rdp.noQS = false
	if !rdp.noQSExp {
		return
	}
	flags := cpu.LocalIrqSave(x)
	if rdp.noQSExp {
		rdp.noQSExp = false
		r.sched.reportExpRdp(x, rdp, true)
	}
	cpu.LocalIrqRestore(x, flags)
}

// bhQS is rcu_bh_qs(): this CPU is in no softirq and bottom halves are on, or
// it has just served a pass of softirqs.
//
//kernel:fn rcu_bh_qs kernel/rcu/tree.c
func (r *RCU) bhQS(x *cpu.Exec) {
	if rdp := r.bh.rda.This(x); rdp.owes() {
		r.local(x)
		rdp.noQS = false
	}
}

// ruptFromIdle is rcu_is_cpu_rrupt_from_idle(): the interrupt that runs came
// directly out of the idle loop.
//
//kernel:fn rcu_is_cpu_rrupt_from_idle kernel/rcu/tree.c
func (r *RCU) ruptFromIdle(x *cpu.Exec) bool { return r.dynticks.This(x).nesting <= 1 }

// needsCPU is rcu_needs_cpu(): without FAST_NO_HZ, callbacks of any flavour
// keep the tick of their CPU going (docs/kernel/rcu-perf.md §1.8).
//
//kernel:fn rcu_needs_cpu kernel/rcu/tree_plugin.h
func (r *RCU) needsCPU(x *cpu.Exec) bool {
	if r.m.Mutated("rcu.idle-forgets-callbacks") {
		return false
	}
	for _, rsp := range r.flavours {
		if rsp.rda.This(x).cbs.head != nil {
			return true
		}
	}
	return false
}
