package sched

import "lockstep/cpu"

// WaitTaskInactive is wait_task_inactive(): wait until p is off its CPU and
// its runqueue. It returns false once p is found in another state than match.
// A task that is on its way to sleep is waited for by spinning; one that was
// preempted on the way, and is queued still, by sleeping a tick.
//
//kernel:fn wait_task_inactive kernel/sched/core.c
func (s *Sched) WaitTaskInactive(x *cpu.Exec, p *Task, match State) bool {
	for {
		for p.OnCPU.ReadOnce(x) { // task_running, of any runqueue
			if p.State.ReadOnce(x) != match {
				return false
			}
			s.relaxOnCPU(x, p)
		}
		rq, f := s.TaskRQLock(x, p)
		running, queued := p.OnCPU.Peek(), p.OnRQ.Peek() == Queued
		matches := p.State.ReadOnce(x) == match
		s.TaskRQUnlock(x, rq, p, f)
		switch {
		case !matches:
			return false
		case running:
		case queued:
			s.SetCurrentState(x, Uninterruptible)
			s.m.Hooks.ScheduleTimeout(x, 1)
		default:
			return true
		}
	}
}

// relaxOnCPU is one cpu_relax() of a loop on p->on_cpu: it takes as long as
// on_cpu stays, or until an interrupt comes.
func (s *Sched) relaxOnCPU(x *cpu.Exec, p *Task) {
	if !p.OnCPU.ReadOnce(x) {
		return
	}
	w := x.BeginWait(cpu.WaitOnCPU, p, p.OnCPU.Obj())
	w.Next = p.spinners
	p.spinners = w
	if x.SpinOnce(w) {
		return
	}
	for at := &p.spinners; *at != nil; at = &(*at).Next {
		if *at == w {
			*at = w.Next
			return
		}
	}
}
