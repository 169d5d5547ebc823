package workqueue

import "lockstep/cpu"

// workList is a list of works, oldest first: a pool's worklist, a pwq's
// delayed_works, a worker's scheduled ones. It changes under the pool's lock.
type workList struct {
	head, tail *Work
	n          int
	// shared is the length for those who look without the lock; nil where
	// nobody does.
	shared *cpu.Var[int]
	of     *worker // whose scheduled works they are, else nil
}

func (l *workList) empty() bool { return l.head == nil }

// insert puts w in front of the work at, nil meaning at the end.
func (l *workList) insert(x *cpu.Exec, w, at *Work) {
	w.list, w.next = l, at
	if at != nil {
		w.prev = at.prev
		at.prev = w
	} else {
		w.prev = l.tail
		l.tail = w
	}
	if w.prev != nil {
		w.prev.next = w
	} else {
		l.head = w
	}
	l.changed(x, 1)
}

// remove takes w off the list.
func (l *workList) remove(x *cpu.Exec, w *Work) {
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		l.head = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	} else {
		l.tail = w.prev
	}
	w.list, w.prev, w.next = nil, nil, nil
	l.changed(x, -1)
}

func (l *workList) changed(x *cpu.Exec, by int) {
	l.n += by
	if l.shared != nil {
		l.shared.WriteOnce(x, l.n)
	}
}

// moveLinked is move_linked_works(): w and the works that are linked behind it
// go to the end of another list. The flag of a work on a list changes only
// under the pool's lock, which the caller has.
//
//kernel:fn move_linked_works kernel/workqueue.c
func moveLinked(x *cpu.Exec, w *Work, to *workList) {
	for w != nil {
		next, linked := w.next, w.data.Peek().flags&flagLinked != 0
		w.list.remove(x, w)
		to.insert(x, w, nil)
		if !linked {
			return
		}
		w = next
	}
}
