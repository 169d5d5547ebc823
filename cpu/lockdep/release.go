package lockdep

// Release notes that t is about to release m, before the lock is free. Any
// order is legal. Releasing what is not held in the current context is a bad
// unlock balance; with nothing held at all v4.4 only warns, because the
// warning has already switched the validator off when the balance report
// would come (docs/kernel/lockdep.md §1.8).
//
//kernel:fn lock_release kernel/locking/lockdep.c
func (v *Validator) Release(t *Task, m *Map) {
	if !v.on || t.recursion != 0 {
		return
	}
	if n := len(t.held); n > 0 {
		if h := &t.held[n-1]; h.m == m && h.refs == 0 {
			t.key = h.prevKey
			t.held = t.held[:n-1]
			return
		}
	}
	v.release(t, m)
}

// release is the general case: a search from the top to the first context
// boundary, counted entries, and locks above the released one.
//
//kernel:fn __lock_release kernel/locking/lockdep.c
func (v *Validator) release(t *Task, m *Map) {
	if len(t.held) == 0 {
		v.warn(t, "lock_release", "DEBUG_LOCKS_WARN_ON(depth <= 0)")
		return
	}
	i := v.find(t, m)
	if i < 0 {
		v.reportUnlock(t, m)
		return
	}
	h := &t.held[i]
	if h.refs > 0 {
		if h.refs--; h.refs > 0 {
			return
		}
	}
	t.key = h.prevKey
	// The locks above go through a full acquisition again: without the lock in
	// the middle they make chains, and so perhaps edges, that were never seen.
	// Each is read before its slot can be written, since a push is never above
	// the slot it came from.
	above := t.held[i+1:]
	t.held = t.held[:i]
	for j := range above {
		again := above[j]
		if !v.acquire(t, &again) {
			return
		}
	}
}

// find returns the index of m in the current context's part of the stack, -1
// if it is not there.
func (v *Validator) find(t *Task, m *Map) int {
	top := len(t.held) - 1
	for i := top; i >= 0 && t.held[i].irq == t.held[top].irq; i-- {
		if v.matches(&t.held[i], m) {
			return i
		}
	}
	return -1
}
