package rcu

import (
	"math"

	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// closing is the nesting of a task in the tail of its outermost
// rcu_read_unlock(): the reader is over, but what it owes is still being
// settled. Readers of interrupts taken then count up from here.
const closing = math.MinInt32

// Task is a task's part of task_struct that belongs to RCU
// (docs/kernel/rcu-perf.md §1.6).
type Task struct {
	x *cpu.Exec

	nesting int32
	special special

	// blockedNode is the leaf on whose list the task is, nil if on none; it
	// and the links change under that leaf's lock, by the task itself.
	blockedNode *Node
	next, prev  *Task
	linked      bool

	gp *gpWait // what synchronize_rcu() waits with, made at first use

	// The oracle's, by flavour: readers of rcu_sched and rcu_bh that are
	// open, and when the outermost of each flavour began.
	depth [flavourCount]int32
	watch [flavourCount]readerWatch
}

// special is rcu_read_unlock_special: what the outermost unlock has to do.
// All three are written on the CPU that runs the task, so with interrupts off
// there they are stable.
type special struct {
	blocked   bool // preempted and queued: set by the task itself
	needQS    bool // the tick wants a normal quiescent state
	expNeedQS bool // the expedited IPI wants an expedited one
}

// any is special.s != 0.
func (s special) any() bool { return s != special{} }

// gpWait is the rcu_head and completion that wait_rcu_gp keeps on the stack.
// A task waits for one grace period at a time, so one of each is enough.
type gpWait struct {
	head Head
	done sched.Completion
	fn   func(x *cpu.Exec)
}

// task returns x's reader state.
func (r *RCU) task(x *cpu.Exec) *Task {
	t := r.tasks.Of(x)
	if t.x == nil {
		t.x = x
		r.readers = append(r.readers, t)
	}
	return t
}

// blkdList is rcu_node.blkd_tasks. New tasks go where rcu_preempt_ctxt_queue
// says, so that what blocks a grace period is always a tail of the list.
type blkdList struct{ first, last *Task }

// insertAfter links t behind at, or in front of everybody for nil.
func (l *blkdList) insertAfter(at, t *Task) {
	t.linked, t.prev = true, at
	if at == nil {
		t.next, l.first = l.first, t
	} else {
		t.next, at.next = at.next, t
	}
	if t.next == nil {
		l.last = t
	} else {
		t.next.prev = t
	}
}

// remove unlinks t and returns its successor, nil if it was the last.
func (l *blkdList) remove(t *Task) *Task {
	np := t.next
	if t.prev == nil {
		l.first = np
	} else {
		t.prev.next = np
	}
	if np == nil {
		l.last = t.prev
	} else {
		np.prev = t.prev
	}
	t.next, t.prev, t.linked = nil, nil, false
	return np
}
