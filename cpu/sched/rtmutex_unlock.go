package sched

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// RTMutexUnlock is how the slow unlock of an rt_mutex without waiters frees it.
type RTMutexUnlock uint8

// The forms.
const (
	RTUnlockFixed      RTMutexUnlock = iota // a cmpxchg behind wait_lock, since 3.16: a new waiter makes it fail
	RTUnlockPlainStore                      // a plain store under wait_lock: who takes the fast path then may free the lock before wait_lock is released
	RTUnlockStoreLate                       // a plain store behind wait_lock: a waiter that came in between is forgotten
)

// Unlock is rt_mutex_unlock(). The first waiter is woken behind wait_lock; then
// what it lent goes back, so that it preempts us at once if it may.
//
//kernel:fn rt_mutex_unlock kernel/locking/rtmutex.c
func (m *RTMutex) Unlock(x *cpu.Exec) {
	m.word(x, func() bool { return x.Unvalidate(&m.dep) })
	m.release(x)
}

// release is rt_mutex_fastunlock(), behind the operation on the word.
func (m *RTMutex) release(x *cpu.Exec) {
	if !m.marked {
		m.owner = nil
		return
	}
	var q WakeQ
	deboost := m.unlockSlow(x, &q)
	m.s.WakeUpQ(x, &q)
	if deboost {
		m.s.adjustPrio(x, m.s.Task(x))
	}
}

// unlockSlow is rt_mutex_slowunlock(); it returns whether somebody waited. As
// long as nobody does the mark in the word is taken away, wait_lock released,
// and only then the owner replaced, if the word is still as we left it: from
// there on the lock is not touched. A waiter that came meanwhile has marked it
// again.
//
//kernel:fn rt_mutex_slowunlock kernel/locking/rtmutex.c
func (m *RTMutex) unlockSlow(x *cpu.Exec, q *WakeQ) bool {
	m.waitLock.Lock(x)
	for len(m.list) == 0 {
		if m.unlockEmpty(x) {
			return false
		}
		m.waitLock.Lock(x)
	}
	m.wakeupNext(x, q)
	m.waitLock.Unlock(x)
	return true
}

// unlockEmpty is unlock_rt_mutex_safe(), or one of the forms before it; it
// releases wait_lock.
//
//kernel:fn unlock_rt_mutex_safe kernel/locking/rtmutex.c
func (m *RTMutex) unlockEmpty(x *cpu.Exec) bool {
	switch m.s.Variants.RTMutexUnlock {
	case RTUnlockPlainStore:
		m.storeOwner(x)
		m.waitLock.Unlock(x)
		return true
	case RTUnlockStoreLate:
		m.waitLock.Unlock(x)
		m.storeOwner(x)
		return true
	}
	x.Op(cpu.KindWrite, &m.obj, sim.AccessWrite, m.s.m.Costs.Store)
	m.marked = false
	m.waitLock.Unlock(x)
	x.Op(cpu.KindUpdate, &m.obj, sim.AccessUpdate, m.s.m.Costs.RMW)
	if m.marked {
		return false
	}
	m.owner = nil
	return true
}

// storeOwner makes the whole word zero.
func (m *RTMutex) storeOwner(x *cpu.Exec) {
	x.Op(cpu.KindWrite, &m.obj, sim.AccessWrite, m.s.m.Costs.Store)
	m.owner, m.marked = nil, false
}

// wakeupNext is mark_wakeup_next_waiter(): the first waiter stays in the queue
// but lends us nothing more. The mark stays, or who came first by the fast path
// would not see that somebody waits.
//
//kernel:fn mark_wakeup_next_waiter kernel/locking/rtmutex.c
func (m *RTMutex) wakeupNext(x *cpu.Exec, q *WakeQ) {
	me, first := m.s.Task(x), m.list[0]
	f := me.PILock.LockIrqsave(x)
	me.dequeuePI(x, first)
	x.Op(cpu.KindWrite, &m.obj, sim.AccessWrite, m.s.m.Costs.Store)
	m.owner, m.marked = nil, true
	me.PILock.UnlockIrqrestore(x, f)
	m.s.WakeQAdd(x, q, first.task)
}
