package sched

import "lockstep/cpu"

// IdleCPU is idle_cpu(): unlocked reads of CPU c's runqueue.
func (s *Sched) IdleCPU(x *cpu.Exec, c int) bool { return s.idleCPU(x, c) }

// IsIdleTask is is_idle_task(current).
//
//kernel:fn is_idle_task include/linux/sched.h
func (s *Sched) IsIdleTask(x *cpu.Exec) bool { return s.Task(x).isIdle }

// NohzTimerTarget is get_nohz_timer_target(): the CPU on which a timer set by
// x's is to expire. An idle CPU would rather not be woken for it and gives it
// to the nearest that is busy, if there is one.
//
//kernel:fn get_nohz_timer_target kernel/sched/core.c
func (s *Sched) NohzTimerTarget(x *cpu.Exec) int {
	this := x.CPU().ID
	if !s.idleCPU(x, this) {
		return this
	}
	s.m.Hooks.ReadLock(x)
	defer s.m.Hooks.ReadUnlock(x)
	for d := s.rqs[this].lb.sd; d != nil; d = d.parent {
		for _, c := range d.span {
			if !s.idleCPU(x, c) {
				return c
			}
		}
	}
	return this
}

// WakeUpNohzCPU is wake_up_nohz_cpu(): an idle CPU whose tick may be stopped
// is to look anew how long it may sleep. It goes once round its idle loop.
//
//kernel:fn wake_up_nohz_cpu kernel/sched/core.c
func (s *Sched) WakeUpNohzCPU(x *cpu.Exec, c int) {
	if c == x.CPU().ID {
		return
	}
	rq := &s.rqs[c]
	if old := rq.idle.ThreadInfo.Update(x, setNeedResched); old&cpu.TIFPolling == 0 {
		s.m.Hooks.SendReschedule(x, c)
	} else {
		s.kickPoller(x, rq)
	}
}
