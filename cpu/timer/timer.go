package timer

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// Timer is timer_list.
type Timer struct {
	expires uint64
	fn      func(x *cpu.Exec)
	base    *base // where it is or was last; nil: it never was
	next    *Timer
	pprev   **Timer     // what points to it; nil: it is not pending
	sleeper *sched.Task // of schedule_timeout, for views
	dep     lockdep.Map // held while fn runs, if the timer has a class
	lazy    bool        // TIMER_DEFERRABLE: it keeps no machine from being quiescent
}

// base is tvec_base: one CPU's timers.
type base struct {
	lock    lock.Raw
	wheel   *wheel // 4 KiB, made for the first timer
	expired *Timer // taken off the wheel, not called yet
	running *Timer
	jiffies uint64 // timer_jiffies: expiries before it are done
	all     int    // all_timers
	active  int    // active_timers: those that are not deferrable
}

var baseLockKey = lockdep.Key{Name: "&(&base->lock)->rlock"}

// Init sets the function that runs, in softirq context, when the timer expires.
func (tm *Timer) Init(fn func(x *cpu.Exec)) { tm.fn = fn }

// InitKey is Init for a timer that the validator sees: for it the timer is a
// lock that is held while fn runs and that [Timers.DelSync] takes, so that
// waiting for a function that needs a lock one holds is found. The kernel's
// own timers on this machine are such that nobody waits for them under a
// lock their functions take, and go without.
//
//kernel:fn init_timer_key kernel/time/timer.c
func (tm *Timer) InitKey(fn func(x *cpu.Exec), key *lockdep.Key) {
	tm.fn = fn
	tm.dep.Init(key)
}

// InitDeferrable is Init for a timer that can wait until its CPU is busy with
// something else. As it keeps no CPU's tick going, it keeps no machine from
// being quiescent.
//
//kernel:fn init_timer_key kernel/time/timer.c
func (tm *Timer) InitDeferrable(fn func(x *cpu.Exec)) { tm.fn, tm.lazy = fn, true }

// Mod is mod_timer() of a timer that only its owner modifies: (re)arm it on
// this CPU for the given jiffy. It returns whether it was pending.
//
//kernel:fn mod_timer kernel/time/timer.c
func (t *Timers) Mod(x *cpu.Exec, tm *Timer, expires uint64) bool {
	was := t.Del(x, tm)
	f := cpu.LocalIrqSave(x)
	b := &t.bases[x.CPU().ID]
	b.lock.Lock(x)
	tm.expires, tm.base = expires, b
	t.insert(x, b, tm)
	b.lock.UnlockIrqrestore(x, f)
	return was
}

// insert is internal_add_timer(). A base without timers first catches up with
// jiffies, which come right behind the lock operation. The kernel sets it to
// jiffies even if that is done already; here it never goes back.
//
//kernel:fn internal_add_timer kernel/time/timer.c
func (t *Timers) insert(x *cpu.Exec, b *base, tm *Timer) {
	b.lock.AssertHeld(x)
	if b.wheel == nil {
		b.wheel = new(wheel)
	}
	if b.all == 0 {
		b.jiffies = max(b.jiffies, t.m.Jiffies.Peek())
	}
	b.wheel.add(tm, b.jiffies)
	b.all++
	t.pending++
	if tm.lazy {
		t.lazy++
	} else {
		b.active++
	}
}

func (tm *Timer) isPending() bool { return tm.pprev != nil }

// detach is detach_timer() with its accounting.
//
//kernel:fn detach_if_pending kernel/time/timer.c
func (t *Timers) detach(tm *Timer) {
	tm.unlink()
	tm.base.all--
	t.pending--
	if tm.lazy {
		t.lazy--
	} else {
		tm.base.active--
	}
}

// lockBase is lock_timer_base(): the timer may move to another base until its
// lock is held. It returns nil, and no lock, for a timer that never had one.
//
//kernel:fn lock_timer_base kernel/time/timer.c
func (tm *Timer) lockBase(x *cpu.Exec) (*base, cpu.Flags) {
	for {
		b := tm.base
		if b == nil {
			return nil, false
		}
		f := b.lock.LockIrqsave(x)
		if tm.base == b {
			return b, f
		}
		b.lock.UnlockIrqrestore(x, f)
	}
}

// Del is del_timer(). It returns whether the timer was pending.
//
//kernel:fn del_timer kernel/time/timer.c
func (t *Timers) Del(x *cpu.Exec, tm *Timer) bool {
	b, f := tm.lockBase(x)
	if b == nil {
		return false
	}
	was := tm.isPending()
	if was {
		t.detach(tm)
	}
	b.lock.UnlockIrqrestore(x, f)
	return was
}

// DelSync is del_timer_sync(): afterwards the timer's function does not run
// on any CPU. The validator is told that it might wait, with interrupts off
// so that the map is not taken for one that an interrupt may hit.
//
//kernel:fn del_timer_sync kernel/time/timer.c
func (t *Timers) DelSync(x *cpu.Exec, tm *Timer) bool {
	if tm.dep.Key() != nil {
		f := cpu.LocalIrqSave(x)
		x.MightLock(&tm.dep, 0)
		cpu.LocalIrqRestore(x, f)
	}
	for {
		b, f := tm.lockBase(x)
		if b == nil {
			return false
		}
		running := b.running == tm
		was := tm.isPending() && !running
		if was {
			t.detach(tm)
		}
		b.lock.UnlockIrqrestore(x, f)
		if !running {
			return was
		}
		x.Delay(t.m.Costs.LineMiss) // cpu_relax
	}
}
