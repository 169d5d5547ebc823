package sched

import (
	"fmt"

	"lockstep/cpu"
)

// Schedule is schedule(): give the CPU away until the task is to run again.
//
//kernel:fn schedule kernel/sched/core.c
func (s *Sched) Schedule(x *cpu.Exec) {
	for {
		cpu.PreemptDisable(x)
		s.schedule(x, false)
		x.StateChanged = false
		cpu.PreemptEnableNoResched(x)
		if !s.needResched(x) {
			return
		}
	}
}

// PreemptSchedule is preempt_schedule(), the way into the scheduler from
// preempt_enable(). With interrupts off or the count raised it does nothing.
//
//kernel:fn preempt_schedule kernel/sched/core.c
func (s *Sched) PreemptSchedule(x *cpu.Exec) {
	if x.CPU().Preemptible() {
		s.preemptScheduleCommon(x)
	}
}

//kernel:fn preempt_schedule_common kernel/sched/core.c
func (s *Sched) preemptScheduleCommon(x *cpu.Exec) {
	for {
		cpu.PreemptDisable(x)
		s.schedule(x, true)
		cpu.PreemptEnableNoResched(x)
		if !s.needResched(x) {
			return
		}
	}
}

// PreemptScheduleIrq is preempt_schedule_irq(), the way in from the return of
// an interrupt: entered and left with interrupts off.
//
//kernel:fn preempt_schedule_irq kernel/sched/core.c
func (s *Sched) PreemptScheduleIrq(x *cpu.Exec) {
	if x.CPU().Count() != 0 || !cpu.IrqsDisabled(x) {
		cpu.Bug(x, "kernel/sched/core.c", "preempt_schedule_irq: preempt_count or interrupt flag wrong")
	}
	for {
		cpu.PreemptDisable(x)
		cpu.LocalIrqEnable(x)
		s.schedule(x, true)
		cpu.LocalIrqDisable(x)
		cpu.PreemptEnableNoResched(x)
		if !s.needResched(x) {
			return
		}
	}
}

// SchedulePreemptDisabled is schedule_preempt_disabled().
//
//kernel:fn schedule_preempt_disabled kernel/sched/core.c
func (s *Sched) SchedulePreemptDisabled(x *cpu.Exec) {
	cpu.PreemptEnableNoResched(x)
	s.Schedule(x)
	cpu.PreemptDisable(x)
}

// schedule is __schedule(): preemption is off and the count is one.
//
//kernel:fn __schedule kernel/sched/core.c
func (s *Sched) schedule(x *cpu.Exec, preempt bool) {
	if !s.Variants.NoteUnderRQ {
		s.m.Hooks.NoteContextSwitch(x) // before rq->lock: it may take rnp->lock
	}
	rq := s.ThisRQ(x)
	prev := rq.Curr.Peek()
	if prev.State.Peek() == Dead {
		x.CPU().SubCount(cpu.PreemptOffset) // do_exit comes with one more
	}
	s.scheduleDebug(x)

	x.Spend(s.m.Costs.Barrier) // the condition is read behind the state
	rq.Lock.LockIrq(x)
	if s.Variants.NoteUnderRQ {
		s.m.Hooks.NoteContextSwitch(x)
	}
	rq.skipClock <<= 1 // a request is granted, and one that was is over
	if !preempt && prev.State.Peek() != Running {
		s.deactivate(x, rq, prev)
		if prev.sleeps {
			prev.Blocked = &prev.sleep
		}
		s.m.CheckSleep(x) // it sleeps for certain: ask for a deadlock now
		if prev.WQWorker {
			if t := s.m.Hooks.WorkerSleeping(x); t != nil {
				s.tryToWakeUpLocal(x, rq, s.Task(t))
			}
		}
	}
	if prev.Queued() {
		rq.updateClock(x)
	}
	next := s.pickNext(x, rq, prev)
	prev.ThreadInfo.Update(x, func(f uint32) uint32 { return f &^ cpu.TIFNeedResched })
	x.CPU().ClearNeedResched()
	rq.skipClock = 0
	if next == prev {
		callbacks := rq.hasCallbacks()
		rq.Lock.UnlockIrq(x)
		s.balanceCallback(x, rq, callbacks)
		return
	}
	rq.Switches++
	prev.Switches++
	rq.Curr.WriteOnce(x, next)
	callbacks := s.contextSwitch(x, rq, prev, next)
	s.balanceCallback(x, s.ThisRQ(x), callbacks)
}

