package sched

import "lockstep/cpu"

// WaitEvent is wait_event() in the given state: sleep until cond holds. cond
// performs its own operations; it is looked at behind each prepare_to_wait.
//
//kernel:fn wait_event include/linux/wait.h
func (q *WaitQueue) WaitEvent(x *cpu.Exec, st State, cond func() bool) {
	q.waitEvent(x, &WaitEntry{}, st, MaxTimeout, cpu.WaitQueue, q, cond)
}

// WaitEventExclusive is wait_event_interruptible_exclusive() in the given
// state: of those who wait so a wake_up() wakes one.
//
//kernel:fn wait_event_interruptible_exclusive include/linux/wait.h
func (q *WaitQueue) WaitEventExclusive(x *cpu.Exec, st State, cond func() bool) {
	q.waitEvent(x, &WaitEntry{Exclusive: true}, st, MaxTimeout, cpu.WaitQueue, q, cond)
}

// WaitEventTimeout is wait_event_timeout(): it returns what is left of the
// jiffies, at least 1 if cond holds, and 0 if they have passed and it does not.
//
//kernel:fn wait_event_timeout include/linux/wait.h
func (q *WaitQueue) WaitEventTimeout(x *cpu.Exec, st State, jiffies uint64, cond func() bool) uint64 {
	return q.waitEvent(x, &WaitEntry{}, st, jiffies, cpu.WaitQueue, q, cond)
}

// waitEvent is ___wait_event() with ___wait_cond_timeout(); why and for what the
// task sleeps is for the wait-for graph.
func (q *WaitQueue) waitEvent(x *cpu.Exec, e *WaitEntry, st State, left uint64, k cpu.WaitKind, on cpu.Awaited, cond func() bool) uint64 {
	MightSleep(x)
	over := func() bool {
		if !cond() {
			return left == 0
		}
		left = max(left, 1)
		return true
	}
	if over() {
		return left
	}
	e.Task = q.s.Task(x)
	for {
		q.PrepareToWait(x, e, st)
		if over() {
			break
		}
		left = q.s.sleepTimeout(x, k, on, left)
	}
	q.FinishWait(x, e)
	return left
}

// PrepareToWaitExclusive is prepare_to_wait_exclusive(): e goes behind those
// that wait already.
//
//kernel:fn prepare_to_wait_exclusive kernel/sched/wait.c
func (q *WaitQueue) PrepareToWaitExclusive(x *cpu.Exec, e *WaitEntry, st State) {
	e.Exclusive = true
	q.PrepareToWait(x, e, st)
}
