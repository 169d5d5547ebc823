package sched

import "lockstep/cpu"

// stopClass is stop_sched_class: one thread a CPU that preempts everything and
// is preempted by nothing (docs/kernel/sched-irq-printk.md §1.19).
type stopClass struct{ s *Sched }

func (stopClass) rank() int { return rankStop }

//kernel:fn enqueue_task_stop kernel/sched/stop_task.c
func (c stopClass) enqueue(x *cpu.Exec, rq *RQ, p *Task, _ enqueueFlags) {
	p.link(rq)
	c.s.addNrRunning(x, rq, 1)
}

//kernel:fn dequeue_task_stop kernel/sched/stop_task.c
func (c stopClass) dequeue(x *cpu.Exec, rq *RQ, p *Task, _ dequeueFlags) {
	p.unlink(rq)
	c.s.addNrRunning(x, rq, -1)
}

//kernel:fn yield_task_stop kernel/sched/stop_task.c
func (stopClass) yield(x *cpu.Exec, _ *RQ) {
	cpu.Bug(x, "kernel/sched/stop_task.c", "yield_task_stop: the stop task never yields")
}

//kernel:fn check_preempt_curr_stop kernel/sched/stop_task.c
func (stopClass) checkPreempt(*cpu.Exec, *RQ, *Task, wakeFlags) {}

//kernel:fn pick_next_task_stop kernel/sched/stop_task.c
func (stopClass) pick(x *cpu.Exec, rq *RQ, prev *Task) *Task {
	if rq.stop == nil || !rq.stop.Queued() {
		return nil
	}
	prev.class.putPrev(x, rq, prev)
	rq.stop.se.execStart = rq.clock
	return rq.stop
}

//kernel:fn put_prev_task_stop kernel/sched/stop_task.c
func (stopClass) putPrev(_ *cpu.Exec, rq *RQ, p *Task) {
	p.se.sumExec += max(int64(rq.clock-p.se.execStart), 0)
	p.se.execStart = rq.clock
}

//kernel:fn set_curr_task_stop kernel/sched/stop_task.c
func (stopClass) setCurr(_ *cpu.Exec, rq *RQ) { rq.stop.se.execStart = rq.clock }

func (stopClass) tick(*cpu.Exec, *RQ, *Task)                             {}
func (stopClass) selectRQ(_ *cpu.Exec, p *Task, _ int, _ wakeReason) int { return p.TaskCPU() }
func (stopClass) waking(*cpu.Exec, *Task)                                {}
func (stopClass) woken(*cpu.Exec, *RQ, *Task)                            {}
func (stopClass) switchedFrom(*cpu.Exec, *RQ, *Task)                     {}
func (stopClass) switchedTo(*cpu.Exec, *RQ, *Task)                       { panic("sched: switched to the stop class") }
func (stopClass) prioChanged(_ *cpu.Exec, _ *RQ, p *Task, _ int)         { noPrio(p) }

// idleClass is idle_sched_class: the idle task, which is never queued and which
// anything preempts.
type idleClass struct{ s *Sched }

func (idleClass) rank() int { return rankIdle }

func (idleClass) enqueue(_ *cpu.Exec, _ *RQ, p *Task, _ enqueueFlags) {
	panic("sched: " + p.Comm + ", an idle task, is queued")
}

// dequeue lets go of the lock for the message, as the kernel does.
//
//kernel:fn dequeue_task_idle kernel/sched/idle_task.c
func (c idleClass) dequeue(x *cpu.Exec, rq *RQ, _ *Task, _ dequeueFlags) {
	rq.Lock.UnlockIrq(x)
	c.s.m.Hooks.Printk(x, cpu.LevelErr, "bad: scheduling from the idle thread!", 0)
	rq.Lock.LockIrq(x)
}

func (idleClass) yield(x *cpu.Exec, _ *RQ) {
	cpu.Bug(x, "kernel/sched/idle_task.c", "yield_task_idle: the idle task does not yield")
}

//kernel:fn check_preempt_curr_idle kernel/sched/idle_task.c
func (c idleClass) checkPreempt(x *cpu.Exec, rq *RQ, _ *Task, _ wakeFlags) { c.s.reschedCurr(x, rq) }

//kernel:fn pick_next_task_idle kernel/sched/idle_task.c
func (idleClass) pick(x *cpu.Exec, rq *RQ, prev *Task) *Task {
	prev.class.putPrev(x, rq, prev)
	return rq.idle
}

func (idleClass) putPrev(*cpu.Exec, *RQ, *Task)                          {}
func (idleClass) setCurr(*cpu.Exec, *RQ)                                 {}
func (idleClass) tick(*cpu.Exec, *RQ, *Task)                             {}
func (idleClass) selectRQ(_ *cpu.Exec, p *Task, _ int, _ wakeReason) int { return p.TaskCPU() }
func (idleClass) waking(*cpu.Exec, *Task)                                {}
func (idleClass) woken(*cpu.Exec, *RQ, *Task)                            {}
func (idleClass) switchedFrom(*cpu.Exec, *RQ, *Task)                     {}
func (idleClass) switchedTo(*cpu.Exec, *RQ, *Task)                       { panic("sched: switched to the idle class") }
func (idleClass) prioChanged(_ *cpu.Exec, _ *RQ, p *Task, _ int)         { noPrio(p) }

// noPrio is the BUG() of a class without priorities.
func noPrio(p *Task) { panic("sched: the priority of " + p.Comm + " was changed, which has none") }
