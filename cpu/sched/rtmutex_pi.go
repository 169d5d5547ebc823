package sched

import (
	"slices"

	"lockstep/cpu"
)

// enqueue puts a waiter behind all of its priority.
//
//kernel:fn rt_mutex_enqueue kernel/locking/rtmutex.c
func (m *RTMutex) enqueue(x *cpu.Exec, w *rtWaiter) {
	m.waitLock.AssertHeld(x)
	m.list = insertWaiter(m.list, w)
}

// dequeue takes it out, if it is in.
//
//kernel:fn rt_mutex_dequeue kernel/locking/rtmutex.c
func (m *RTMutex) dequeue(x *cpu.Exec, w *rtWaiter) {
	m.waitLock.AssertHeld(x)
	m.list = deleteWaiter(m.list, w)
}

// enqueuePI puts the first waiter of an rt_mutex among those who lend its owner
// their priority; pi_lock is held.
//
//kernel:fn rt_mutex_enqueue_pi kernel/locking/rtmutex.c
func (t *Task) enqueuePI(x *cpu.Exec, w *rtWaiter) {
	t.PILock.AssertHeld(x)
	t.piWaiters = insertWaiter(t.piWaiters, w)
}

// dequeuePI takes it out, if it is in.
//
//kernel:fn rt_mutex_dequeue_pi kernel/locking/rtmutex.c
func (t *Task) dequeuePI(x *cpu.Exec, w *rtWaiter) {
	t.PILock.AssertHeld(x)
	t.piWaiters = deleteWaiter(t.piWaiters, w)
}

func insertWaiter(list []*rtWaiter, w *rtWaiter) []*rtWaiter {
	i := len(list)
	for i > 0 && list[i-1].prio > w.prio {
		i--
	}
	return slices.Insert(list, i, w)
}

func deleteWaiter(list []*rtWaiter, w *rtWaiter) []*rtWaiter {
	if i := slices.Index(list, w); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}

// blockedOnLock is task_blocked_on_lock(); pi_lock is held.
func (t *Task) blockedOnLock() *RTMutex {
	if t.piBlockedOn == nil {
		return nil
	}
	return t.piBlockedOn.lock
}

// boostedPrio is rt_mutex_getprio(): what t's priority is to be, with what its
// waiters lend. pi_lock is held.
//
//kernel:fn rt_mutex_getprio kernel/locking/rtmutex.c
func (t *Task) boostedPrio() int { return t.boostedOver(t.normalPrio) }

// boostedOver is rt_mutex_get_effective_prio(): the same with another priority
// of its own.
//
//kernel:fn rt_mutex_get_effective_prio kernel/locking/rtmutex.c
func (t *Task) boostedOver(prio int) int {
	if len(t.piWaiters) == 0 {
		return prio
	}
	return min(t.piWaiters[0].prio, prio)
}

// adjustPrioLocked is __rt_mutex_adjust_prio(); t's pi_lock is held.
//
//kernel:fn __rt_mutex_adjust_prio kernel/locking/rtmutex.c
func (s *Sched) adjustPrioLocked(x *cpu.Exec, t *Task) {
	if s.m.Mutated("sched.rt-mutex-no-boost") {
		return
	}
	if prio := t.boostedPrio(); t.prio != prio {
		s.RTMutexSetprio(x, t, prio)
	}
}

// adjustPrio is rt_mutex_adjust_prio(): behind an unlock, what was lent goes
// back.
//
//kernel:fn rt_mutex_adjust_prio kernel/locking/rtmutex.c
func (s *Sched) adjustPrio(x *cpu.Exec, t *Task) {
	f := t.PILock.LockIrqsave(x)
	s.adjustPrioLocked(x, t)
	t.PILock.UnlockIrqrestore(x, f)
}

// RTMutexAdjustPI is rt_mutex_adjust_pi(): a waiter's own priority was changed,
// so its place in the queue, and what it lends, may have to.
//
//kernel:fn rt_mutex_adjust_pi kernel/locking/rtmutex.c
func (s *Sched) RTMutexAdjustPI(x *cpu.Exec, t *Task) {
	f := t.PILock.LockIrqsave(x)
	w := t.piBlockedOn
	if w == nil || w.prio == t.prio {
		t.PILock.UnlockIrqrestore(x, f)
		return
	}
	next := w.lock
	t.PILock.UnlockIrqrestore(x, f)
	_ = s.adjustPrioChain(x, &chainWalk{task: t, next: next, top: t}) // no new waiter, no new deadlock
}
