package cpu

import (
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// What locks need of the validator besides Validate and Unvalidate. As there,
// the caller is right behind a global operation, whose place in the order of
// all is the event's; MapLock, MapUnlock, MightLock and AssertHeld announce
// one of their own.

// NewRules reports whether locks are annotated as in kernels since 5.10, and
// not as in v4.4.
func (m *Machine) NewRules() bool {
	return m.Lockdep != nil && m.Lockdep.Rules() != lockdep.RulesV44
}

// ValidateNest is [Exec.Validate] under a nest lock; nil is none. Like that it
// is no frame of its own in a printed stack.
func (x *Exec) ValidateNest(l *lockdep.Map, how lockdep.How, nest *lockdep.Map) bool {
	if nest == nil {
		return x.Validate(l, how)
	}
	return x.validateNest(l, how, nest)
}

func (x *Exec) validateNest(l *lockdep.Map, how lockdep.How, nest *lockdep.Map) bool {
	ld := x.m.Lockdep
	if ld == nil {
		return false
	}
	ld.AcquireNest(x.LD, l, how, nest)
	return x.reported()
}

// InitMap is lockdep_init_map() of a lock in memory that may hold a live one:
// if x holds it, it is reported as freed.
//
//kernel:fn lockdep_init_map kernel/locking/lockdep.c
func (x *Exec) InitMap(l *lockdep.Map, k *lockdep.Key) bool {
	ld := x.m.Lockdep
	if ld == nil {
		l.Init(k)
		return false
	}
	ld.InitMap(x.LD, l, k)
	return x.reported()
}

// Freed is debug_check_no_locks_freed(): what is freed must not contain a lock
// that x holds.
//
//kernel:fn debug_check_no_locks_freed kernel/locking/lockdep.c
func (x *Exec) Freed(what string, maps ...*lockdep.Map) {
	if ld := x.m.Lockdep; ld != nil {
		ld.Freed(x.LD, what, maps...)
		x.reported()
	}
}

// SetClass is lock_set_class() of a lock that x holds.
//
//kernel:fn lock_set_class kernel/locking/lockdep.c
func (x *Exec) SetClass(l *lockdep.Map, k *lockdep.Key, sub int) {
	if ld := x.m.Lockdep; ld != nil {
		ld.SetClass(x.LD, l, k, sub)
		x.reported()
	}
}

// Downgrade is lock_downgrade(). Kernels have it since 4.12: under the rules
// of v4.4 a downgraded lock lives on as a write dependency, and this does
// nothing.
//
//kernel:fn lock_downgrade kernel/locking/lockdep.c
func (x *Exec) Downgrade(l *lockdep.Map) bool {
	if !x.m.NewRules() {
		return false
	}
	x.m.Lockdep.Downgrade(x.LD, l)
	return x.reported()
}

// Pin is lock_pin_lock(): until Unpin with what it returns, a release of l is
// an error.
//
//kernel:fn lock_pin_lock kernel/locking/lockdep.c
func (x *Exec) Pin(l *lockdep.Map) uint32 {
	ld := x.m.Lockdep
	if ld == nil {
		return 0
	}
	cookie := ld.Pin(x.LD, l)
	x.reported()
	return cookie
}

// Unpin is lock_unpin_lock().
//
//kernel:fn lock_unpin_lock kernel/locking/lockdep.c
func (x *Exec) Unpin(l *lockdep.Map, cookie uint32) {
	if ld := x.m.Lockdep; ld != nil {
		ld.Unpin(x.LD, l, cookie)
		x.reported()
	}
}

// DebugLocksWarn is DEBUG_LOCKS_WARN_ON(cond), text being the condition as
// the kernel spells it. It returns cond.
func (x *Exec) DebugLocksWarn(cond bool, file, fn, text string) bool {
	if ld := x.m.Lockdep; cond && ld != nil {
		ld.DebugLocksWarn(x.LD, file, fn, text)
		x.reported()
	}
	return cond
}

// Contended is lock_contended(): x must wait for l. Like Acquired it takes no
// time: the price of statistics is not modelled. It returns true if a report was
// printed, so that x must look again whether it has to wait.
func (x *Exec) Contended(l *lockdep.Map) bool {
	if !x.m.lockStat {
		return false
	}
	x.m.Lockdep.Contended(x.LD, l, x.moment())
	return x.reported()
}

// Acquired is lock_acquired(): x has l. The statistics are shared by all CPUs,
// so it too belongs right behind a global operation.
func (x *Exec) Acquired(l *lockdep.Map) {
	if x.m.lockStat {
		x.noteAcquired(l)
	}
}

func (x *Exec) noteAcquired(l *lockdep.Map) {
	x.m.Lockdep.Acquired(x.LD, l, x.moment())
	x.reported()
}

func (x *Exec) moment() lockdep.Moment {
	return lockdep.Moment{CPU: x.cpu.ID, Now: int64(x.Now())}
}

// lockdepOp is the operation of an event of the validator that belongs to no
// lock operation.
func (x *Exec) lockdepOp() { x.Op(KindLockdep, &x.m.findObj, sim.AccessUpdate, 0) }

// MapLock is lock_map_acquire() of a map that is no lock but makes edges, as
// the one around a timer's function does.
//
//kernel:fn lock_acquire kernel/locking/lockdep.c
func (x *Exec) MapLock(l *lockdep.Map, how lockdep.How) {
	x.LockdepTime()
	x.lockdepOp()
	x.Validate(l, how)
}

// MapUnlock is lock_map_release() of such a map. Locks above it are acquired
// anew, so it can make edges too.
//
//kernel:fn lock_release kernel/locking/lockdep.c
func (x *Exec) MapUnlock(l *lockdep.Map) {
	x.LockdepTime()
	x.lockdepOp()
	x.Unvalidate(l)
}

// MightLock is might_lock(): l might be taken here. With [lockdep.Read] it is
// might_lock_read().
//
//kernel:fn might_lock include/linux/lockdep.h
func (x *Exec) MightLock(l *lockdep.Map, how lockdep.How) {
	x.MapLock(l, how)
	x.MapUnlock(l)
}

// AssertHeld is lockdep_assert_held(): a WARN if the validator is at work and
// x does not hold l.
//
//kernel:fn lockdep_assert_held include/linux/lockdep.h
func (x *Exec) AssertHeld(l *lockdep.Map) {
	ld := x.m.Lockdep
	if ld == nil {
		return
	}
	x.lockdepOp() // whether it is at work is for others to end
	Warn(x, ld.DebugLocks() && !ld.IsHeld(x.LD, l), "kernel/locking/lockdep.c", "debug_locks && !lockdep_is_held("+l.Key().Name+")")
}

// NoLocksHeld is debug_check_no_locks_held(), of a task that ends.
//
//kernel:fn debug_check_no_locks_held kernel/locking/lockdep.c
func (x *Exec) NoLocksHeld() {
	if ld := x.m.Lockdep; ld != nil {
		ld.NoLocksHeld(x.LD)
		x.reported()
	}
}

// SysExit is lockdep_sys_exit(): x returns to user space.
//
//kernel:fn lockdep_sys_exit kernel/locking/lockdep.c
func (x *Exec) SysExit() {
	if ld := x.m.Lockdep; ld != nil {
		ld.SysExit(x.LD)
		x.reported()
	}
}

// Suspicious is lockdep_rcu_suspicious(): RCU is used without the protection
// that the use needs. It says so while the validator judges.
//
//kernel:fn lockdep_rcu_suspicious kernel/locking/lockdep.c
func (x *Exec) Suspicious(where, what string, rcu lockdep.RCUState) {
	if ld := x.m.Lockdep; ld != nil {
		x.RecordOp()
		ld.Suspicious(x.LD, where, what, rcu)
		x.reported()
	}
}
