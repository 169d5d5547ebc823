package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Lock is rt_mutex_lock(). Whom the kernel finds in a deadlock it warns about
// and stops for good.
//
//kernel:fn rt_mutex_lock kernel/locking/rtmutex.c
func (m *RTMutex) Lock(x *cpu.Exec) { m.mustLock(x, 0) }

// LockNested is rt_mutex_lock_nested() with a lockdep subclass.
//
//kernel:fn rt_mutex_lock_nested kernel/locking/rtmutex.c
func (m *RTMutex) LockNested(x *cpu.Exec, sub int) { m.mustLock(x, lockdep.Nested(sub)) }

func (m *RTMutex) mustLock(x *cpu.Exec, how lockdep.How) {
	if err := m.lock(x, Uninterruptible, how, false, nil); err != nil {
		panic("sched: " + m.name + ": " + err.Error() + " for an uninterruptible wait")
	}
}

// TimedFutexLock is rt_mutex_timed_futex_lock(), as a PI futex takes it, without
// a timeout: the whole chain of owners is looked through, and EDEADLK is
// returned for one that comes back to x.
//
//kernel:fn rt_mutex_timed_futex_lock kernel/locking/rtmutex.c
func (m *RTMutex) TimedFutexLock(x *cpu.Exec) error {
	return m.lock(x, Interruptible, 0, true, nil)
}

// LockTimer is the hrtimer_sleeper of a lock with a timeout.
type LockTimer interface {
	// Start starts the timer, Cancel takes it away and waits for its function.
	Start(x *cpu.Exec)
	Cancel(x *cpu.Exec) // see Start
	// Over reports whether the time has passed, and woken the task.
	Over(x *cpu.Exec) bool
}

// TimedLock is rt_mutex_timed_lock(): it returns ETIMEDOUT if the time has passed
// first.
//
//kernel:fn rt_mutex_timed_lock kernel/locking/rtmutex.c
func (m *RTMutex) TimedLock(x *cpu.Exec, timer LockTimer) error {
	return m.lock(x, Interruptible, 0, false, timer)
}

// lock is rt_mutex_fastlock(); full is RT_MUTEX_FULL_CHAINWALK.
func (m *RTMutex) lock(x *cpu.Exec, st State, how lockdep.How, full bool, timer LockTimer) error {
	MightSleep(x)
	m.word(x, func() bool { return x.Validate(&m.dep, how) })
	if m.owner == nil && !m.marked {
		m.take(x)
		m.acquired(x)
		return nil
	}
	err := m.lockSlow(x, st, full, timer)
	if err != nil && m.s.m.NewRules() {
		x.MapUnlock(&m.dep)
	}
	return err
}

// lockSlow waits until the owner is none and nobody comes before x.
//
//kernel:fn rt_mutex_slowlock kernel/locking/rtmutex.c
func (m *RTMutex) lockSlow(x *cpu.Exec, st State, full bool, timer LockTimer) error {
	m.waitLock.Lock(x)
	if m.tryToTake(x, nil) {
		m.acquired(x)
		m.waitLock.Unlock(x)
		return nil
	}
	if m.s.m.NewRules() {
		x.Contended(&m.dep)
	}
	w := &rtWaiter{task: m.s.Task(x), lock: m, since: x.Now()}
	m.s.SetCurrentState(x, st)
	m.arrives()
	if timer != nil {
		timer.Start(x)
	}
	err := m.blocks(x, w, full)
	if err == nil {
		err = m.sleep(x, w, st, timer)
	}
	if err == nil {
		m.acquired(x)
	} else {
		w.task.State.WriteOnce(x, Running)
		if len(m.list) > 0 {
			m.removeWaiter(x, w)
		}
		if err == EDEADLK && !full {
			m.handleDeadlock(x)
		}
	}
	m.leaves(x, w.since)
	m.fixup(x)
	m.waitLock.Unlock(x)
	if timer != nil {
		timer.Cancel(x)
	}
	return err
}

// sleep is __rt_mutex_slowlock(): who may be interrupted also looks whether his
// time has passed, but not before he has tried.
//
//kernel:fn __rt_mutex_slowlock kernel/locking/rtmutex.c
func (m *RTMutex) sleep(x *cpu.Exec, w *rtWaiter, st State, timer LockTimer) error {
	for !m.tryToTake(x, w) {
		if timer != nil && timer.Over(x) {
			return ETIMEDOUT
		}
		m.waitLock.Unlock(x)
		if timer != nil {
			m.s.Schedule(x) // the timer will wake it: it waits for nobody
		} else {
			m.s.SleepFor(x, cpu.WaitRTMutex, m)
		}
		m.waitLock.Lock(x)
		m.s.SetCurrentState(x, st)
	}
	w.task.State.WriteOnce(x, Running)
	return nil
}

// handleDeadlock is rt_mutex_handle_deadlock() for a caller that cannot take
// EDEADLK: a warning, and the task sleeps for ever. As in v4.4 it does so with
// wait_lock held, for which the scheduler has a word of its own.
//
//kernel:fn rt_mutex_handle_deadlock kernel/locking/rtmutex.c
func (m *RTMutex) handleDeadlock(x *cpu.Exec) {
	cpu.Warn(x, true, "kernel/locking/rtmutex.h", "rtmutex deadlock detected")
	for {
		m.s.SetCurrentState(x, Interruptible)
		m.s.SleepFor(x, cpu.WaitRTMutex, m)
	}
}

