package lockdep

// validateChain does the graph work of a chain not seen before. The key goes
// into the cache first, so that a chain is validated once whatever comes of
// it (docs/kernel/lockdep.md §1.2). By RulesExact a known chain of other
// instances is validated too, for the graph of instances, and with
// Config.DebugLockdep any known chain is looked at.
//
//kernel:fn validate_chain kernel/locking/lockdep.c
func (v *Validator) validateChain(t *Task, h *held, head bool, key uint64) bool {
	known := v.chains.has(key)
	if known && v.debug && !v.checkCollision(t, h, key) {
		return false
	}
	if known && !v.exact {
		return true
	}
	if v.exact && v.inst.seen(v.instanceKey(t, h)) && known {
		return true
	}
	if !known && !v.addChain(t, h, key) {
		return false
	}
	switch v.checkDeadlock(t, h) {
	case quiet:
		return false
	case recursionAllowed:
		// In v4.4 the entry is from here on stepped over like a trylock: the
		// other holder of the class has the edges. It does this for a nest lock
		// too, and only when the chain is new.
		if !v.strict {
			h.how = h.how&^anyRead | ReadRecursive
		}
		return true
	case recursionReported:
		return true
	}
	return head || v.checkPrevsAdd(t, h)
}

type verdict uint8

const (
	noRecursion verdict = iota
	recursionAllowed
	recursionReported // and the validator goes on
	quiet             // reported, and the validator is off
)

// checkDeadlock looks for the class of next in the whole stack, locks below
// an interrupt boundary included. It goes by class: two instances nested
// without annotation are reported. By the newer rules a recursive read does
// not end the scan, and its edges count (docs/kernel/lockdep.md §1.6).
//
//kernel:fn check_deadlock kernel/locking/lockdep.c
func (v *Validator) checkDeadlock(t *Task, next *held) verdict {
	nest := false
	for i := range t.held {
		prev := &t.held[i]
		if next.nest != nil && prev.m == next.nest {
			nest = true
		}
		if prev.class != next.class {
			continue
		}
		if next.how&ReadRecursive != 0 && prev.how&anyRead != 0 {
			if v.strict {
				continue
			}
			return recursionAllowed
		}
		if v.strict && v.classes[prev.class].key.ordered(prev, next) {
			continue
		}
		if nest {
			return recursionAllowed
		}
		if !v.reportRecursive(t, next, prev) {
			return quiet
		}
		if v.exact {
			v.inst.store(v, prev, next)
		}
		return recursionReported
	}
	return noRecursion
}

// checkPrevsAdd adds the edges of a new chain. It walks down from the top:
// unchecked locks, and in v4.4 recursively read ones, are transparent, each
// other lock is a prev, and the first that was not a trylock ends the walk,
// since the edges from below to it exist already. Contexts are never crossed
// (docs/kernel/lockdep.md §1.4).
//
// RulesExact does not end at a recursively read lock: the edges below lead to
// it as (*R) and from it as (S*), which is no strong path, although whoever
// holds the lower lock does wait for next.
//
//kernel:fn check_prevs_add kernel/locking/lockdep.c
func (v *Validator) checkPrevsAdd(t *Task, next *held) bool {
	var shared savedStack
	transparent, passing := NoCheck|ReadRecursive, Trylock
	if v.strict {
		transparent = NoCheck
	}
	if v.exact {
		passing |= ReadRecursive
	}
	for i := len(t.held) - 1; i >= 0; i-- {
		prev := &t.held[i]
		if prev.irq != next.irq {
			break
		}
		if prev.how&transparent != 0 {
			continue
		}
		near := i == len(t.held)-1
		if v.strict && !v.checkPrevAddStrict(t, prev, next, near, &shared) ||
			!v.strict && !v.checkPrevAdd(t, prev, next, near, &shared) {
			return false
		}
		if prev.how&passing == 0 {
			break
		}
	}
	return true
}

// savedStack is the stack that the edges of one acquisition share, taken when
// the first of them is stored.
type savedStack struct {
	stack Stack
	saved bool
}

func (s *savedStack) take(v *Validator) Stack {
	if !s.saved {
		s.stack, s.saved = v.capture(), true
	}
	return s.stack
}

// checkPrevAdd validates prev before next by the rules of v4.4 and stores it
// if it is new. A recursive read takes part in the checks, but its edges are
// not stored; prev is never one, since the walk steps over those
// (docs/kernel/lockdep.md §1.4).
//
//kernel:fn check_prev_add kernel/locking/lockdep.c
func (v *Validator) checkPrevAdd(t *Task, prev, next *held, near bool, shared *savedStack) bool {
	switch path, res := v.g.search(next.class, forwards, prev.class, 0); res {
	case found:
		if !v.reportCircular(t, next, prev, path) {
			return false
		}
	case queueFull:
		return v.bfsLimit(t)
	}
	if !v.checkPrevAddIrq(t, prev, next) {
		return false
	}
	if next.how&ReadRecursive != 0 {
		return true
	}
	return v.store(t, prev, next, near, shared)
}

// store adds prev before next, or what is new of it. False means that the
// table is full.
func (v *Validator) store(t *Task, prev, next *held, near bool, shared *savedStack) bool {
	fwd, back := dep(prev.how, next.how)
	if v.g.refine(prev.class, next.class, fwd, back, near) {
		return true
	}
	if len(v.g.edges)+2 > maxEdges+1 {
		v.limit(t, "BUG: MAX_LOCKDEP_ENTRIES too low!")
		return false
	}
	v.g.add(prev.class, next.class, fwd, back, near, shared.take(v))
	return true
}

// checkPrevAddStrict is checkPrevAdd by the newer rules: the searches follow
// strong paths, and the edges of recursive readers are stored
// (docs/kernel/lockdep.md §1.7).
//
//kernel:fn check_prev_add kernel/locking/lockdep.c
func (v *Validator) checkPrevAddStrict(t *Task, prev, next *held, near bool, shared *savedStack) bool {
	if prev.class == next.class && v.classes[prev.class].key.ordered(prev, next) {
		if v.exact {
			v.inst.store(v, prev, next)
		}
		return true
	}
	q := goal{target: prev.class, reader: prev.how&anyRead != 0}
	switch path, res := v.g.strong(next.class, next.recursive(), forwards, &q, v.exact); {
	case res == queueFull:
		return v.bfsLimit(t)
	case res == found && next.class == prev.class:
		if !v.reportRecursive(t, next, prev) {
			return false
		}
	case res == found:
		if !v.reportCircular(t, next, prev, path) {
			return false
		}
	}
	if !v.checkIrqStrict(t, prev, next) || !v.store(t, prev, next, near, shared) {
		return false
	}
	if v.exact {
		v.inst.store(v, prev, next)
	}
	return true
}

// recursive tells whether h waits for no reader.
func (h *held) recursive() bool { return h.how&ReadRecursive != 0 }

// reader tells whether h is held shared.
func (h *held) reader() bool { return h.how&anyRead != 0 }
