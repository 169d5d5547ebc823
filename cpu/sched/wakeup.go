package sched

import "lockstep/cpu"

// TryToWakeUp is try_to_wake_up(): if p is in a state of mask make it run.
// It returns whether it changed the state. The steps W1 to W12 are those of
// docs/kernel/sched-irq-printk.md §1.10.
//
//kernel:fn try_to_wake_up kernel/sched/core.c
func (s *Sched) TryToWakeUp(x *cpu.Exec, p *Task, mask State) bool {
	x.Spend(s.m.Costs.Barrier + s.m.Costs.Wakeup)
	f := p.PILock.LockIrqsave(x) // W1
	if p.State.ReadOnce(x)&mask == 0 {
		p.PILock.UnlockIrqrestore(x, f) // W2
		return false
	}
	if p.OnRQ.ReadOnce(x) == NotQueued || !s.wakeQueued(x, p) { // W4
		if !s.m.Mutated("sched.ttwu-no-oncpu-wait") {
			s.waitOnCPU(x, p) // W6, with pi_lock held and interrupts off
		}
		p.State.WriteOnce(x, Waking)
		p.class.waking(x, p)                              // W8
		c := s.selectTaskRQ(x, p, p.wakeCPU, balanceWake) // W9
		if c != p.TaskCPU() {
			s.setTaskCPU(x, p, c) // W10
		}
		s.queueWakeup(x, p, c) // W11
	}
	s.m.Hooks.ReadLock(x) // ttwu_stat walks the domains
	s.m.Hooks.ReadUnlock(x)
	p.PILock.UnlockIrqrestore(x, f)
	if s.m.Mutated("sched.leak-preempt-count") {
		cpu.PreemptDisable(x)
	}
	return true
}

// WakeUpProcess is wake_up_process().
//
//kernel:fn wake_up_process kernel/sched/core.c
func (s *Sched) WakeUpProcess(x *cpu.Exec, p *Task) bool {
	return s.TryToWakeUp(x, p, Normal)
}

// wakeQueued is ttwu_remote(): p is still queued, so only its state is put
// back. It returns false if p left the queue before the lock was got.
//
//kernel:fn ttwu_remote kernel/sched/core.c
func (s *Sched) wakeQueued(x *cpu.Exec, p *Task) bool {
	rq := s.lockTaskRQ(x, p)
	queued := p.Queued()
	if queued {
		rq.updateClock(x)
		s.doWakeup(x, rq, p, 0)
	}
	rq.Lock.Unlock(x)
	return queued
}

// waitOnCPU is "while (p->on_cpu) cpu_relax()": the CPU that p was switched
// out on has not finished the switch.
func (s *Sched) waitOnCPU(x *cpu.Exec, p *Task) {
	for p.OnCPU.ReadOnce(x) {
		w := x.BeginWait(cpu.WaitOnCPU, p, p.OnCPU.Obj())
		p.addSpinner(w)
		x.Spin(w)
		x.EndWait(w)
	}
}

// queueWakeup is ttwu_queue(): on another cache the task goes to the target's
// wake_list and an IPI, without that runqueue's lock; otherwise it is
// activated here, under it.
//
//kernel:fn ttwu_queue kernel/sched/core.c
func (s *Sched) queueWakeup(x *cpu.Exec, p *Task, c int) {
	if s.feat.has(TTWUQueue) && !s.m.ShareCache(x.CPU().ID, c) {
		s.queueRemote(x, p, c)
		return
	}
	rq := &s.rqs[c]
	rq.Lock.Lock(x)
	s.doActivate(x, rq, p)
	rq.Lock.Unlock(x)
}

// queueRemote is ttwu_queue_remote(). The list is a stack; only who finds it
// empty kicks the target.
//
//kernel:fn ttwu_queue_remote kernel/sched/core.c
func (s *Sched) queueRemote(x *cpu.Exec, p *Task, c int) {
	rq := &s.rqs[c]
	old := rq.wakeList.Update(x, func(head *Task) *Task {
		p.wakeNext = head
		return p
	})
	if old == nil && !s.setIfPolling(x, rq, rq.idle) {
		s.m.Hooks.SendReschedule(x, c)
	}
}

