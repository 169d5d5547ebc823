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
	base    *base
	pending bool
	sleeper *sched.Task // of schedule_timeout, for views
	dep     lockdep.Map // held while fn runs, if the timer has a class
	lazy    bool        // it keeps no machine from being quiescent
}

// base is tvec_base: one CPU's timers.
type base struct {
	lock    lock.Raw
	list    []*Timer
	running *Timer
	jiffies uint64 // timer_jiffies: expiries before it are done
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
	tm.expires, tm.base, tm.pending = expires, b, true
	t.insert(b, tm)
	b.lock.UnlockIrqrestore(x, f)
	return was
}

// insert is internal_add_timer(): among equal expiries in front.
//
//kernel:fn internal_add_timer kernel/time/timer.c
func (t *Timers) insert(b *base, tm *Timer) {
	i := 0
	for i < len(b.list) && b.list[i].expires < tm.expires {
		i++
	}
	b.list = append(b.list, nil)
	copy(b.list[i+1:], b.list[i:])
	b.list[i] = tm
	t.pending++
	if tm.lazy {
		t.lazy++
	}
}

func (t *Timers) detach(tm *Timer) {
	b := tm.base
	for i, o := range b.list {
		if o == tm {
			b.list = append(b.list[:i], b.list[i+1:]...)
			break
		}
	}
	tm.pending = false
	t.pending--
	if tm.lazy {
		t.lazy--
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
	was := tm.pending
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
		was := tm.pending && !running
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

// runTimerSoftirq is run_timer_softirq() with __run_timers().
//
//kernel:fn run_timer_softirq kernel/time/timer.c
func (t *Timers) runTimerSoftirq(x *cpu.Exec) {
	b := &t.bases[x.CPU().ID]
	now := t.m.Jiffies.ReadOnce(x)
	if now < b.jiffies {
		return
	}
	b.lock.LockIrq(x)
	for len(b.list) > 0 && b.list[0].expires <= now {
		tm := b.list[0]
		b.running = tm
		t.detach(tm)
		b.lock.UnlockIrq(x)
		t.call(x, tm)
		b.lock.LockIrq(x)
		b.running = nil
	}
	b.jiffies = now + 1
	b.lock.UnlockIrq(x)
}

// call is call_timer_fn().
//
//kernel:fn call_timer_fn kernel/time/timer.c
func (t *Timers) call(x *cpu.Exec, tm *Timer) {
	before := x.CPU().Count()
	mapped := tm.dep.Key() != nil // fn may free the timer
	if mapped {
		x.MapLock(&tm.dep, 0)
	}
	tm.fn(x)
	if mapped {
		x.MapUnlock(&tm.dep)
	}
	if x.CPU().Count() != before {
		cpu.WarnOnce(x, true, "kernel/time/timer.c", "timer left another preempt_count")
		x.CPU().SetCount(before)
	}
}
