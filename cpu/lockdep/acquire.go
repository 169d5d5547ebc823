package lockdep

// Acquire notes that t is about to take m. It comes before the lock is
// contended, so that a deadlock is reported by the one who walks into it
// (docs/kernel/lockdep.md §1.1, §1.2).
//
//kernel:fn lock_acquire kernel/locking/lockdep.c
func (v *Validator) Acquire(t *Task, m *Map, how How) {
	if !v.on || t.recursion != 0 {
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
		return
	}
	v.acquire(t, &held{m: m, how: how, hardirqsOff: !t.hardirqsOn, site: v.here(), nest: nest})
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
	if h.class == 0 {
		if h.class = v.classOf(t, h.m, h.how); h.class == 0 {
			return false
		}
	}
	c := &v.classes[h.class]
	c.ops++
	n := len(t.held)
	if h.nest != nil && n > 0 && t.held[n-1].class == h.class {
		t.held[n-1].merge()
		return true
	}
	in, on := t.usage(h.how, h.hardirqsOff)
	if (in|on|1<<lockUsed)&^c.usage != 0 && !v.markAcquired(t, h, in, on) {
		return false
	}

	h.irq = t.irq
	h.prevKey = t.key
	head := n == 0 || t.held[n-1].irq != h.irq
	key := t.key
	if head {
		// A context starts a chain of its own: what an interrupted task holds
		// is not an order that the handler chose.
		key = 0
	}
	key = chainStep(key, h.class)
	if h.nest != nil && !v.holds(t, h.nest) && !v.reportNest(t, h) {
		return false
	}
	if h.how&(Trylock|NoCheck) == 0 && !v.chains.has(key) && !v.validateChain(t, h, head, key) {
		return false
	}
	t.held = append(t.held, *h)
	t.key = key
	if n+1 >= maxHeld {
		v.depthLimit(t)
		return false
	}
	return true
}

// merge counts one more acquisition in an entry; the first merge makes two.
// Releases beyond the field's width are not modelled: it stays at its maximum.
func (h *held) merge() {
	switch {
	case h.refs == 0:
		h.refs = 2
	case h.refs < maxReferences:
		h.refs++
	}
}
