package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
)

// pushIPI is the state of a CPU's round of RT_PUSH_IPI: it asks the overloaded
// CPUs, one after the other, to push (docs/kernel/sched-irq-printk.md §1.15).
type pushIPI struct {
	lock  lock.Raw        // push_lock
	flags cpu.Var[uint32] // push_flags
	at    int             // push_cpu: how far the round has come
}

// Bits of push_flags.
const (
	pushExecuting uint32 = 1 // a round is under way
	pushRestart   uint32 = 2 // it is to begin again
)

// pullRTTask is pull_rt_task(): rq, whose lock is held, is about to run
// something of a lower priority than before; fetch what waits elsewhere. With
// RT_PUSH_IPI the other CPUs are told to give it away.
//
//kernel:fn pull_rt_task kernel/sched/rt.c
func (s *Sched) pullRTTask(x *cpu.Exec, rq *RQ) {
	if !s.rto.any(x) {
		return
	}
	if s.feat.has(RTPushIPI) && s.m.Hooks.QueuePush != nil {
		s.tellCPUToPush(x, rq)
		return
	}
	resched := false
	for c := s.rto.after(x, -1); c < len(s.rqs); c = s.rto.after(x, c) {
		from := &s.rqs[c]
		if from == rq || from.rt.next.ReadOnce(x) >= rq.rt.highest.Peek() {
			continue
		}
		s.doubleLockBalance(x, rq, from)
		if p := from.rt.highestPushable(rq.CPU); p != nil && p.prio < rq.rt.highest.Peek() && p.prio >= from.Curr.Peek().prio {
			resched = true
			s.moveLocked(x, from, rq, p)
		}
		s.doubleUnlockBalance(x, rq, from)
	}
	if resched {
		s.reschedCurr(x, rq)
	}
}

// highestPushable is pick_highest_pushable_task(): the first that may run on
// CPU c.
//
//kernel:fn pick_highest_pushable_task kernel/sched/rt.c
func (r *rtRQ) highestPushable(c int) *Task {
	for _, p := range r.pushable {
		if p.allowed(c) {
			return p
		}
	}
	return nil
}

// tellCPUToPush is tell_cpu_to_push(): begin a round, unless one is under way,
// which is told to begin again.
//
//kernel:fn tell_cpu_to_push kernel/sched/rt.c
func (s *Sched) tellCPUToPush(x *cpu.Exec, rq *RQ) {
	h := &rq.rt.push
	if h.flags.ReadOnce(x)&pushExecuting != 0 {
		h.lock.Lock(x)
		again := h.flags.Peek()&pushExecuting != 0
		if again {
			h.flags.WriteOnce(x, h.flags.Peek()|pushRestart)
		}
		h.lock.Unlock(x)
		if again {
			return
		}
	}
	h.at = rq.CPU
	c := s.nextPushCPU(x, rq)
	if c < 0 {
		return
	}
	h.flags.WriteOnce(x, pushExecuting)
	s.m.Hooks.QueuePush(x, rq.CPU, c)
}

// nextPushCPU is find_next_push_cpu() over rto_next_cpu(): once around, from
// behind the CPU whose round it is to before it; -1 at the end. A CPU counts
// whose next task would come before what rq has.
//
//kernel:fn find_next_push_cpu kernel/sched/rt.c
func (s *Sched) nextPushCPU(x *cpu.Exec, rq *RQ) int {
	h := &rq.rt.push
	for {
		c := s.rto.after(x, h.at)
		if h.at < rq.CPU { // it is past the end already
			if c >= rq.CPU {
				return -1
			}
		} else if c >= len(s.rqs) {
			if c = s.rto.after(x, -1); c >= rq.CPU {
				return -1
			}
		}
		h.at = c
		if s.rqs[c].rt.next.ReadOnce(x) < rq.rt.highest.ReadOnce(x) {
			return c
		}
	}
}

// TryToPush is try_to_push_tasks(), an irq_work on an overloaded CPU: hardirq,
// interrupts off. It pushes for the round of CPU src and hands on to the next.
//
//kernel:fn try_to_push_tasks kernel/sched/rt.c
func (s *Sched) TryToPush(x *cpu.Exec, src int) {
	rq, of := s.ThisRQ(x), &s.rqs[src]
	h := &of.rt.push
	for {
		if rq.rt.next.ReadOnce(x) < maxRTPrio { // has_pushable_tasks
			rq.Lock.Lock(x)
			s.pushRTTask(x, rq)
			rq.Lock.Unlock(x)
		}
		h.lock.Lock(x)
		if h.flags.Peek()&pushRestart != 0 {
			h.flags.WriteOnce(x, h.flags.Peek()&^pushRestart)
			h.at = src
		}
		c := s.nextPushCPU(x, of)
		if c < 0 {
			h.flags.WriteOnce(x, h.flags.Peek()&^pushExecuting)
		}
		h.lock.Unlock(x)
		if c < 0 {
			return
		}
		if c != rq.CPU { // a restart may have come back here
			s.m.Hooks.QueuePush(x, src, c)
			return
		}
	}
}
