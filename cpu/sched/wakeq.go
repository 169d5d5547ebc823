package sched

import "lockstep/cpu"

// WakeQ is wake_q_head: tasks that are woken when the locks under which it was
// settled have been released (docs/kernel/sched-irq-printk.md §1.21). It is its
// owner's own; a task is on at most one at a time, which the link in it says.
type WakeQ struct{ first, last *Task }

// wakeQTail marks the last task of a list in its link: nil is for tasks on none.
var wakeQTail = new(Task)

// WakeQAdd is wake_q_add(). A task that is on a list already is going to be
// woken anyway, by whoever has that one: but v4.4's bare cmpxchg gives no order
// to what was stored before, should it fail.
//
//kernel:fn wake_q_add kernel/sched/core.c
func (s *Sched) WakeQAdd(x *cpu.Exec, q *WakeQ, t *Task) {
	if t.wakeQ.CmpXchg(x, nil, wakeQTail) != nil {
		return
	}
	if q.last == nil {
		q.first = t
	} else {
		q.last.wakeQ.WriteOnce(x, t)
	}
	q.last = t
}

// WakeUpQ is wake_up_q(): the link is cleared before the wake-up, so that who
// finds it set is sure of a wake-up that comes later.
//
//kernel:fn wake_up_q kernel/sched/core.c
func (s *Sched) WakeUpQ(x *cpu.Exec, q *WakeQ) {
	for t := q.first; t != nil; {
		next := t.wakeQ.ReadOnce(x)
		if next == wakeQTail {
			next = nil
		}
		t.wakeQ.WriteOnce(x, nil)
		s.WakeUpProcess(x, t)
		t = next
	}
	q.first, q.last = nil, nil
}
