package sched

import "lockstep/cpu"

// unqueue leaves the queue, in three steps: cut ourselves off from prev, so
// that it cannot pass the lock on to us; find our next, or be no more the last;
// join the two. It returns true if the lock was passed on to us meanwhile.
//
//kernel:fn osq_lock kernel/locking/osq_lock.c
func (q *osq) unqueue(x *cpu.Exec, n *osqNode) bool {
	prev := n.prev
	for {
		// prev does not name us while it is leaving itself: then it either
		// passes the lock on or gives us another prev.
		if prev.read(x); prev.next == n {
			if prev.update(x); prev.next == n {
				prev.next = nil
				break
			}
		}
		if n.read(x); n.locked {
			return true
		}
		q.relax(x, n, spinFor{cpu.WaitSpinlock, q}, func() bool { return n.locked || n.prev.next == n })
		n.read(x)
		prev = n.prev
	}
	q.n--
	next := q.waitNext(x, n, prev)
	if next == nil {
		return false
	}
	next.write(x)
	next.prev = prev
	next.wake(x)
	prev.write(x)
	prev.next = next
	prev.wake(x)
	next.wake(x)
	return false
}

// waitNext is osq_wait_next(): get a stable next, or be the last and make prev
// it (nil: nobody). Neither holds while who came behind us has taken the tail
// and not named itself yet, or is leaving.
//
//kernel:fn osq_wait_next kernel/locking/osq_lock.c
func (q *osq) waitNext(x *cpu.Exec, n, prev *osqNode) *osqNode {
	cur, old := n.cpu+1, 0
	if prev != nil {
		old = prev.cpu + 1
	}
	for {
		if q.tail.ReadOnce(x) == cur && q.tail.CmpXchg(x, cur, old) == cur {
			if prev != nil {
				prev.wake(x)
			}
			return nil
		}
		if n.read(x); n.next != nil {
			n.update(x)
			if next := n.next; next != nil {
				n.next = nil
				return next
			}
		}
		q.relax(x, n, spinFor{cpu.WaitSpinlock, q}, func() bool { return n.next != nil || q.tail.Peek() == cur })
	}
}
