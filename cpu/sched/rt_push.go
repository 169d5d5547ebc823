package sched

import "lockstep/cpu"

// findLowestRQ is find_lowest_rq(): a CPU that runs what is lowest below p's
// priority, preferably p's own, then this one, then one near p's. It returns
// -1 for none. Nothing is locked, so it is a guess.
//
//kernel:fn find_lowest_rq kernel/sched/rt.c
func (s *Sched) findLowestRQ(x *cpu.Exec, p *Task) int {
	if p.bound() {
		return -1
	}
	mask := *s.lowest.This(x) // local_cpu_mask; interrupts are off
	if mask == nil {
		mask = make([]bool, len(s.rqs))
		*s.lowest.This(x) = mask
	}
	if !s.rto.cpupriFind(x, p, mask) {
		return -1
	}
	own, this := p.TaskCPU(), x.CPU().ID
	if mask[own] {
		return own
	}
	s.m.Hooks.ReadLock(x)
	best := s.nearest(own, this, mask)
	s.m.Hooks.ReadUnlock(x)
	return best
}

// nearest walks the domains of CPU own: those that share its cache, then all.
// In each, this CPU comes first if it is in the mask and the domain.
func (s *Sched) nearest(own, this int, mask []bool) int {
	for _, all := range [...]bool{false, true} {
		in := func(c int) bool { return mask[c] && (all || s.m.ShareCache(own, c)) }
		if in(this) {
			return this
		}
		for c := range mask {
			if in(c) {
				return c
			}
		}
	}
	return -1
}

// pushTries is RT_MAX_TRIES.
const pushTries = 3

// findLockLowestRQ is find_lock_lowest_rq(): rq's lock is held, and so is the
// other one's if it returns one. While they were got p may have gone.
//
//kernel:fn find_lock_lowest_rq kernel/sched/rt.c
func (s *Sched) findLockLowestRQ(x *cpu.Exec, p *Task, rq *RQ) *RQ {
	for range pushTries {
		c := s.findLowestRQ(x, p)
		if c < 0 || c == rq.CPU {
			return nil
		}
		to := &s.rqs[c]
		if to.rt.highest.ReadOnce(x) <= p.prio {
			return nil // somebody of as high a priority came there: the rest are no lower
		}
		if s.doubleLockBalance(x, rq, to) {
			if p.TaskCPU() != rq.CPU || !p.allowed(c) || rq.Curr.Peek() == p || !p.Queued() {
				s.doubleUnlockBalance(x, rq, to)
				return nil
			}
		}
		if to.rt.highest.Peek() > p.prio {
			return to
		}
		s.doubleUnlockBalance(x, rq, to)
	}
	return nil
}

// nextPushable is pick_next_pushable_task().
//
//kernel:fn pick_next_pushable_task kernel/sched/rt.c
func (r *rtRQ) nextPushable() *Task {
	if len(r.pushable) == 0 {
		return nil
	}
	return r.pushable[0]
}

// pushRTTask is push_rt_task(): rq runs something that its next task cannot
// preempt; give that one to a CPU that it can. It reports whether it did, so
// that there may be more.
//
//kernel:fn push_rt_task kernel/sched/rt.c
func (s *Sched) pushRTTask(x *cpu.Exec, rq *RQ) bool {
	if !rq.rt.overload {
		return false
	}
	p := rq.rt.nextPushable()
	for p != nil {
		if p == rq.Curr.Peek() {
			panic("sched: " + p.Comm + " runs and is pushable")
		}
		if p.prio < rq.Curr.Peek().prio { // it can have this CPU
			s.reschedCurr(x, rq)
			return false
		}
		if to := s.findLockLowestRQ(x, p, rq); to != nil {
			s.moveLocked(x, rq, to, p)
			s.reschedCurr(x, to)
			s.doubleUnlockBalance(x, rq, to)
			return true
		}
		next := rq.rt.nextPushable()
		if next == p && p.TaskCPU() == rq.CPU {
			return false // nowhere to go
		}
		p = next // the lock was dropped, and it went by itself
	}
	return false
}

// moveLocked moves a queued task with both runqueues locked.
func (s *Sched) moveLocked(x *cpu.Exec, from, to *RQ, p *Task) {
	s.dequeueTask(x, from, p, 0)
	s.setTaskCPU(x, p, to.CPU)
	s.enqueueTask(x, to, p, 0)
}

// pushRTTasks is push_rt_tasks().
//
//kernel:fn push_rt_tasks kernel/sched/rt.c
func (s *Sched) pushRTTasks(x *cpu.Exec, rq *RQ) {
	for s.pushRTTask(x, rq) {
	}
}
