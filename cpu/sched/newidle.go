package sched

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// idleBalance is idle_balance(), of a CPU that finds nothing to run: pull from
// others before it goes idle. rq->lock is held on entry and on return, but not
// in between; interrupts stay off. It returns -1 if a task of a higher class
// came, 1 if one of the fair class did, and 0 if there is nothing to run.
//
// Whoever looks at this runqueue meanwhile sees it with no task queued and
// curr, who sleeps already, still on the CPU: a waker of curr spins until the
// switch, and a task that is queued here only sets a flag that __schedule
// clears behind its pick.
//
//kernel:fn idle_balance kernel/sched/fair.c
func (s *Sched) idleBalance(x *cpu.Exec, rq *RQ) int {
	rq.lb.stamp = rq.clock
	if rq.lb.sd == nil || s.raiseBalance == nil {
		return 0
	}
	next := s.m.Jiffies.ReadOnce(x) + uint64(s.m.HZ)
	pulled := 0
	if rq.lb.avgIdle < migrationCost || !s.overload.ReadOnce(x) {
		s.m.Hooks.ReadLock(x)
		next = min(next, s.nextOf(x, rq, rq.lb.sd))
		s.m.Hooks.ReadUnlock(x)
	} else {
		keep := s.m.Mutated("sched.newidle-keeps-lock")
		if !keep {
			rq.Lock.Unlock(x)
			s.updateBlocked(x, rq)
		}
		s.m.Hooks.ReadLock(x)
		pulled, next = s.pullNewIdle(x, rq, next)
		s.m.Hooks.ReadUnlock(x)
		if !keep {
			rq.Lock.Lock(x)
		}
		if rq.cfs.nr > 0 && pulled == 0 {
			pulled = 1 // somebody was woken here meanwhile
		}
	}
	rq.lb.next = min(rq.lb.next, next)
	if rq.NrRunning.Peek() != rq.cfs.nr {
		pulled = -1
	}
	if pulled != 0 {
		rq.lb.stamp = 0
	}
	return pulled
}

// pullNewIdle goes through the domains until a task has come, or it costs more
// time than the CPU is idle for on average.
//
//kernel:fn idle_balance kernel/sched/fair.c
func (s *Sched) pullNewIdle(x *cpu.Exec, rq *RQ, next uint64) (pulled int, _ uint64) {
	var cost sim.Time
	for sd := rq.lb.sd; sd != nil; sd = sd.parent {
		st := rq.state(sd)
		if rq.lb.avgIdle < cost+st.maxCost {
			next = min(next, s.nextOf(x, rq, sd))
			break
		}
		t0 := x.Now()
		n, _ := s.loadBalance(x, rq, sd, newlyIdle)
		took := x.Now() - t0
		st.maxCost = max(st.maxCost, took)
		cost += took
		next = min(next, s.nextOf(x, rq, sd))
		if pulled = min(n, 1); n > 0 || rq.NrRunning.ReadOnce(x) > 0 {
			break
		}
	}
	rq.lb.maxCost = max(rq.lb.maxCost, cost)
	return pulled, next
}

// nextOf is update_next_balance() for one domain of a CPU that is idle.
//
//kernel:fn update_next_balance kernel/sched/fair.c
func (s *Sched) nextOf(x *cpu.Exec, rq *RQ, sd *domain) uint64 {
	st := rq.state(sd)
	return st.last + s.interval(x, sd, st, false)
}

// endIdle is the end of ttwu_do_wakeup(): how long the CPU has been idle goes
// into its average.
//
//kernel:fn ttwu_do_wakeup kernel/sched/core.c
func (rq *RQ) endIdle() {
	b := &rq.lb
	if b.stamp == 0 {
		return
	}
	b.avgIdle += (rq.clock - b.stamp - b.avgIdle) / 8
	b.avgIdle = min(b.avgIdle, 2*b.maxCost)
	b.stamp = 0
}
