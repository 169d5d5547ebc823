package sched

import "lockstep/cpu"

// Tick is scheduler_tick(): hardirq, interrupts off.
//
//kernel:fn scheduler_tick kernel/sched/core.c
func (s *Sched) Tick(x *cpu.Exec) {
	rq := s.ThisRQ(x)
	rq.Lock.Lock(x)
	rq.updateClock(x)
	curr := rq.Curr.Peek()
	curr.class.tick(x, rq, curr)
	s.updateCPULoad(x, rq)
	rq.Lock.Unlock(x)
	s.m.Hooks.TaskTick(x) // perf, behind the unlock
	rq.lb.idle = s.idleCPU(x, rq.CPU)
	s.triggerLoadBalance(x, rq)
}

// ResumeWantsPreempt reports whether the return of an interrupt into code
// with interrupts on must schedule: with CONFIG_PREEMPT, if the whole preempt
// word is zero.
func ResumeWantsPreempt(x *cpu.Exec) bool {
	return x.CPU().Word() == 0 && x.Machine().Preempt == cpu.PreemptFull
}