// doActivate is ttwu_do_activate(); rq->lock is held.
//
//kernel:fn ttwu_do_activate kernel/sched/core.c
func (s *Sched) doActivate(x *cpu.Exec, rq *RQ, p *Task) {
	s.activate(x, rq, p, enqueueWakeup|enqueueWaking)
	s.doWakeup(x, rq, p, 0)
}

// doWakeup is ttwu_do_wakeup(); rq->lock is held, and may be dropped at its
// end, when the task may run.
//
//kernel:fn ttwu_do_wakeup kernel/sched/core.c
func (s *Sched) doWakeup(x *cpu.Exec, rq *RQ, p *Task, wf wakeFlags) {
	rq.Lock.AssertHeld(x)
	s.checkPreemptCurr(x, rq, p, wf)
	p.State.WriteOnce(x, Running)
	p.class.woken(x, rq, p)
	rq.endIdle()
}

// TtwuPending is sched_ttwu_pending(): activate what other CPUs put on this
// CPU's wake_list, newest first as v4.4 does.
//
//kernel:fn sched_ttwu_pending kernel/sched/core.c
func (s *Sched) TtwuPending(x *cpu.Exec) {
	rq := s.ThisRQ(x)
	if rq.wakeList.ReadOnce(x) == nil {
		return
	}
	p := rq.wakeList.Xchg(x, nil)
	f := rq.Lock.LockIrqsave(x)
	for p != nil {
		next := p.wakeNext
		p.wakeNext = nil
		s.doActivate(x, rq, p)
		p = next
	}
	rq.Lock.UnlockIrqrestore(x, f)
}

// SchedulerIPI is scheduler_ipi(), the body of the reschedule interrupt. It
// reports whether there was work that needs irq_enter and irq_exit around it,
// which the caller gives it.
//
//kernel:fn scheduler_ipi kernel/sched/core.c
func (s *Sched) SchedulerIPI(x *cpu.Exec) bool {
	s.foldNeedResched(x)
	return s.ThisRQ(x).wakeList.ReadOnce(x) != nil || s.gotNohzIdleKick(x)
}

// SchedulerIPIWork is the rest of scheduler_ipi(), in hardirq.
//
//kernel:fn scheduler_ipi kernel/sched/core.c
func (s *Sched) SchedulerIPIWork(x *cpu.Exec) {
	s.TtwuPending(x)
	if s.gotNohzIdleKick(x) {
		s.ThisRQ(x).lb.idle = true
		s.raiseBalance(x)
	}
}

// WakeUpNewTask is what the end of do_fork() does for a task that the caller
// has made: sched_fork(), then wake_up_new_task(), its first enqueue.
//
//kernel:fn wake_up_new_task kernel/sched/core.c
func (s *Sched) WakeUpNewTask(x *cpu.Exec, p *Task) {
	s.schedFork(x, p)
	f := p.PILock.LockIrqsave(x)
	s.setTaskCPU(x, p, s.selectTaskRQ(x, p, p.TaskCPU(), balanceFork))
	rq := s.lockTaskRQ(x, p)
	s.activate(x, rq, p, 0)
	s.checkPreemptCurr(x, rq, p, wakeFork)
	p.class.woken(x, rq, p)
	rq.Lock.Unlock(x)
	p.PILock.UnlockIrqrestore(x, f)
}

// schedFork is the end of sched_fork() and the fair class's task_fork(): the
// child is as far as its parent, and a slice behind. Its vruntime is relative
// to this runqueue's minimum, so that it may be queued on another.
//
//kernel:fn sched_fork kernel/sched/core.c
func (s *Sched) schedFork(x *cpu.Exec, p *Task) {
	cpu.PreemptDisable(x) // get_cpu
	if p.class.rank() == rankFair {
		rq := s.ThisRQ(x)
		f := rq.Lock.LockIrqsave(x)
		rq.updateClock(x)
		cfs := &rq.cfs
		p.se.vruntime = 0
		if cfs.curr != nil {
			cfs.updateCurr(rq)
			p.se.vruntime = cfs.curr.se.vruntime
		}
		cfs.place(&p.se, true)
		p.se.vruntime -= cfs.minV.Peek()
		rq.Lock.UnlockIrqrestore(x, f)
	}
	f := p.PILock.LockIrqsave(x)
	s.setTaskCPU(x, p, x.CPU().ID) // allowed or not: its first enqueue chooses
	p.PILock.UnlockIrqrestore(x, f)
	cpu.PreemptEnable(x)
}
