package sched

import "lockstep/cpu"

// class is struct sched_class: what one kind of tasks does at each of the
// scheduler's steps. rq->lock is held in all but selectRQ and waking, where it
// is p->pi_lock. The chain is stop, rt, fair, idle (docs/kernel/
// sched-irq-printk.md §1.1): rank counts it from the top.
type class interface {
	rank() int
	enqueue(x *cpu.Exec, rq *RQ, p *Task, flags enqueueFlags)
	dequeue(x *cpu.Exec, rq *RQ, p *Task, flags dequeueFlags)
	yield(x *cpu.Exec, rq *RQ)
	// checkPreempt decides whether p, just queued, preempts current of the
	// same class.
	checkPreempt(x *cpu.Exec, rq *RQ, p *Task, wf wakeFlags)
	// pick is pick_next_task: it puts prev back if it has somebody. It
	// returns nil for nobody, and retryTask if a higher class may have got
	// one while it had let go of the lock.
	pick(x *cpu.Exec, rq *RQ, prev *Task) *Task
	putPrev(x *cpu.Exec, rq *RQ, p *Task)
	setCurr(x *cpu.Exec, rq *RQ)
	tick(x *cpu.Exec, rq *RQ, p *Task)
	selectRQ(x *cpu.Exec, p *Task, prev int, why wakeReason) int
	waking(x *cpu.Exec, p *Task)
	woken(x *cpu.Exec, rq *RQ, p *Task)
	switchedFrom(x *cpu.Exec, rq *RQ, p *Task)
	switchedTo(x *cpu.Exec, rq *RQ, p *Task)
	prioChanged(x *cpu.Exec, rq *RQ, p *Task, old int)
}

// Ranks in the chain of classes.
const (
	rankStop = iota
	rankRT
	rankFair
	rankIdle
)

// enqueueFlags are ENQUEUE_*.
type enqueueFlags uint8

const (
	enqueueWakeup  enqueueFlags = 1    // the task slept
	enqueueHead    enqueueFlags = 2    // in front of its equals
	enqueueWaking  enqueueFlags = 4    // its vruntime was made relative by waking
	enqueueRestore enqueueFlags = 0x10 // behind dequeueSave
)

// dequeueFlags are DEQUEUE_*.
type dequeueFlags uint8

const (
	dequeueSleep dequeueFlags = 1 // the task goes to sleep
	dequeueSave  dequeueFlags = 2 // it comes back at once
)

// wakeFlags are WF_*.
type wakeFlags uint8

const (
	wakeSync     wakeFlags = 1 // the waker is about to sleep
	wakeFork     wakeFlags = 2 // a new task
	wakeMigrated wakeFlags = 4 // it was put on another CPU
)

// retryTask is RETRY_TASK: begin again at the top of the chain.
var retryTask = &Task{}

// makeClasses makes the chain.
func (s *Sched) makeClasses() {
	s.stopClass, s.rtClass, s.fairClass, s.idleClass = stopClass{s}, rtClass{s}, fairClass{s}, idleClass{s}
	s.chain = [...]class{rankStop: s.stopClass, rankRT: s.rtClass, rankFair: s.fairClass, rankIdle: s.idleClass}
}

// pickNext is pick_next_task(): if only fair tasks are there, which is known
// from the counts, that class is asked at once; else all are, from the top.
//
//kernel:fn pick_next_task kernel/sched/core.c
func (s *Sched) pickNext(x *cpu.Exec, rq *RQ, prev *Task) *Task {
	rq.Lock.AssertHeld(x)
	x.Spend(s.m.Costs.Pick)
	if prev.class.rank() == rankFair && rq.NrRunning.Peek() == rq.cfs.nr {
		switch p := s.fairClass.pick(x, rq, prev); p {
		case nil:
			return s.idleClass.pick(x, rq, prev)
		case retryTask:
		default:
			return p
		}
	}
	for i := 0; ; i++ {
		switch p := s.chain[i].pick(x, rq, prev); p {
		case nil:
		case retryTask:
			i = -1
		default:
			return p
		}
	}
}

// checkPreemptCurr is check_preempt_curr(): within a class it decides, and a
// higher class preempts a lower one. If current is going to schedule anyway,
// the clock that was just updated is good enough for that.
//
//kernel:fn check_preempt_curr kernel/sched/core.c
func (s *Sched) checkPreemptCurr(x *cpu.Exec, rq *RQ, p *Task, wf wakeFlags) {
	curr := rq.Curr.Peek()
	if p.class.rank() == curr.class.rank() {
		curr.class.checkPreempt(x, rq, p, wf)
	} else if p.class.rank() < curr.class.rank() {
		s.reschedCurr(x, rq)
	}
	if curr.Queued() && curr.ThreadInfo.Peek()&cpu.TIFNeedResched != 0 {
		rq.skipClock = clockSkipRequested
	}
}

// enqueueTask is enqueue_task().
//
//kernel:fn enqueue_task kernel/sched/core.c
func (s *Sched) enqueueTask(x *cpu.Exec, rq *RQ, p *Task, flags enqueueFlags) {
	rq.updateClock(x)
	p.class.enqueue(x, rq, p, flags)
}

// dequeueTask is dequeue_task().
//
//kernel:fn dequeue_task kernel/sched/core.c
func (s *Sched) dequeueTask(x *cpu.Exec, rq *RQ, p *Task, flags dequeueFlags) {
	rq.updateClock(x)
	p.class.dequeue(x, rq, p, flags)
}

// addNrRunning is add_nr_running() and sub_nr_running(). The count is read by
// other CPUs without the lock.
//
//kernel:fn add_nr_running kernel/sched/sched.h
func (s *Sched) addNrRunning(x *cpu.Exec, rq *RQ, n int) {
	rq.Lock.AssertHeld(x)
	x.Spend(s.m.Costs.Enqueue)
	was := rq.NrRunning.Peek()
	rq.NrRunning.WriteOnce(x, was+n)
	rq.lb.load, rq.lb.nr = rq.cfs.load, rq.cfs.nr
	if was < 2 && was+n >= 2 && !s.overload.ReadOnce(x) {
		s.overload.WriteOnce(x, true) // there may be something to pull
	}
}
