package rcu

import (
	"math"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
)

// ReadLock is rcu_read_lock(): the reader begins before the validator hears
// of it (docs/kernel/rcu-perf.md §2.1).
//
//kernel:fn rcu_read_lock include/linux/rcupdate.h
func (r *RCU) ReadLock(x *cpu.Exec) {
	r.readLock(x)
	x.MapAcquire(&r.lockMap, lockdep.ReadRecursive)
	r.checkWatching(x, "rcu_read_lock()")
}

// ReadUnlock is rcu_read_unlock(). For the validator the reader lasts until
// behind the special work (docs/kernel/rcu-perf.md §2.2, quirk 19).
//
//kernel:fn rcu_read_unlock include/linux/rcupdate.h
func (r *RCU) ReadUnlock(x *cpu.Exec) {
	r.checkWatching(x, "rcu_read_unlock()")
	r.readUnlock(x)
	x.MapRelease(&r.lockMap)
}

// readLock is __rcu_read_lock(): one increment, no lock. An interrupt may
// land before it and not inside, so the window is before the increment.
//
//kernel:fn __rcu_read_lock kernel/rcu/update.c
func (r *RCU) readLock(x *cpu.Exec) {
	t := r.task(x)
	r.local(x)
	if t.nesting == 0 || t.nesting == closing {
		r.watchOpen(x, t, r.preempt)
	}
	t.nesting++
}

// readUnlock is __rcu_read_unlock(). The outermost one passes through
// `closing`, and an interrupt may land on either side of each of its three
// steps: before the first it sees a reader and may ask for special work,
// which the second step finds; behind the first it sees that the reader is
// over and acts by itself. So nothing asked for is lost.
//
//kernel:fn __rcu_read_unlock kernel/rcu/update.c
func (r *RCU) readUnlock(x *cpu.Exec) {
	t := r.task(x)
	if t.nesting != 1 {
		r.local(x)
		t.nesting--
	} else {
		r.local(x)
		t.nesting = closing
		if r.Variants.UnlockUnguarded {
			t.nesting = 0
		}
		r.local(x)
		if t.special.any() && !r.m.Mutated("rcu.unlock-skips-special") {
			r.readUnlockSpecial(x, t)
		}
		r.local(x)
		t.nesting = 0
	}
	if t.nesting < 0 && t.nesting > math.MinInt32/2 {
		cpu.WarnOnce(x, r.m.Lockdep != nil, "kernel/rcu/update.c", "__rcu_read_unlock: more unlocks than locks")
	}
}

// watching is rcu_is_watching().
func (r *RCU) watching(x *cpu.Exec) bool { return r.dynticks.This(x).count.Peek()&1 != 0 }

// Nesting returns x's rcu_read_lock_nesting: 0 outside readers, negative in
// the tail of the outermost unlock.
//
//lockstep:helper for views and other packages' assertions
func (r *RCU) Nesting(x *cpu.Exec) int { return int(r.task(x).nesting) }
