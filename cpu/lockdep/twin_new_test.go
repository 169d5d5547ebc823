package lockdep

import (
	"fmt"
	"slices"
)

// The ways in which RulesNew is known to err.
const (
	// overReader: holding A, recursively reading B, who takes C makes A wait for
	// C's holder, but the walk down ends at B, and A -> B -> C is no strong path
	// (docs/kernel/lockdep.md §1.4, §1.7).
	overReader = iota
	// visitedTooEarly: the search marks a class before it knows whether the step
	// to it counts (docs/kernel/lockdep.md §1.7).
	visitedTooEarly
	// takenAnew: an out-of-order release marks what it takes anew with the
	// hardirq flag of the first time and the softirq flag of now
	// (docs/kernel/lockdep.md §1.8).
	takenAnew
)

var holeNames = [...]string{"over a reader", "visited too early", "taken anew"}

// newRulesProgram runs a program by RulesNew. At the first difference from the twin
// it finds the hole that explains it, or returns what cannot be explained.
func newRulesProgram(draw func(int) int, events int, count *tally) string {
	w, lenient := newWorld(programTasks, false), newWorld(programTasks, true)
	p := newProgram(draw, RulesNew, 1, w, lenient)
	for range events {
		p.step()
		reported := len(p.reports) > 0
		switch {
		case reported == w.wrong && !w.wrong:
			continue
		case reported && w.wrong:
		case reported && lenient.wrong:
			count.holes[takenAnew]++
		case reported:
			return fmt.Sprintf("%vthe validator reports %v, the twin sees nothing", p, p.reports[0].Kind)
		case !lenient.wrong:
			count.holes[overReader]++
		default:
			if why := visitedEarly(&lenient.classes, lenient.closing); why != "" {
				return fmt.Sprintf("%vthe twin says %v, the validator is silent: %s", p, lenient.kind, why)
			}
			count.holes[visitedTooEarly]++
		}
		break
	}
	count.add(w)
	return ""
}

// visitedEarly tells why the cycles through an order cannot have been missed
// because a class of them was first visited on a weak way, "" if they can. Each
// must be found when it is all that there is, and each must have a class that
// something outside the cycle enters weakly.
func visitedEarly(f *facts, closing order) (why string) {
	f.cycles(closing, true, func(cycle []order) bool {
		switch {
		case !alone(cycle):
			why = fmt.Sprintf("nor does it find %v when it is alone", cycle)
		case !weakEntry(f, cycle):
			why = fmt.Sprintf("no weak way leads into %v", cycle)
		}
		return why != ""
	})
	return why
}

// weakEntry tells whether a step that is not of the cycle and that a search, in
// either direction, may have to drop leads to a class of it.
func weakEntry(f *facts, cycle []order) bool {
	return slices.ContainsFunc(f.orders, func(o order) bool {
		in := func(c order) bool { return c.from == o.to || c.from == o.from }
		return !o.irq && (o.weak || o.reader) && !slices.Contains(cycle, o) && slices.ContainsFunc(cycle, in)
	})
}

// alone tells whether a new validator by RulesNew reports a cycle when its
// orders are all that ever happens.
func alone(cycle []order) bool {
	v := New(Config{Rules: RulesNew})
	t := v.NewTask("alone", 1)
	maps := map[int]*Map{}
	take := func(lock int, how How) *Map {
		if maps[lock] == nil {
			maps[lock] = new(Map)
			maps[lock].Init(&Key{Name: fmt.Sprint("L", lock)})
		}
		v.Acquire(t, maps[lock], how)
		return maps[lock]
	}
	v.HardirqsOff(t)
	for _, o := range cycle {
		from, to := How(0), How(0)
		if o.reader {
			from = ReadRecursive
		}
		if o.weak {
			to = ReadRecursive
		}
		if !o.irq {
			a := take(o.from, from)
			v.Release(t, take(o.to, to))
			v.Release(t, a)
			continue
		}
		// A softirq's cycle is a hardirq's too, if all its orders are there.
		v.HardirqEnter(t)
		v.Release(t, take(o.to, to))
		v.HardirqExit(t)
		v.HardirqsOn(t)
		v.Release(t, take(o.from, from))
		v.HardirqsOff(t)
	}
	return !v.DebugLocks()
}
