package sched

import "lockstep/cpu"

// RTMutexSetprio stands in until the scheduling classes are merged.
//
//kernel:fn rt_mutex_setprio kernel/sched/core.c
func (s *Sched) RTMutexSetprio(x *cpu.Exec, p *Task, prio int) {
	rq := s.lockTaskRQ(x, p)
	p.prio = prio
	rq.Lock.Unlock(x)
}
