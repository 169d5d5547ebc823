package lockdep

import "slices"

// The twin of this file and the next two judges a history by definition: it
// keeps everything that ever happened as facts about pairs of locks, and after
// every new fact it enumerates the strong cycles that the fact may close. It
// has no graph of stored edges, no usage bits, no chain keys and no breadth
// first search, and uses no code of the package.

// An order is a fact about two locks: while somebody held from, to was asked
// for. Whether locks are classes or instances is for the owner of the facts.
type order struct {
	from, to int
	reader   bool // from was held by a reader of either sort
	weak     bool // to was asked for by a recursive reader
	// irq: nobody did it, but an interrupt may: from was held with interrupts
	// of some state on, and a handler of that state asked for to.
	irq bool
}

// waits tells whether who asks for the end of a waits for who holds the start
// of b, the same lock: a recursive reader passes all readers, everybody else
// waits for everybody (docs/kernel/lockdep.md §1.7).
func waits(a, b order) bool { return !(a.weak && b.reader) }

// A use is a fact about one lock and interrupts of one state.
type use struct {
	state, lock int
	read        bool // a reader; handlers of the twin only read recursively
}

// facts is all that is known of a set of locks.
type facts struct {
	orders []order // each once
	used   []use   // asked for in a handler
	open   []use   // held with such interrupts on
}

// add notes an order and tells whether it is new.
func (f *facts) add(o order) bool {
	if slices.Contains(f.orders, o) {
		return false
	}
	f.orders = append(f.orders, o)
	return true
}

// addUse notes a use in a handler, or with interrupts open, and returns the
// orders that it makes possible; none if it is not new.
func (f *facts) addUse(u use, open bool) (possible []order) {
	mine, others := &f.used, f.open
	if open {
		mine, others = &f.open, f.used
	}
	if slices.Contains(*mine, u) {
		return nil
	}
	*mine = append(*mine, u)
	for _, other := range others {
		if other.state != u.state {
			continue
		}
		o := order{from: other.lock, reader: other.read, to: u.lock, weak: u.read, irq: true}
		if open {
			o = order{from: u.lock, reader: u.read, to: other.lock, weak: other.read, irq: true}
		}
		f.add(o)
		possible = append(possible, o)
	}
	return possible
}

// cycles calls found with each strong cycle through first, until that returns
// true, and tells whether it did. A cycle visits no lock twice: one that did
// would be two, at least one of them strong. Without irqs only what was really
// done counts.
func (f *facts) cycles(first order, irqs bool, found func([]order) bool) bool {
	return f.extend([]order{first}, irqs, found)
}

func (f *facts) extend(path []order, irqs bool, found func([]order) bool) bool {
	first, last := path[0], path[len(path)-1]
	if last.to == first.from {
		return waits(last, first) && found(path)
	}
	for _, o := range f.orders {
		if o.from != last.to || o.irq && !irqs || !waits(last, o) || o.to == o.from {
			continue
		}
		visited := slices.ContainsFunc(path[1:], func(p order) bool { return p.from == o.to })
		if !visited && f.extend(append(path, o), irqs, found) {
			return true
		}
	}
	return false
}

// deadlock tells whether a strong cycle leads through o.
func (f *facts) deadlock(o order, irqs bool) bool {
	return f.cycles(o, irqs, func([]order) bool { return true })
}
