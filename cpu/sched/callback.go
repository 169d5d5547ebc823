package sched

import "lockstep/cpu"

// balanceFn is what a balance callback does, with rq->lock held.
type balanceFn uint8

const (
	pushTasks balanceFn = iota // push_rt_tasks
	pullTask                   // pull_rt_task
	balanceFns
)

// callbacks is rq->balance_callback: what is to be done for this runqueue once
// its lock has been released and before anything else happens here. Each is
// there once, the latest first.
type callbacks struct {
	list   [balanceFns]balanceFn
	n      int
	queued [balanceFns]bool
}

// queueBalanceCallback is queue_balance_callback().
//
//kernel:fn queue_balance_callback kernel/sched/sched.h
func (rq *RQ) queueBalanceCallback(x *cpu.Exec, fn balanceFn) {
	rq.Lock.AssertHeld(x)
	c := &rq.callbacks
	if !c.queued[fn] {
		c.queued[fn] = true
		c.list[c.n] = fn
		c.n++
	}
}

// hasCallbacks is the look at rq->balance_callback, taken while the lock is
// still held: who adds one behind that runs it too.
func (rq *RQ) hasCallbacks() bool { return rq.callbacks.n > 0 }

// balanceCallback is balance_callback(): preemption is off, so that the work is
// done before the CPU does anything else. Somebody may have been here since it
// was known that there is some.
//
//kernel:fn balance_callback kernel/sched/core.c
func (s *Sched) balanceCallback(x *cpu.Exec, rq *RQ, some bool) {
	if !some {
		return
	}
	f := rq.Lock.LockIrqsave(x)
	todo := rq.callbacks
	rq.callbacks = callbacks{}
	for i := todo.n - 1; i >= 0; i-- {
		switch todo.list[i] {
		case pushTasks:
			s.pushRTTasks(x, rq)
		case pullTask:
			s.pullRTTask(x, rq)
		}
	}
	rq.Lock.UnlockIrqrestore(x, f)
}
