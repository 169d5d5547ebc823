package sched

import (
	"math/bits"
	"strings"

	"lockstep/cpu"
	"lockstep/sim"
)

// sleepStats counts who had to queue for something to sleep on. Nothing that
// runs looks at it.
type sleepStats struct {
	contended uint64
	waited    sim.Time
}

func (s *sleepStats) arrives() { s.contended++ }

func (s *sleepStats) leaves(x *cpu.Exec, since sim.Time) { s.waited += max(x.Now()-since, 0) }

// RQView is a runqueue as somebody outside the machine sees it between two
// operations. Its lists are the machine's own: they are good until it goes on
// and must not be changed.
type RQView struct {
	Curr        *Task    // rq->curr
	NrRunning   int      // rq->nr_running
	MinVRuntime int64    // of the fair class
	Queued      []*Task  // by vruntime, Curr not among them
	WakeList    *Task    // the latest of who was put there; see [Task.NextOnWakeList]
	Switches    uint64   // context switches
	Clock       sim.Time // rq->clock
	RTThrottled bool     // the real-time class has used up its share of the period
	RTTime      sim.Time // what it has used
}

// View returns the runqueue's present state.
func (rq *RQ) View() RQView {
	return RQView{
		Curr: rq.Curr.Peek(), NrRunning: rq.NrRunning.Peek(), MinVRuntime: rq.cfs.minV.Peek(), Queued: rq.cfs.tree,
		WakeList: rq.wakeList.Peek(), Switches: rq.Switches, Clock: rq.clock, RTThrottled: rq.rt.throttled, RTTime: rq.rt.time,
	}
}

// EachRT calls fn for every queued real-time task by priority, equals in their
// order, Curr among them.
func (rq *RQ) EachRT(fn func(*Task)) {
	r := &rq.rt
	for i, w := range r.bitmap {
		for ; w != 0; w &= w - 1 {
			for _, p := range r.lists[i<<6+bits.TrailingZeros64(w)] {
				fn(p)
			}
		}
	}
}

// Stopper reports whether t is of the stop class.
func (t *Task) Stopper() bool {
	_, ok := t.class.(stopClass)
	return ok
}

// NextOnWakeList returns who is behind t on a runqueue's wake list.
func (t *Task) NextOnWakeList() *Task { return t.wakeNext }

// VRuntime returns the task's virtual running time; while the task is in
// TASK_WAKING it is relative to its runqueue's minimum.
func (t *Task) VRuntime() int64 { return t.se.vruntime }

// Runtime returns how long the task has run up to its runqueue's latest update
// (sum_exec_runtime), in nanoseconds.
func (t *Task) Runtime() int64 { return t.se.sumExec }

// Idle reports whether t is a CPU's idle task.
func (t *Task) Idle() bool { return t.isIdle }

// HeldBy implements [cpu.Holdable]: a mutex is a task's, not a CPU's.
func (m *Mutex) HeldBy() (*cpu.CPU, bool) { return nil, false }

// LockInfo implements [cpu.LockViewer].
func (m *Mutex) LockInfo() cpu.LockInfo {
	return cpu.LockInfo{Name: m.AwaitedName(), Kind: "mutex", Obj: m.obj.ID, Dep: &m.dep}
}

// LockState implements [cpu.LockViewer].
func (m *Mutex) LockState() cpu.LockState {
	s := cpu.LockState{Count: m.count, Waiting: len(m.list), Contended: m.contended, Waited: m.waited}
	if m.owner != nil {
		s.Task, s.Since = &m.owner.Exec, m.since
	}
	if len(m.list) > 0 {
		s.First = m.list[0].since
	}
	return s
}

// EachWaiter implements [cpu.LockViewer].
func (m *Mutex) EachWaiter(fn func(cpu.Holder)) {
	for i := range m.list {
		fn(cpu.Holder{Task: &m.list[i].task.Exec})
	}
}

// HeldBy implements [cpu.Holdable]: a semaphore is no CPU's.
func (m *Semaphore) HeldBy() (*cpu.CPU, bool) { return nil, false }

// LockInfo implements [cpu.LockViewer]. A semaphore's operations are those of
// its inner lock.
func (m *Semaphore) LockInfo() cpu.LockInfo {
	return cpu.LockInfo{Name: m.name, Kind: "semaphore", Obj: m.Lock.LockInfo().Obj}
}

// LockState implements [cpu.LockViewer]: who got a binary semaphore last owns
// it, until somebody gives it back.
func (m *Semaphore) LockState() cpu.LockState {
	s := cpu.LockState{Count: m.count, Waiting: len(m.list), Contended: m.contended, Waited: m.waited}
	if m.binary && m.holder != nil {
		s.Task, s.Since, s.Reserved = m.holder, m.since, m.owed
	}
	if len(m.list) > 0 {
		s.First = m.list[0].since
	}
	return s
}

// EachWaiter implements [cpu.LockViewer].
func (m *Semaphore) EachWaiter(fn func(cpu.Holder)) {
	for _, w := range m.list {
		fn(cpu.Holder{Task: &w.task.Exec})
	}
}

// HeldBy implements [cpu.Holdable]: nobody holds a completion.
func (c *Completion) HeldBy() (*cpu.CPU, bool) { return nil, false }

// LockInfo implements [cpu.LockViewer]. A completion's operations are those of
// its queue's lock.
func (c *Completion) LockInfo() cpu.LockInfo {
	return cpu.LockInfo{Name: strings.TrimSuffix(c.AwaitedName(), ".wait"), Kind: "completion", Obj: c.wait.Lock.LockInfo().Obj}
}

// LockState implements [cpu.LockViewer].
func (c *Completion) LockState() cpu.LockState {
	q := &c.wait
	s := cpu.LockState{Count: int(c.done.Peek()), Waiting: len(q.list), Contended: q.contended, Waited: q.waited}
	if len(q.list) > 0 {
		s.First = q.list[0].since
	}
	return s
}

// EachWaiter implements [cpu.LockViewer].
func (c *Completion) EachWaiter(fn func(cpu.Holder)) {
	for _, e := range c.wait.list {
		fn(cpu.Holder{Task: &e.Task.Exec})
	}
}
