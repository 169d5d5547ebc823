package lockdep

import "math/bits"

// markIrqStrict is markIrq by the newer rules: both forms of the opposite bit
// are looked for at once, and a read usage counts unless every way to it ends
// in a recursive read, so that two readers can conflict through a path
// (docs/kernel/lockdep.md §1.5).
//
//kernel:fn mark_lock_irq kernel/locking/lockdep.c
func (v *Validator) markIrqStrict(t *Task, h *held, bit usageBit) bool {
	excl := bit.exclusive()
	if !v.validState(t, h, bit, excl) ||
		bit&readBit == 0 && !v.validState(t, h, bit, excl|readBit) {
		return false
	}
	path, res := v.inversion(&v.g, h.class, h, bit)
	if res == queueFull {
		return v.bfsLimit(t)
	}
	if res == notFound {
		return true
	}
	bad := excl
	if v.g.verts[path[0].to].usage&excl.mask() == 0 {
		bad |= readBit
	}
	if len(path) == 1 && (bad == excl || bit&readBit == 0) {
		return true // validState has reported it, and the validator goes on
	}
	return v.reportInversion(t, h, path, lookingFor(bit), bad)
}

// inversion searches g from h, whose vertex is root, for what makes the new
// bit of h wrong. The root itself can match when a reader that does not
// recurse comes in an interrupt: a writer may be in between.
//
//kernel:fn check_usage_backwards kernel/locking/lockdep.c
func (v *Validator) inversion(g *graph, root int32, h *held, bit usageBit) ([]hop, outcome) {
	dir := lookingFor(bit)
	onlyXR := h.reader()
	if dir == forwards {
		onlyXR = h.recursive()
	}
	excl := bit.exclusive()
	q := goal{mask: excl.mask() | (excl | readBit).mask(), skip: true}
	return g.strong(root, onlyXR, dir, &q, v.exact)
}

// checkIrqStrict is checkPrevAddIrq by the newer rules: the usage of all that
// leads to prev is gathered first, then what behind next conflicts with any of
// it is looked for, and only then which lock it conflicts with. For that the
// enabled bits alone count: the safe lock sought is that of the unsafe lock
// found (docs/kernel/lockdep.md §1.7).
//
//kernel:fn check_irq_usage kernel/locking/lockdep.c
func (v *Validator) checkIrqStrict(t *Task, prev, next *held) bool {
	back, fwd, res := v.irqPair(&v.g, prev.class, next.class, prev, next)
	if res != found {
		return res == notFound || v.bfsLimit(t)
	}
	safe, unsafe := exclusiveMatch(v.g.verts[back[0].to].usage, v.g.verts[fwd[0].to].usage)
	return v.reportSafeUnsafe(t, prev, next, back, fwd, safe, unsafe)
}

// irqPair finds a safe vertex with a strong path to from and an unsafe one
// with a strong path from to, which are the vertices of prev and next in g.
func (v *Validator) irqPair(g *graph, from, to int32, prev, next *held) (back, fwd []hop, res outcome) {
	before := goal{gather: true, skip: true}
	if _, res = g.strong(from, prev.reader(), backwards, &before, v.exact); res == queueFull {
		return nil, nil, res
	}
	safe := before.gathered & usedInBits
	if safe == 0 {
		return nil, nil, notFound
	}
	behind := goal{mask: safe.opposite(), skip: true}
	if fwd, res = g.strong(to, next.recursive(), forwards, &behind, v.exact); res != found {
		return nil, nil, res
	}
	unsafe := g.verts[fwd[0].to].usage & enabledBits
	before = goal{mask: unsafe.opposite(), skip: true}
	back, res = g.strong(from, prev.reader(), backwards, &before, v.exact)
	return back, fwd, res
}

// exclusiveMatch picks the first pair of bits that conflict, for the text.
//
//kernel:fn find_exclusive_match kernel/locking/lockdep.c
func exclusiveMatch(safe, unsafe usageMask) (usageBit, usageBit) {
	for m := safe & usedInBits; m != 0; m &= m - 1 {
		bit := usageBit(bits.TrailingZeros16(uint16(m)))
		switch excl := bit.exclusive(); {
		case unsafe&excl.mask() != 0:
			return bit, excl
		case unsafe&(excl|readBit).mask() != 0:
			return bit, excl | readBit
		}
	}
	return 0, 0
}
