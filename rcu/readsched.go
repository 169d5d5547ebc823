package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
)

// ReadLockSched is rcu_read_lock_sched(): a reader of rcu_sched, which is
// nothing but a stretch with preemption off.
//
//kernel:fn rcu_read_lock_sched include/linux/rcupdate.h
func (r *RCU) ReadLockSched(x *cpu.Exec) {
	if !r.m.Mutated("rcu.sched-reader-preemptible") {
		cpu.PreemptDisable(x)
	}
	r.watchDepth(x, r.sched, 1)
	x.MapAcquire(&r.schedLockMap, lockdep.ReadRecursive)
	r.checkWatching(x, "rcu_read_lock_sched()")
}

// ReadUnlockSched is rcu_read_unlock_sched().
//
//kernel:fn rcu_read_unlock_sched include/linux/rcupdate.h
func (r *RCU) ReadUnlockSched(x *cpu.Exec) {
	r.checkWatching(x, "rcu_read_unlock_sched()")
	x.MapRelease(&r.schedLockMap)
	r.watchDepth(x, r.sched, -1)
	if !r.m.Mutated("rcu.sched-reader-preemptible") {
		cpu.PreemptEnable(x)
	}
}

// ReadLockBH is rcu_read_lock_bh(): a reader of rcu_bh, a stretch with bottom
// halves off.
//
//kernel:fn rcu_read_lock_bh include/linux/rcupdate.h
func (r *RCU) ReadLockBH(x *cpu.Exec) {
	r.sq.LocalBHDisable(x)
	r.watchDepth(x, r.bh, 1)
	x.MapAcquire(&r.bhLockMap, lockdep.ReadRecursive)
	r.checkWatching(x, "rcu_read_lock_bh()")
}

// ReadUnlockBH is rcu_read_unlock_bh(): pending softirqs run, behind the reader.
//
//kernel:fn rcu_read_unlock_bh include/linux/rcupdate.h
func (r *RCU) ReadUnlockBH(x *cpu.Exec) {
	r.checkWatching(x, "rcu_read_unlock_bh()")
	x.MapRelease(&r.bhLockMap)
	r.watchDepth(x, r.bh, -1)
	r.sq.LocalBHEnable(x)
}

// checkWatching complains of a reader on a CPU that RCU takes for idle.
func (r *RCU) checkWatching(x *cpu.Exec, who string) {
	if r.cfg.ProveRCU && !r.watching(x) {
		r.suspicious(x, true, "include/linux/rcupdate.h", who+" used illegally while idle")
	}
}

// Depths returns how many rcu_sched and rcu_bh readers x is in.
//
//lockstep:helper for views and other packages' assertions
func (r *RCU) Depths(x *cpu.Exec) (sched, bh int) {
	t := r.tasks.Peek(x)
	if t == nil {
		return 0, 0
	}
	return int(t.depth[r.sched.index]), int(t.depth[r.bh.index])
}