// deactivate is deactivate_task() of a task that goes to sleep.
//
//kernel:fn deactivate_task kernel/sched/core.c
func (s *Sched) deactivate(x *cpu.Exec, rq *RQ, p *Task) {
	s.dequeueTask(x, rq, p, dequeueSleep)
	p.OnRQ.WriteOnce(x, NotQueued)
}

// activate is activate_task() and ttwu_activate(): enqueue p, whose CPU rq is.
//
//kernel:fn activate_task kernel/sched/core.c
func (s *Sched) activate(x *cpu.Exec, rq *RQ, p *Task, flags enqueueFlags) {
	s.enqueueTask(x, rq, p, flags)
	p.OnRQ.WriteOnce(x, Queued)
	p.Blocked = nil
	if flags&enqueueWakeup != 0 && p.WQWorker {
		s.m.Hooks.WorkerWakingUp(x, &p.Exec, rq.CPU)
	}
}

// tryToWakeUpLocal is try_to_wake_up_local(): wake p, of this CPU, while the
// CPU is switching away from a worker. pi_lock is inside rq->lock here, which
// is the one place where it is and is right only because it is tried; if that
// fails both are taken anew in their order. current is still on_cpu, so nobody
// can take it away meanwhile (docs/kernel/sched-irq-printk.md §1.11).
//
//kernel:fn try_to_wake_up_local kernel/sched/core.c
func (s *Sched) tryToWakeUpLocal(x *cpu.Exec, rq *RQ, p *Task) {
	if cpu.WarnOnce(x, p.TaskCPU() != rq.CPU || &p.Exec == x, "kernel/sched/core.c", "try_to_wake_up_local: a task of another runqueue, or current") {
		return
	}
	if !p.PILock.Trylock(x) {
		rq.Lock.Unlock(x)
		p.PILock.Lock(x)
		rq.Lock.Lock(x)
	}
	if p.State.ReadOnce(x)&Normal != 0 {
		if !p.Queued() {
			s.activate(x, rq, p, enqueueWakeup) // its vruntime is not relative: nobody went through waking
		}
		s.doWakeup(x, rq, p, 0)
	}
	p.PILock.Unlock(x)
}

// contextSwitch is context_switch(): rq->lock is held and stays held; the
// next task releases it. It reports whether that one's runqueue has balance
// callbacks.
//
//kernel:fn context_switch kernel/sched/core.c
func (s *Sched) contextSwitch(x *cpu.Exec, rq *RQ, prev, next *Task) (callbacks bool) {
	s.m.Hooks.SchedOut(x, &next.Exec) // perf, under rq->lock
	if next.OnCPU.Peek() {
		s.twoCPUs(x, next)
	}
	// prepare_lock_switch()'s plain store is one with the operation before it,
	// rq->curr's or perf's last, both global: who spins elsewhere sees it in
	// its turn. Nobody minds that it comes early: movers of tasks ask under
	// rq->lock, and a mutex's spinner that would still have read 0 had only given up.
	next.OnCPU.Poke(true)
	x.Unvalidate(rq.Lock.Dep()) // for the validator prev gives it up here
	x.Local(cpu.KindSwitch, s.m.Costs.Switch)
	rq.switched = prev
	c := x.CPU()
	c.SetCurrent(&next.Exec)
	c.P.SwitchTo(next.Fiber)
	// x runs again: some CPU, this one or another, switched to it.
	return s.finishTaskSwitch(x)
}

// twoCPUs ends the run: p is still on another CPU's stack, which a waker should
// have waited for (docs/kernel/sched-irq-printk.md, appendix B, 1).
func (s *Sched) twoCPUs(x *cpu.Exec, p *Task) {
	x.Record(&cpu.Finding{
		Kind: "bug", Title: fmt.Sprintf("%s/%d runs on CPU %d and is to run on CPU %d", p.Comm, p.PID, p.CPU().ID, x.CPU().ID),
		Text: "its on_cpu was not 0 when it was woken",
	})
	s.m.E.Stop()
	for {
		x.Delay(s.m.Costs.Barrier)
	}
}

