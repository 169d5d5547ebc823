package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
)

// The checks of rcu_dereference_check() and its kin: who follows a pointer
// that a grace period protects must be a reader of the flavour. They are only
// asked while the validator judges, and take no time of their own.

// CheckHeld is rcu_read_lock_held() behind rcu_dereference().
//
//kernel:fn rcu_dereference_check include/linux/rcupdate.h
func (r *RCU) CheckHeld(x *cpu.Exec, where string) {
	r.checkDeref(x, &r.lockMap, false, where, "suspicious rcu_dereference_check() usage")
}

// CheckHeldBH is rcu_read_lock_bh_held() behind rcu_dereference_bh(): bottom
// halves that are off, or a softirq, will do.
//
//kernel:fn rcu_dereference_bh_check include/linux/rcupdate.h
func (r *RCU) CheckHeldBH(x *cpu.Exec, where string) {
	c := x.CPU()
	r.checkDeref(x, &r.bhLockMap, c.InSoftirq() || c.IrqsDisabled(), where, "suspicious rcu_dereference_bh_check() usage")
}

// CheckHeldSched is rcu_read_lock_sched_held() behind
// rcu_dereference_sched(): preemption or interrupts that are off will do.
//
//kernel:fn rcu_dereference_sched_check include/linux/rcupdate.h
func (r *RCU) CheckHeldSched(x *cpu.Exec, where string) {
	c := x.CPU()
	r.checkDeref(x, &r.schedLockMap, c.Count() != 0 || c.IrqsDisabled(), where, "suspicious rcu_dereference_sched_check() usage")
}

func (r *RCU) checkDeref(x *cpu.Exec, l *lockdep.Map, otherwise bool, where, text string) {
	if r.cfg.ProveRCU {
		bad := !r.watching(x) || !otherwise && !r.mapHeld(x, l)
		r.suspicious(x, bad, where, text)
	}
}

// mapHeld is lock_is_held(): without a validator nobody can say no.
func (r *RCU) mapHeld(x *cpu.Exec, l *lockdep.Map) bool {
	ld := r.m.Lockdep
	return ld == nil || ld.IsHeld(x.LD, l)
}

// sleepCheck is rcu_sleep_check(): readers of rcu_bh and rcu_sched must not
// sleep or be switched out. Preemptible ones may be.
//
//kernel:fn rcu_sleep_check include/linux/rcupdate.h
func (r *RCU) sleepCheck(x *cpu.Exec) {
	if !r.cfg.ProveRCU || r.m.Lockdep == nil {
		return
	}
	r.suspicious(x, r.mapHeld(x, &r.bhLockMap), "include/linux/rcupdate.h", "Illegal context switch in RCU-bh read-side critical section")
	r.suspicious(x, r.mapHeld(x, &r.schedLockMap), "include/linux/rcupdate.h", "Illegal context switch in RCU-sched read-side critical section")
}

// checkOutside complains of a wait for readers by one of them, which would
// wait for itself, or for who waits for it (W25).
func (r *RCU) checkOutside(x *cpu.Exec, file, who, kind string) {
	if !r.cfg.ProveRCU || r.m.Lockdep == nil {
		return
	}
	inside := r.mapHeld(x, &r.bhLockMap) || r.mapHeld(x, &r.lockMap) || r.mapHeld(x, &r.schedLockMap)
	r.suspicious(x, inside, file, "Illegal "+who+" in "+kind+" read-side critical section")
}
