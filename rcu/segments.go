package rcu

import "lockstep/cpu"

// Head is rcu_head: embedded in what is to be freed or called back behind a
// grace period. It must not be queued twice.
type Head struct {
	next   *Head
	fn     func(x *cpu.Exec)
	queued bool
	lazy   bool // fn only frees: kfree_rcu
	// The oracles': who asked for it, when, and through what call; where the
	// grace periods were then; neighbours among all that are outstanding.
	since        moment
	consumer     *cpu.Exec
	call         string
	gp           uint64
	older, newer *Head
	overdue      bool
}

// Segments of a callback list.
const (
	segDone      = iota // may be invoked
	segWait             // wait for the current grace period
	segNextReady        // wait for the next one
	segNext             // not yet assigned to one
	segCount
)

// segments is nxtlist with nxttail and nxtcompleted: one list in four
// segments, each ending where its tail points (docs/kernel/rcu-perf.md §1.4).
// tail[i] is the link behind the last callback of segments 0..i, so a segment
// is empty if its tail equals the one before, and moving callbacks to an
// older segment is a copy of a pointer. Invariant: the tails are in list
// order and *tail[segNext] == nil. It must not be copied.
type segments struct {
	head      *Head
	tail      [segCount]**Head
	completed [segCount]uint64 // the grace period that segments 1 and 2 wait for
	disabled  bool             // nxttail[RCU_NEXT_TAIL] is NULL: nothing may be queued
}

func (l *segments) init() {
	l.head, l.disabled = nil, false
	for i := range l.tail {
		l.tail[i] = &l.head
	}
}

// enqueue appends to the last segment.
func (l *segments) enqueue(h *Head) {
	h.next = nil
	*l.tail[segNext] = h
	l.tail[segNext] = &h.next
}

// empty reports whether segment i has no callbacks.
func (l *segments) empty(i int) bool {
	if i == segDone {
		return l.tail[segDone] == &l.head
	}
	return l.tail[i] == l.tail[i-1]
}

// pending reports whether anything is queued behind the done segment.
func (l *segments) pending() bool { return *l.tail[segDone] != nil }

// accelerate assigns everything not yet assigned, or assigned to a later one,
// to grace period c. It reports whether there was a segment left to put it in.
func (l *segments) accelerate(c uint64) bool {
	i := segNext - 1
	for ; i > segDone; i-- {
		if !l.empty(i) && !ge(l.completed[i], c) {
			break
		}
	}
	if i++; i >= segNext {
		return false
	}
	for ; i <= segNext; i++ {
		l.tail[i] = l.tail[segNext]
		l.completed[i] = c
	}
	return true
}

// advance makes done what waited for grace periods up to completed and closes
// the gap behind it.
func (l *segments) advance(completed uint64) {
	i := segWait
	for ; i < segNext; i++ {
		if lt(completed, l.completed[i]) {
			break
		}
		l.tail[segDone] = l.tail[i]
	}
	for j := segWait; j < i; j++ {
		l.tail[j] = l.tail[segDone]
	}
	for j := segWait; i < segNext; i, j = i+1, j+1 {
		if l.tail[j] == l.tail[segNext] {
			break
		}
		l.tail[j] = l.tail[i]
		l.completed[j] = l.completed[i]
	}
}

// lower brings the assignments of the first three segments down to c.
func (l *segments) lower(c uint64) {
	for i := segDone; i < segNext; i++ {
		if lt(c, l.completed[i]) {
			l.completed[i] = c
		}
	}
}

// takeDone detaches the done segment, which must not be empty, as a list.
func (l *segments) takeDone() *Head {
	list, end := l.head, l.tail[segDone]
	l.head = *end
	*end = nil
	for i := segCount - 1; i >= segDone; i-- {
		if l.tail[i] == end {
			l.tail[i] = &l.head
		}
	}
	return list
}

// putDone puts a list back in front of everything, as done.
func (l *segments) putDone(list *Head) {
	if list == nil {
		return
	}
	end := &list.next
	for *end != nil {
		end = &(*end).next
	}
	*end = l.head
	l.head = list
	for i := range l.tail {
		if l.tail[i] != &l.head {
			break
		}
		l.tail[i] = end
	}
}
