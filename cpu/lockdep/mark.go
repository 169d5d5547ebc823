package lockdep

// markAcquired sets the usage bits of an acquisition, in the kernel's order:
// used in an interrupt, enabled, hardirq before softirq, then used in reclaim,
// then the plain use.
//
//kernel:fn mark_irqflags kernel/locking/lockdep.c
func (v *Validator) markAcquired(t *Task, h *held, in, on, used usageMask) bool {
	const reclaim usageMask = 3 << usedInReclaimFS
	for _, set := range [...]usageMask{in &^ reclaim, on, in & reclaim, used} {
		for bit := usageBit(0); set != 0 && bit <= lockUsedRead; bit++ {
			if set&bit.mask() != 0 && !v.mark(t, h, bit) {
				return false
			}
		}
	}
	return true
}

// markHeld gives every checked lock of t the enabled bit of s, bottom to top,
// because interrupts are being switched on under it.
//
//kernel:fn mark_held_locks kernel/locking/lockdep.c
func (v *Validator) markHeld(t *Task, s state) bool {
	for i := range t.held {
		h := &t.held[i]
		bit := usageBit(s)<<2 | dirBit
		if h.reader() {
			bit |= readBit
		}
		if h.how&NoCheck == 0 && !v.mark(t, h, bit) {
			return false
		}
	}
	return true
}

// mark sets one bit of h's class and, the first time, checks what it means.
// The bit is set before the checks, so that reports show it in the usage
// characters. By RulesExact the first time of an instance counts too
// (docs/kernel/lockdep.md §1.5, §2.5).
//
//kernel:fn mark_lock kernel/locking/lockdep.c
func (v *Validator) mark(t *Task, h *held, bit usageBit) bool {
	c := &v.g.verts[h.class]
	first := !v.exact || v.inst.mark(v, h.m, bit)
	if c.usage&bit.mask() != 0 {
		if !v.exact || !first {
			return true
		}
	} else {
		c.usage |= bit.mask()
		v.marks++
		if v.traces != nil {
			v.traces[h.class][bit] = v.capture()
		}
	}
	if bit >= lockUsed {
		return true
	}
	if v.strict {
		return v.markIrqStrict(t, h, bit)
	}
	return v.markIrq(t, h, bit)
}

// markIrq checks a new bit against the class itself and against the graph. A
// used-in bit looks forwards: nothing taken under this lock may be unsafe. An
// enabled bit looks backwards: nothing held around it may be safe. Only a
// write bit is also held against readers, so two readers never conflict
// (docs/kernel/lockdep.md §1.5).
//
//kernel:fn mark_lock_irq kernel/locking/lockdep.c
func (v *Validator) markIrq(t *Task, h *held, bit usageBit) bool {
	excl := bit.exclusive()
	if !v.validState(t, h, bit, excl) || !v.checkUsage(t, h, bit, excl) {
		return false
	}
	if bit&readBit != 0 {
		return true
	}
	return v.validState(t, h, bit, excl|readBit) && v.checkUsage(t, h, bit, excl|readBit)
}

// validState reports a class that has both bits.
//
//kernel:fn valid_state kernel/locking/lockdep.c
func (v *Validator) validState(t *Task, h *held, bit, bad usageBit) bool {
	if v.g.verts[h.class].usage&bad.mask() == 0 {
		return true
	}
	return v.reportUsage(t, h, bad, bit)
}

// lookingFor is the direction in which a class with the opposite of bit would
// be wrong.
func lookingFor(bit usageBit) direction { return direction(bit&dirBit == 0) }

// checkUsage reports a class on the other side that has the bit bad.
//
//kernel:fn check_usage_forwards kernel/locking/lockdep.c
func (v *Validator) checkUsage(t *Task, h *held, bit, bad usageBit) bool {
	dir := lookingFor(bit)
	path, res := v.g.search(h.class, dir, 0, bad.mask())
	switch {
	case res == queueFull:
		return v.bfsLimit(t)
	case res == found && len(path) > 1:
		return v.reportInversion(t, h, path, dir, bad)
	}
	// The root itself is validState's business.
	return true
}

// checkPrevAddIrq checks that a new edge connects no safe class before it to
// an unsafe class behind it, for each state and for readers too. The unsafe
// side is asked for its write bit only: v4.4 misses ENABLED_READ here
// (docs/kernel/lockdep.md §1.4, §1.5).
//
//kernel:fn check_prev_add_irq kernel/locking/lockdep.c
func (v *Validator) checkPrevAddIrq(t *Task, prev, next *held) bool {
	for s := hardirq; s <= reclaimFS; s++ {
		for read := usageBit(0); read <= readBit; read++ {
			if !v.checkIrqUsage(t, prev, next, usageBit(s)<<2|read) {
				return false
			}
		}
	}
	return true
}

// checkIrqUsage is checkPrevAddIrq for one safe bit. The second search runs
// only if the first finds a safe class, which is rare.
//
//kernel:fn check_usage kernel/locking/lockdep.c
func (v *Validator) checkIrqUsage(t *Task, prev, next *held, safe usageBit) bool {
	back, res := v.g.search(prev.class, backwards, 0, safe.mask())
	if res != found {
		return res == notFound || v.bfsLimit(t)
	}
	fwd, res := v.g.search(next.class, forwards, 0, safe.exclusive().mask())
	if res != found {
		return res == notFound || v.bfsLimit(t)
	}
	return v.reportSafeUnsafe(t, prev, next, back, fwd, safe, safe.exclusive())
}
