package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// WaitQueue is wait_queue_head_t: a lock and a list of sleepers.
type WaitQueue struct {
	Lock lock.Raw // q->lock
	s    *Sched
	list []*WaitEntry // head first
	obj  cpu.Var[int] // the list's length, for the unlocked waitqueue_active()

	sleepStats // for views only
}

// WaitEntry is wait_queue_t.
type WaitEntry struct {
	Task      *Task // who sleeps
	Exclusive bool  // WQ_FLAG_EXCLUSIVE
	Key       any   // what its wake function compares, see WakeUpKey
	// Wake is its wake function, nil for autoremove_wake_function.
	Wake   WakeFunc
	queued bool
	since  sim.Time // it is queued; for views
}

// WakeFunc wakes e, on whose queue and under whose lock it is called, if it is
// concerned: key is what the waker says of that. It returns whether it did.
type WakeFunc func(x *cpu.Exec, q *WaitQueue, e *WaitEntry, mode State, key any) bool

// Init makes an empty queue; key is the class of its lock, one per place in
// the kernel that initialises a queue.
func (q *WaitQueue) Init(s *Sched, name string, key *lockdep.Key) {
	q.s = s
	outer := s.m.Within(name, -1)
	q.Lock.Init(s.m, "", key)
	q.obj.Init(s.m, "->task_list", 0)
	s.m.Leave(outer)
	q.Lock.Guards(q.obj.Obj())
}

// EachObj implements [cpu.Memory].
func (q *WaitQueue) EachObj(fn func(*sim.Obj)) {
	q.Lock.EachObj(fn)
	q.obj.EachObj(fn)
}

// AwaitedName implements [cpu.Awaited].
func (q *WaitQueue) AwaitedName() string { return q.Lock.Name() }

// Holder implements [cpu.Awaited]: who will wake a queue cannot be said.
func (q *WaitQueue) Holder(*cpu.Wait) cpu.Holder { return cpu.Holder{} }

// Active is waitqueue_active(): an unlocked look, the caller has the barrier.
//
//kernel:fn waitqueue_active include/linux/wait.h
func (q *WaitQueue) Active(x *cpu.Exec) bool { return q.obj.ReadOnce(x) != 0 }

// Sleepers returns the queued entries, for views.
func (q *WaitQueue) Sleepers() []*WaitEntry { return q.list }

func (q *WaitQueue) add(x *cpu.Exec, e *WaitEntry) {
	q.Lock.AssertHeld(x)
	e.queued, e.since = true, x.Now()
	q.arrives()
	if e.Exclusive { // behind everybody
		q.list = append(q.list, e)
	} else { // in front
		q.list = append([]*WaitEntry{e}, q.list...)
	}
	q.obj.WriteOnce(x, len(q.list))
}

func (q *WaitQueue) remove(x *cpu.Exec, e *WaitEntry) {
	q.Lock.AssertHeld(x)
	for i, o := range q.list {
		if o == e {
			q.list = append(q.list[:i:i], q.list[i+1:]...)
			break
		}
	}
	e.queued = false
	q.leaves(x, e.since)
	q.obj.WriteOnce(x, len(q.list))
}

// PrepareToWait is prepare_to_wait(): queue, and set the state inside the
// lock, so that a waker that comes later finds both.
//
//kernel:fn prepare_to_wait kernel/sched/wait.c
func (q *WaitQueue) PrepareToWait(x *cpu.Exec, e *WaitEntry, st State) {
	f := q.Lock.LockIrqsave(x)
	if !e.queued {
		q.add(x, e)
	}
	q.s.SetCurrentState(x, st)
	q.Lock.UnlockIrqrestore(x, f)
}

// FinishWait is finish_wait(). The list is looked at without the lock first:
// whoever woke us has taken the entry off already.
//
//kernel:fn finish_wait kernel/sched/wait.c
func (q *WaitQueue) FinishWait(x *cpu.Exec, e *WaitEntry) {
	q.s.Task(x).State.WriteOnce(x, Running)
	x.StateChanged = false
	q.obj.ReadOnce(x)
	if e.queued {
		f := q.Lock.LockIrqsave(x)
		q.remove(x, e)
		q.Lock.UnlockIrqrestore(x, f)
	}
}

// SleepFor is schedule(), saying what for, so that the wait-for graph and a
// hang's report can name it.
func (s *Sched) SleepFor(x *cpu.Exec, k cpu.WaitKind, on cpu.Awaited) {
	t := s.Task(x)
	t.sleep = cpu.Wait{Kind: k, On: on, Task: x}
	t.sleeps = true
	s.Schedule(x)
	t.sleeps = false
}