// finishTaskSwitch is finish_task_switch(), on the next task's stack. perf's
// events are scheduled in while rq->lock is really held but, for the
// validator, not: it sees no rq->lock edge there. It reports whether the
// runqueue has balance callbacks.
//
//kernel:fn finish_task_switch kernel/sched/core.c
func (s *Sched) finishTaskSwitch(x *cpu.Exec) (callbacks bool) {
	rq := s.ThisRQ(x)
	prev := rq.switched
	if n := x.CPU().Count(); n != 2*cpu.PreemptOffset {
		cpu.WarnOnce(x, true, "kernel/sched/core.c", fmt.Sprintf("corrupted preempt_count: %s/%d/0x%x", x.Comm, x.PID, n))
		x.CPU().SetCount(2 * cpu.PreemptOffset)
	}
	state := prev.State.Peek() // before on_cpu is cleared: then it may be woken
	s.m.Hooks.SchedIn(x, &prev.Exec)
	s.clearOnCPU(x, prev)
	x.Validate(rq.Lock.Dep(), 0)
	callbacks = rq.hasCallbacks()
	rq.Lock.UnlockIrq(x)
	if state == Dead {
		prev.Exited = true
	}
	return callbacks
}

// clearOnCPU is the release store of on_cpu; wakers that spin on it go on.
//
//kernel:fn finish_lock_switch kernel/sched/sched.h
func (s *Sched) clearOnCPU(x *cpu.Exec, prev *Task) {
	prev.OnCPU.WriteOnce(x, false)
	for w := prev.spinners; w != nil; w = w.Next {
		w.Done = true
		w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(s.m.Costs.LineMiss))
	}
	prev.spinners = nil
}

// begin is where a new task's stack starts: ret_from_fork, schedule_tail.
//
//kernel:fn ret_from_fork arch/x86/entry/entry_64.S
func (s *Sched) begin(t *Task) {
	x := &t.Exec
	s.scheduleTail(x)
	t.startWith(x)
	s.doExit(x)
}

// scheduleTail is schedule_tail().
//
//kernel:fn schedule_tail kernel/sched/core.c
func (s *Sched) scheduleTail(x *cpu.Exec) {
	callbacks := s.finishTaskSwitch(x)
	s.balanceCallback(x, s.ThisRQ(x), callbacks)
	cpu.PreemptEnable(x)
}

// doExit is the end of do_exit(): the task's last switch. It does not return.
// A waker that looked at the state before the task went on by itself may be
// about to store TASK_RUNNING, which would bring the dead task back: it holds
// pi_lock from its look to its store, so it has stored once that was free.
//
//kernel:fn do_exit kernel/exit.c
func (s *Sched) doExit(x *cpu.Exec) {
	cpu.PreemptDisable(x)
	s.m.Hooks.ExitRCU(x)
	t := s.Task(x)
	if !s.Variants.ExitPlain {
		x.Spend(s.m.Costs.Barrier)
		t.PILock.UnlockWait(x)
	}
	t.State.WriteOnce(x, Dead)
	x.NoLocksHeld() // the kernel asks a few lines above, but the store is the operation that this needs
	s.Schedule(x)
	cpu.Bug(x, "kernel/exit.c", "do_exit: "+t.Comm+" is dead and runs")
	for {
		x.Delay(s.m.Costs.Barrier) // cpu_relax()
	}
}

// needResched is need_resched() of current.
//
//kernel:fn need_resched include/linux/sched.h
func (s *Sched) needResched(x *cpu.Exec) bool {
	return x.ThreadInfo.ReadOnce(x)&cpu.TIFNeedResched != 0
}

// CondResched is cond_resched(): who says it may sleep there, whether or not
// anybody wants the CPU, and is checked like that, once the start-up, which
// runs in CPU 0's idle task, is over (system_state).
//
//kernel:fn cond_resched include/linux/sched.h
func (s *Sched) CondResched(x *cpu.Exec) bool {
	if s.booted || !s.Task(x).isIdle {
		checkAtomic(x, 0)
	}
	return s.condResched(x)
}

// condResched is _cond_resched(): schedule if the whole word is zero.
//
//kernel:fn _cond_resched kernel/sched/core.c
func (s *Sched) condResched(x *cpu.Exec) bool {
	if x.CPU().Word() != 0 {
		return false
	}
	s.preemptScheduleCommon(x)
	return true
}
