package sched

import "lockstep/cpu"

// TaskSchedRuntime is task_sched_runtime(): how long p has run, in nanoseconds,
// up to now. Of a task that does not run the sum is read as it is; of one that
// does, it is brought up to date under its pi_lock and its runqueue's lock: so
// the caller must hold nothing that anybody takes under those
// (docs/kernel/sched-irq-printk.md §1.6).
//
//kernel:fn task_sched_runtime kernel/sched/core.c
func (s *Sched) TaskSchedRuntime(x *cpu.Exec, p *Task) int64 {
	if !p.OnCPU.ReadOnce(x) || p.OnRQ.ReadOnce(x) != Queued {
		return p.se.sumExec
	}
	rq, f := s.TaskRQLock(x, p)
	if rq.Curr.Peek() == p && p.Queued() {
		rq.updateClock(x)
		switch c := p.class.(type) {
		case rtClass:
			c.updateCurr(x, rq)
		case fairClass:
			rq.cfs.updateCurr(rq)
		}
	}
	ns := p.se.sumExec
	s.TaskRQUnlock(x, rq, p, f)
	return ns
}
