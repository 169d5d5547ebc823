package lockdep

// SetClass gives a lock that t holds another class: subclass sub of key k. The
// stack is unwound to it and acquired anew (docs/kernel/lockdep.md §1.8).
//
//kernel:fn lock_set_class kernel/locking/lockdep.c
func (v *Validator) SetClass(t *Task, m *Map, k *Key, sub int) {
	if !v.on || t.recursion != 0 {
		return
	}
	i := v.findToChange(t, m, "__lock_set_class")
	if i < 0 {
		return
	}
	m.setKey(k)
	h := &t.held[i]
	h.how = h.how&^(subclassMask|wrongSubclass) | Nested(sub)
	h.class = 0
	v.changed(t, i, "__lock_set_class")
}

// setKey is Init of a lock that is in use: the instance stays the same.
func (m *Map) setKey(k *Key) { m.key, m.class = k, [2]int32{} }

// Downgrade makes t, which holds m exclusively, a reader of it. Kernels have it
// since 4.12; by the rules of v4.4 the lock stays a write lock in the
// validator's eyes (docs/kernel/lockdep.md §1.8).
//
//kernel:fn lock_downgrade kernel/locking/lockdep.c
func (v *Validator) Downgrade(t *Task, m *Map) {
	if !v.on || t.recursion != 0 || !v.strict {
		return
	}
	i := v.findToChange(t, m, "__lock_downgrade")
	if i < 0 {
		return
	}
	h := &t.held[i]
	if h.reader() {
		v.plainWarn(t, "__lock_downgrade", "downgrading a read lock")
	}
	h.how = h.how&^anyRead | Read
	h.class = 0 // its usage is to be looked at anew
	h.site = v.here()
	v.changed(t, i, "__lock_downgrade")
}

// findToChange finds a lock that is to be changed in place, -1 after a report.
func (v *Validator) findToChange(t *Task, m *Map, fn string) int {
	if len(t.held) == 0 {
		v.warn(t, fn, "DEBUG_LOCKS_WARN_ON(!depth)")
		return -1
	}
	i := v.find(t, m)
	if i < 0 {
		v.reportUnlock(t, m)
	}
	return i
}

// changed acquires the stack from i up anew; its depth must not change.
func (v *Validator) changed(t *Task, i int, fn string) {
	depth := len(t.held)
	if v.takeAgain(t, i, t.held[i:]) && len(t.held) != depth {
		v.warn(t, fn, "DEBUG_LOCKS_WARN_ON(curr->lockdep_depth != depth)")
	}
}

// SetSubclass makes plain acquisitions of m ones of subclass sub, as
// lockdep_set_subclass does: the lock's name and key stay, and the class is
// registered now (docs/kernel/lockdep.md §1.8).
//
//kernel:fn lockdep_set_subclass include/linux/lockdep.h
func (v *Validator) SetSubclass(t *Task, m *Map, sub int) {
	m.setKey(m.key)
	if !v.on || t.recursion != 0 || sub == 0 {
		return
	}
	if c := v.classOf(t, m, Nested(sub)); c != 0 {
		m.class[0] = c
	}
}

// Pin makes the release of a lock that t holds an error until Unpin with the
// cookie that Pin returns. v4.4 only counts, and its cookie is 0
// (docs/kernel/lockdep.md §1.8).
//
//kernel:fn lock_pin_lock kernel/locking/lockdep.c
func (v *Validator) Pin(t *Task, m *Map) uint32 {
	if !v.on || t.recursion != 0 {
		return 0
	}
	for i := range t.held {
		if h := &t.held[i]; v.matches(h, m) {
			if !v.strict {
				h.pins++
				return 0
			}
			// The kernel takes bits of a clock: what matters is that cookies differ.
			v.cookies++
			cookie := 1 + (v.cookies*40503)&0xffff
			h.pins += cookie
			return cookie
		}
	}
	v.plainWarn(t, "__lock_pin_lock", "pinning an unheld lock")
	return 0
}

// Unpin ends what Pin began (docs/kernel/lockdep.md §1.8).
//
//kernel:fn lock_unpin_lock kernel/locking/lockdep.c
func (v *Validator) Unpin(t *Task, m *Map, cookie uint32) {
	if !v.on || t.recursion != 0 {
		return
	}
	for i := range t.held {
		h := &t.held[i]
		if !v.matches(h, m) {
			continue
		}
		switch {
		case h.pins == 0:
			v.plainWarn(t, "__lock_unpin_lock", "unpinning an unpinned lock")
		case !v.strict:
			h.pins--
		default:
			if h.pins -= cookie; int32(h.pins) < 0 {
				v.plainWarn(t, "__lock_unpin_lock", "pin count corrupted")
				h.pins = 0
			}
		}
		return
	}
	v.plainWarn(t, "__lock_unpin_lock", "unpinning an unheld lock")
}
