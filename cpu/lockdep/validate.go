package lockdep

// validateChain does the graph work of a chain not seen before. The key goes
// into the cache first, so that a chain is validated once whatever comes of
// it (docs/kernel/lockdep.md §1.2).
//
//kernel:fn validate_chain kernel/locking/lockdep.c
func (v *Validator) validateChain(t *Task, h *held, head bool, key uint64) bool {
	if v.chains.n >= maxChains {
		v.limit(t, "BUG: MAX_LOCKDEP_CHAINS too low!")
		return false
	}
	v.chains.add(key)
	switch v.checkDeadlock(t, h) {
	case quiet:
		return false
	case recursionAllowed:
		// From here on the entry is stepped over like a trylock: the other
		// holder of the class has the edges. v4.4 does this for a nest lock
		// too, and only when the chain is new.
		h.how = h.how&^anyRead | ReadRecursive
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
// without annotation are reported (docs/kernel/lockdep.md §1.6).
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
			return recursionAllowed
		}
		if nest {
			return recursionAllowed
		}
		if !v.reportRecursive(t, next, prev) {
			return quiet
		}
		return recursionReported
	}
	return noRecursion
}

// checkPrevsAdd adds the edges of a new chain. It walks down from the top:
// unchecked and recursively read locks are transparent, each other lock is a
// prev, and the first that was not a trylock ends the walk, since the edges
// from below to it exist already. Contexts are never crossed
// (docs/kernel/lockdep.md §1.4).
//
//kernel:fn check_prevs_add kernel/locking/lockdep.c
func (v *Validator) checkPrevsAdd(t *Task, next *held) bool {
	var shared savedStack
	for i := len(t.held) - 1; i >= 0; i-- {
		prev := &t.held[i]
		if prev.irq != next.irq {
			break
		}
		if prev.how&(ReadRecursive|NoCheck) != 0 {
			continue
		}
		if !v.checkPrevAdd(t, prev, next, &shared) {
			return false
		}
		if prev.how&Trylock == 0 {
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

// checkPrevAdd validates prev before next and stores it if it is new. A
// recursive read takes part in the checks, but in v4.4 its edges are not
// stored; prev is never one, since the walk steps over those. The distance
// that the kernel keeps in an entry is seen in /proc/lockdep only and left out
// (docs/kernel/lockdep.md §1.4).
//
//kernel:fn check_prev_add kernel/locking/lockdep.c
func (v *Validator) checkPrevAdd(t *Task, prev, next *held, shared *savedStack) bool {
	switch e, res := v.search(next.class, forwards, prev.class, 0); res {
	case found:
		if !v.reportCircular(t, next, prev, e) {
			return false
		}
	case queueFull:
		v.bfsLimit(t)
		return false
	}
	if !v.checkPrevAddIrq(t, prev, next) {
		return false
	}
	if next.how&ReadRecursive != 0 || v.direct(prev.class, next.class) {
		return true
	}
	if !shared.saved {
		shared.stack, shared.saved = v.capture(), true
	}
	return v.addEdge(t, prev.class, next.class, shared.stack)
}
