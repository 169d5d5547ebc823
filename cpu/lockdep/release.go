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
		if h := &t.held[n-1]; h.m == m && h.refs == 0 && h.pins == 0 {
			if v.clock != nil {
				v.heldFor(h)
			}
			t.key = h.prevKey
			t.held = t.held[:n-1]
			return
		}
	}
	v.release(t, m)
}

// release is the general case: a search from the top to the first context
// boundary, counted entries, pinned ones, and locks above the released one.
//
//kernel:fn __lock_release kernel/locking/lockdep.c
func (v *Validator) release(t *Task, m *Map) {
	if v.strict && m.key != nil && m.key.NoTrack {
		return
	}
	if len(t.held) == 0 && !v.strict {
		v.warn(t, "lock_release", "DEBUG_LOCKS_WARN_ON(depth <= 0)")
		return
	}
	i := v.find(t, m)
	if i < 0 {
		v.reportUnlock(t, m)
		return
	}
	h := &t.held[i]
	if v.clock != nil && h.m == m {
		v.heldFor(h)
	}
	if h.pins != 0 {
		v.plainWarn(t, "__lock_release", "releasing a pinned lock")
	}
	if h.refs > 0 {
		if h.refs--; h.refs > 0 {
			return
		}
	}
	above := t.held[i+1:]
	if !v.takeAgain(t, i, above) || v.strict {
		return
	}
	// v4.4 does not expect that the entries above may have merged on the way.
	if len(t.held) != i+len(above) {
		v.warn(t, "__lock_release", "DEBUG_LOCKS_WARN_ON(curr->lockdep_depth != depth - 1)")
	}
}

// takeAgain cuts the stack at i and acquires again, which must lie at or
// above it. Without the lock in the middle they make chains, and so perhaps
// edges, that were never seen. Each is read before its slot can be written,
// since a push is never above the slot it came from.
//
//kernel:fn reacquire_held_locks kernel/locking/lockdep.c
func (v *Validator) takeAgain(t *Task, i int, again []held) bool {
	t.key = t.held[i].prevKey
	t.held = t.held[:i]
	for j := range again {
		h := again[j]
		h.again = v.exact && h.class != 0
		if !v.acquire(t, &h) {
			return false
		}
		if n := len(t.held); n > 0 && t.held[n-1].m == h.m {
			top := &t.held[n-1]
			top.pins, top.since, top.waiting = again[j].pins, again[j].since, again[j].waiting
		}
	}
	return true
}

// find returns the index of m in the current context's part of the stack, -1
// if it is not there.
//
//kernel:fn find_held_lock kernel/locking/lockdep.c
func (v *Validator) find(t *Task, m *Map) int {
	top := len(t.held) - 1
	for i := top; i >= 0 && t.held[i].irq == t.held[top].irq; i-- {
		if v.matches(&t.held[i], m) {
			return i
		}
	}
	return -1
}
