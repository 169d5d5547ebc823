package sched

import (
	"strconv"

	"lockstep/cpu"
)

// Yield is sched_yield(): the class says what becomes of current. The lock is
// released and schedule() called with interrupts still off, which it opens
// (docs/kernel/sched-irq-printk.md §1.18).
//
//kernel:fn sys_sched_yield kernel/sched/core.c
func (s *Sched) Yield(x *cpu.Exec) {
	cpu.LocalIrqDisable(x)
	rq := s.ThisRQ(x)
	rq.Lock.Lock(x)
	s.Task(x).class.yield(x, rq)
	rq.Lock.Unlock(x) // interrupts are off, so this does not preempt
	s.Schedule(x)
}

// YieldLocks is what yield_to() holds while it looks at the other task.
type YieldLocks uint8

// The variants.
const (
	// YieldRQLocks is v4.4's: both runqueues' locks. They do not keep still a
	// task that is being woken, which changes its CPU under pi_lock alone:
	// behind the second look at task_rq(p) it can come to a third runqueue,
	// begin to run or be queued there, and be taken for one of the second's.
	YieldRQLocks YieldLocks = iota
	YieldPILock             // the fix: p's pi_lock first
)

// SetYieldLocks chooses the variant, before the machine runs.
func (s *Sched) SetYieldLocks(v YieldLocks) { s.yieldLocks = v }

// YieldTo is yield_to(): give the CPU away, preferably to p, which the class
// of both makes the next one on its CPU. preempt makes that CPU schedule at
// once. It returns whether p was boosted; alone counts is that neither CPU has
// anybody else, -ESRCH.
//
//kernel:fn yield_to kernel/sched/core.c
func (s *Sched) YieldTo(x *cpu.Exec, p *Task, preempt bool) (yielded, alone bool) {
	f := cpu.LocalIrqSave(x)
	if s.yieldLocks == YieldPILock {
		p.PILock.Lock(x)
	}
	rq := s.ThisRQ(x)
	for {
		to := &s.rqs[p.ReadCPU(x)]
		if rq.NrRunning.ReadOnce(x) == 1 && to.NrRunning.ReadOnce(x) == 1 {
			alone = true
			break
		}
		s.doubleRQLock(x, rq, to)
		same := p.ReadCPU(x) == to.CPU
		if same {
			yielded = s.yieldToLocked(x, rq, to, p, preempt)
		}
		s.doubleRQUnlock(x, rq, to)
		if same {
			break
		}
	}
	if s.yieldLocks == YieldPILock {
		p.PILock.Unlock(x)
	}
	cpu.LocalIrqRestore(x, f)
	if yielded {
		s.Schedule(x)
	}
	return yielded, alone
}

// yieldToLocked is yield_to() between its locks.
func (s *Sched) yieldToLocked(x *cpu.Exec, rq, to *RQ, p *Task, preempt bool) bool {
	curr := s.Task(x)
	if curr.class.rank() != rankFair || p.class.rank() != rankFair {
		return false
	}
	if to.Curr.Peek() == p || p.State.ReadOnce(x) != Running {
		return false
	}
	if !s.yieldToTaskFair(x, rq, p) {
		return false
	}
	if preempt && rq != to {
		s.reschedCurr(x, to)
	}
	return true
}

// yieldToTaskFair is yield_to_task_fair(). It makes p the next buddy of the
// runqueue that it is on, which had better be one that is locked; no lock is
// taken in between, so it is the last look that tells.
//
//kernel:fn yield_to_task_fair kernel/sched/fair.c
func (s *Sched) yieldToTaskFair(x *cpu.Exec, rq *RQ, p *Task) bool {
	if !p.se.onRQ {
		return false
	}
	on := &s.rqs[p.TaskCPU()]
	if !on.Lock.HeldHere(x) {
		x.Record(&cpu.Finding{
			Kind: "warn", Title: "yield_to(): the runqueue of the task is not locked",
			Text: p.Comm + " is on " + on.Lock.Name() + ", which CPU " + strconv.Itoa(x.CPU().ID) + " does not hold",
		})
	}
	on.cfs.setNextBuddy(p)
	s.fairClass.yield(x, rq)
	return true
}