// tryToTake is try_to_take_rt_mutex(), under wait_lock: the word is marked, so
// that the owner's release comes to wait_lock. A waiter takes it if it is the
// first, a newcomer (w is nil) if its priority is higher than all of theirs.
//
//kernel:fn try_to_take_rt_mutex kernel/locking/rtmutex.c
func (m *RTMutex) tryToTake(x *cpu.Exec, w *rtWaiter) bool {
	x.Op(cpu.KindUpdate, &m.obj, sim.AccessUpdate, m.s.m.Costs.RMW)
	m.marked = true
	t := m.s.Task(x)
	switch {
	case m.owner != nil:
		return false
	case w != nil:
		if m.list[0] != w {
			return false
		}
		m.dequeue(x, w)
	case len(m.list) > 0:
		if t.prio >= m.list[0].prio {
			return false
		}
	}
	if w != nil || len(m.list) > 0 {
		f := t.PILock.LockIrqsave(x)
		t.piBlockedOn = nil
		if len(m.list) > 0 {
			t.enqueuePI(x, m.list[0])
		}
		t.PILock.UnlockIrqrestore(x, f)
	}
	x.Op(cpu.KindWrite, &m.obj, sim.AccessWrite, m.s.m.Costs.Store)
	m.take(x)
	m.marked = len(m.list) > 0
	return true
}

// blocks is task_blocks_on_rt_mutex(), under wait_lock: x is queued under its
// own pi_lock, and if it is the first it lends the owner its priority, under the
// owner's. If the owner is a waiter too the chain is walked, with wait_lock
// released. The word is marked, so the owner stays until then.
//
//kernel:fn task_blocks_on_rt_mutex kernel/locking/rtmutex.c
func (m *RTMutex) blocks(x *cpu.Exec, w *rtWaiter, full bool) error {
	t, owner, top := w.task, m.owner, w
	if owner == t {
		return EDEADLK
	}
	f := t.PILock.LockIrqsave(x)
	m.s.adjustPrioLocked(x, t)
	w.prio = t.prio
	if len(m.list) > 0 {
		top = m.list[0]
	}
	m.enqueue(x, w)
	t.piBlockedOn = w
	t.PILock.UnlockIrqrestore(x, f)
	if owner == nil {
		return nil
	}
	walk := false
	f = owner.PILock.LockIrqsave(x)
	if m.list[0] == w {
		owner.dequeuePI(x, top)
		owner.enqueuePI(x, w)
		m.s.adjustPrioLocked(x, owner)
		walk = owner.piBlockedOn != nil
	} else if full {
		walk = true
	}
	next := owner.blockedOnLock()
	owner.PILock.UnlockIrqrestore(x, f)
	if !walk || next == nil {
		return nil
	}
	m.waitLock.Unlock(x)
	err := m.s.adjustPrioChain(x, &chainWalk{task: owner, full: full, orig: m, next: next, origWaiter: w, top: t})
	m.waitLock.Lock(x)
	return err
}

// removeWaiter is remove_waiter(): what blocks did is taken back. wait_lock is
// held, and released meanwhile if a chain is walked.
//
//kernel:fn remove_waiter kernel/locking/rtmutex.c
func (m *RTMutex) removeWaiter(x *cpu.Exec, w *rtWaiter) {
	first, owner := m.list[0] == w, m.owner
	f := w.task.PILock.LockIrqsave(x)
	m.dequeue(x, w)
	w.task.piBlockedOn = nil
	w.task.PILock.UnlockIrqrestore(x, f)
	if owner == nil || !first {
		return
	}
	f = owner.PILock.LockIrqsave(x)
	owner.dequeuePI(x, w)
	if len(m.list) > 0 {
		owner.enqueuePI(x, m.list[0])
	}
	m.s.adjustPrioLocked(x, owner)
	next := owner.blockedOnLock()
	owner.PILock.UnlockIrqrestore(x, f)
	if next == nil {
		return
	}
	m.waitLock.Unlock(x)
	// Nobody waits any more, so there is no deadlock to be found.
	_ = m.s.adjustPrioChain(x, &chainWalk{task: owner, orig: m, next: next, top: w.task})
	m.waitLock.Lock(x)
}

// Trylock is rt_mutex_trylock(). One that is free is taken by a cmpxchg of the
// word, without wait_lock.
//
//kernel:fn rt_mutex_trylock kernel/locking/rtmutex.c
func (m *RTMutex) Trylock(x *cpu.Exec) bool {
	x.Op(cpu.KindTrylock, &m.obj, sim.AccessUpdate, m.s.m.Costs.RMW)
	got := m.owner == nil && !m.marked
	if got {
		m.take(x)
	} else {
		got = m.trySlow(x)
	}
	if got && m.s.m.NewRules() {
		x.MapLock(&m.dep, lockdep.Trylock)
		m.acquired(x)
	}
	return got
}

// trySlow may find the owner gone, with waiters of lower priority left.
//
//kernel:fn rt_mutex_slowtrylock kernel/locking/rtmutex.c
func (m *RTMutex) trySlow(x *cpu.Exec) bool {
	x.Op(cpu.KindRead, &m.obj, sim.AccessRead, m.s.m.Costs.Load)
	if m.owner != nil {
		return false
	}
	m.waitLock.Lock(x)
	got := m.tryToTake(x, nil)
	m.fixup(x)
	m.waitLock.Unlock(x)
	return got
}

// fixup is fixup_rt_mutex_waiters(): every try marks the word, and if nobody
// waits the mark goes again.
//
//kernel:fn fixup_rt_mutex_waiters kernel/locking/rtmutex.c
func (m *RTMutex) fixup(x *cpu.Exec) {
	if len(m.list) == 0 {
		x.Op(cpu.KindWrite, &m.obj, sim.AccessWrite, m.s.m.Costs.Store)
		m.marked = false
	}
}
