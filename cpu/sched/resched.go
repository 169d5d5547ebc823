package sched

import "lockstep/cpu"

// reschedCurr is resched_curr(): ask the CPU of rq, whose lock is held, to
// schedule. Its own CPU has two copies of the wish to set, another CPU only
// the task's flag, and an IPI unless its idle loop polls the flag.
//
//kernel:fn resched_curr kernel/sched/core.c
func (s *Sched) reschedCurr(x *cpu.Exec, rq *RQ) {
	rq.Lock.AssertHeld(x)
	curr := rq.Curr.Peek()
	if curr.ThreadInfo.ReadOnce(x)&cpu.TIFNeedResched != 0 {
		return
	}
	old := curr.ThreadInfo.Update(x, setNeedResched)
	if rq.CPU == x.CPU().ID {
		x.CPU().SetNeedResched()
		return
	}
	if old&cpu.TIFPolling == 0 {
		s.m.Hooks.SendReschedule(x, rq.CPU)
	} else {
		s.kickPoller(x, rq)
	}
}

func setNeedResched(f uint32) uint32 { return f | cpu.TIFNeedResched }

// ReschedCPU is resched_cpu() of v4.4: it gives up silently if the runqueue
// is locked.
//
//kernel:fn resched_cpu kernel/sched/core.c
func (s *Sched) ReschedCPU(x *cpu.Exec, c int) {
	rq := &s.rqs[c]
	f, ok := rq.Lock.TrylockIrqsave(x)
	if !ok {
		return
	}
	s.reschedCurr(x, rq)
	rq.Lock.UnlockIrqrestore(x, f)
}

// setIfPolling is set_nr_if_polling(): true if p's idle loop polls and so
// needs no IPI.
//
//kernel:fn set_nr_if_polling kernel/sched/core.c
func (s *Sched) setIfPolling(x *cpu.Exec, rq *RQ, p *Task) bool {
	old := p.ThreadInfo.Update(x, func(f uint32) uint32 {
		if f&cpu.TIFPolling != 0 {
			f |= cpu.TIFNeedResched
		}
		return f
	})
	if old&cpu.TIFPolling == 0 {
		return false
	}
	if old&cpu.TIFNeedResched == 0 {
		s.kickPoller(x, rq)
	}
	return true
}

// kickPoller lets a polling idle loop see the flag.
func (s *Sched) kickPoller(x *cpu.Exec, rq *RQ) {
	if w := rq.polling; w != nil {
		rq.polling = nil
		w.Done = true
		w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(s.m.Costs.LineMiss))
	}
}

// SetNeedResched is set_tsk_need_resched() and set_preempt_need_resched() of
// current: both copies, by the CPU itself.
//
//kernel:fn set_tsk_need_resched include/linux/sched.h
func (s *Sched) SetNeedResched(x *cpu.Exec) {
	x.ThreadInfo.Update(x, setNeedResched)
	x.CPU().SetNeedResched()
}

// foldNeedResched is preempt_fold_need_resched(): the flag that another CPU
// set in the task becomes the bit that preempt_enable looks at.
//
//kernel:fn preempt_fold_need_resched arch/x86/include/asm/preempt.h
func (s *Sched) foldNeedResched(x *cpu.Exec) {
	if s.needResched(x) {
		x.CPU().SetNeedResched()
	}
}
