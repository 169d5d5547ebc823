package sched

import (
	"fmt"

	"lockstep/cpu"
)

// maxLockDepth is max_lock_depth: how long a chain may be.
const maxLockDepth = 1024

// chainWalk is rt_mutex_adjust_prio_chain() on its way: a task whose priority
// was changed waits for next, so it moves in that queue, and the owner of next
// may be lent more, or less; and so on along the chain. Only one lock and one
// task of it are looked at, and locked, at a time; whatever the rest does
// meanwhile is seen to by whoever does it.
type chainWalk struct {
	task       *Task     // the one looked at
	full       bool      // look for a deadlock: walk on also if no priority changes
	orig       *RTMutex  // where it began, nil if no task began to wait
	next       *RTMutex  // what task waited for when it was last looked at
	origWaiter *rtWaiter // who began to wait, nil if nobody did
	top        *Task     // whose waiting, or change, it is
	topWaiter  *rtWaiter // the first of the lock before, nil at first
}

// adjustPrioChain walks the chain. No locks are held on entry and exit. It
// returns EDEADLK for a chain that comes back to where it began.
//
//kernel:fn rt_mutex_adjust_prio_chain kernel/locking/rtmutex.c
func (s *Sched) adjustPrioChain(x *cpu.Exec, c *chainWalk) error {
	for depth := 1; depth <= maxLockDepth; depth++ {
		on, err := s.chainStep(x, c)
		if err != nil || !on {
			return err
		}
	}
	title := fmt.Sprintf("Maximum lock depth %d reached task: %s (%d)", maxLockDepth, c.top.Comm, c.top.PID)
	s.m.Hooks.Printk(x, cpu.LevelWarning, title, 0)
	return EDEADLK
}

// chainStep is one round: task's waiter is moved in its lock's queue, and the
// owner of that lock is given the priority that follows. It returns whether the
// owner is to be looked at next.
//
// The order of locks is wait_lock, then pi_lock, and what task waits for is
// known under its pi_lock only: so wait_lock is tried, and if that fails pi_lock
// is given up and all is looked at again.
func (s *Sched) chainStep(x *cpu.Exec, c *chainWalk) (bool, error) {
	var w *rtWaiter
	var f cpu.Flags
	requeue := true
	for {
		f = c.task.PILock.LockIrqsave(x)
		w = c.task.piBlockedOn
		var done bool
		if requeue, done = c.look(w); done {
			c.task.PILock.UnlockIrqrestore(x, f)
			return false, nil
		}
		if w.lock.waitLock.Trylock(x) {
			break
		}
		c.task.PILock.UnlockIrqrestore(x, f)
		w.lock.waitLock.Relax(x)
	}
	m := w.lock
	if m == c.orig || m.owner == c.top {
		m.waitLock.Unlock(x)
		c.task.PILock.UnlockIrqrestore(x, f)
		return false, EDEADLK
	}
	first := m.list[0]
	if requeue {
		m.dequeue(x, w)
		w.prio = c.task.prio
		m.enqueue(x, w)
	}
	c.task.PILock.UnlockIrqrestore(x, f)
	if m.owner == nil {
		if requeue && first != m.list[0] { // whoever was woken to take it is not the first any more
			s.WakeUpProcess(x, m.list[0].task)
		}
		m.waitLock.Unlock(x)
		return false, nil
	}
	return c.lend(x, s, m, w, first, requeue), nil
}

// look is what ends the walk at task, under its pi_lock: it waits no more, or
// for something else by now, or nothing changes here. To look for a deadlock
// the walk goes on then, but without moving anybody.
func (c *chainWalk) look(w *rtWaiter) (requeue, done bool) {
	requeue = true
	switch {
	case w == nil, c.origWaiter != nil && c.orig.owner == nil, c.next != w.lock:
		return false, true
	case c.topWaiter != nil && len(c.task.piWaiters) == 0:
		return false, true
	case c.topWaiter != nil && c.topWaiter != c.task.piWaiters[0]:
		if !c.full {
			return false, true
		}
		requeue = false
	}
	if w.prio == c.task.prio {
		if !c.full {
			return false, true
		}
		requeue = false
	}
	return requeue, false
}

// lend gives the owner of m what its first waiter lends now, and makes it the
// task to be looked at. m's wait_lock is held, and released.
func (c *chainWalk) lend(x *cpu.Exec, s *Sched, m *RTMutex, w, first *rtWaiter, requeue bool) bool {
	c.task = m.owner
	f := c.task.PILock.LockIrqsave(x)
	if requeue && (m.list[0] == w || first == w) {
		c.task.dequeuePI(x, first)
		w = m.list[0]
		c.task.enqueuePI(x, w)
		s.adjustPrioLocked(x, c.task)
	}
	c.next = c.task.blockedOnLock()
	c.topWaiter = m.list[0]
	c.task.PILock.UnlockIrqrestore(x, f)
	m.waitLock.Unlock(x)
	if c.next == nil {
		return false
	}
	return c.full || !requeue || w == c.topWaiter
}
