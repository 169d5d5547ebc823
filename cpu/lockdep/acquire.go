package lockdep

// Acquire notes that t is about to take m. It comes before the lock is
// contended, so that a deadlock is reported by the one who walks into it
// (docs/kernel/lockdep.md §1.1, §1.2).
//
//kernel:fn lock_acquire kernel/locking/lockdep.c
func (v *Validator) Acquire(t *Task, m *Map, how How) {
	if !v.on || t.recursion != 0 {
		if t.nmi != 0 {
			v.acquireInNMI(t, m, how)
		}
		return
	}
	h := held{m: m, how: how, hardirqsOff: !t.hardirqsOn}
	if v.tr != nil {
		h.site = v.tr.Here()
	}
	v.acquire(t, &h)
}

// AcquireNest is Acquire under a nest lock: while nest is held, any number of
// locks of one class may be taken, and a run of them at the top of the stack
// is merged into one counted entry (docs/kernel/lockdep.md §1.2, §1.6).
//
//kernel:fn lock_acquire kernel/locking/lockdep.c
func (v *Validator) AcquireNest(t *Task, m *Map, how How, nest *Map) {
	if !v.on || t.recursion != 0 {
		if t.nmi != 0 {
			v.acquireInNMI(t, m, how)
		}
		return
	}
	v.acquire(t, &held{m: m, how: how, hardirqsOff: !t.hardirqsOn, site: v.here(), nest: nest})
}

// Sync notes that t waits here until every holder of m that there is has let
// it go, as synchronize_srcu does: everything that holds for an acquisition
// holds for it, but nothing is held afterwards. Kernels have it since 6.4, so
// the rules of v4.4 ignore it (docs/kernel/lockdep.md §1.8).
//
//kernel:fn lock_sync kernel/locking/lockdep.c
func (v *Validator) Sync(t *Task, m *Map, how How) {
	if !v.on || t.recursion != 0 || !v.strict {
		return
	}
	v.acquire(t, &held{m: m, how: how, hardirqsOff: !t.hardirqsOn, site: v.here(), sync: true})
}

// acquire validates h and pushes it. It also serves the re-acquisitions of an
// out-of-order release, hence the attributes come in h. It returns false when
// the validator has gone quiet: then nothing was pushed, as in the kernel.
//
// The order is the kernel's and observable: usage bits are set before the
// chain is looked at, so an inconsistent class is reported as such even if
// the same acquisition also closes a cycle.
//
//kernel:fn __lock_acquire kernel/locking/lockdep.c
func (v *Validator) acquire(t *Task, h *held) bool {
	if sub := h.how.subclass(); sub < len(h.m.class) {
		h.class = h.m.class[sub]
	}
	if h.class <= v.base {
		if v.strict && h.m.key != nil && h.m.key.NoTrack {
			return true
		}
		if h.class = v.classOf(t, h.m, h.how); h.class == 0 {
			return false
		}
		if h.m.key.NoValidate {
			h.how |= NoCheck
		}
	}
	c := &v.g.verts[h.class]
	c.ops++
	n := len(t.held)
	if h.nest != nil && n > 0 && t.held[n-1].class == h.class && !h.sync {
		return v.merge(t, &t.held[n-1], h)
	}
	h.irq = t.irq
	if v.strict && !v.checkWait(t, h, c) {
		return false
	}
	if !v.use(t, h, c) {
		return false
	}

	h.prevKey = t.key
	head := n == 0 || t.held[n-1].irq != h.irq
	key := t.key
	if head {
		// A context starts a chain of its own: what an interrupted task holds
		// is not an order that the handler chose.
		key = v.newKey
	}
	key = v.chainStep(key, v.chainID(h))
	if h.nest != nil && !v.holds(t, h.nest) && !v.reportNest(t, h) {
		return false
	}
	if h.how&(Trylock|NoCheck) == 0 && (v.exact || v.debug || !v.chains.has(key)) && !v.validateChain(t, h, head, key) {
		return false
	}
	if h.sync {
		return true
	}
	if n+1 >= maxHeld {
		return v.pushLast(t, h, key)
	}
	if v.clock != nil {
		h.since, h.waiting = v.clock(), 0
	}
	t.held = append(t.held, *h)
	t.key = key
	if n >= v.deepest {
		v.deepest = n + 1
	}
	return true
}

// use sets the usage bits of an acquisition that are not set yet. RulesExact
// keeps them of the instance too, and sets none when a lock is acquired anew:
// the kernel then puts the hardirq flag of the first acquisition together with
// the softirq flag of now, which may never have been enabled at once.
func (v *Validator) use(t *Task, h *held, c *vertex) bool {
	if h.again {
		h.again = false
		return true
	}
	in, on := t.usage(h.how, h.hardirqsOff || h.sync)
	used := lockUsed.mask()
	if v.strict && h.how&anyRead != 0 {
		used = lockUsedRead.mask()
	}
	seen := c.usage
	if v.exact {
		seen &= h.m.usage
	}
	return (in|on|used)&^seen == 0 || v.markAcquired(t, h, in, on, used)
}

// pushLast fills the stack's last slot and reports that it has reached its
// end, or refuses one lock more: Reset switches a validator on that may know
// such a task (docs/kernel/lockdep.md §3).
func (v *Validator) pushLast(t *Task, h *held, key uint64) bool {
	if len(t.held) >= maxHeld {
		v.warn(t, "__lock_acquire", "DEBUG_LOCKS_WARN_ON(depth >= MAX_LOCK_DEPTH)")
		return false
	}
	t.held = append(t.held, *h)
	t.key = key
	v.deepest = maxHeld
	v.depthLimit(t)
	return false
}

// merge counts one more acquisition, h, in an entry; the first merge makes
// two. Newer kernels, whose field is narrower, warn of an overflow; v4.4 stays
// at the maximum here (docs/kernel/lockdep.md §3).
func (v *Validator) merge(t *Task, top, h *held) bool {
	more := max(1, h.refs) // a re-acquired entry brings its own count
	if !v.strict {
		more = 1
	}
	limit := 4095
	if v.strict {
		limit = 2047
	}
	refs := int(max(1, top.refs)) + int(more)
	if refs > limit {
		return !v.strict || v.warn(t, "__lock_acquire", "DEBUG_LOCKS_WARN_ON(hlock->references < references)")
	}
	top.refs = int16(refs)
	return true
}
