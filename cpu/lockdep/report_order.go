package lockdep

import "slices"

// reportCircular reports the cycle that prev before next would close; path
// leads from next's class to prev's. Entry #0 is the new lock with the current
// stack, the highest is the held lock (docs/kernel/lockdep.md §2.2).
//
//kernel:fn print_circular_bug kernel/locking/lockdep.c
func (v *Validator) reportCircular(t *Task, next, prev *held, path []hop) bool {
	names := v.pathNames(path)
	slices.Reverse(names)
	w := v.beginJudged(t, Circular, "", names, rotated(names), v.judgeCycle(prev, next))
	if w == nil {
		return true
	}
	w.header()
	w.text("%s is trying to acquire lock:", t)
	w.lock("", next)
	w.blank()
	w.text("but task is already holding lock:")
	w.lock("", prev)
	w.blank()
	w.text("which lock already depends on the new lock.")
	w.blank()
	w.blank()
	w.text("the existing dependency chain (in reverse order) is:")
	for i, h := range path {
		w.blank()
		w.text("-> #%d%s:", len(path)-1-i, v.lockName(h.to))
		w.trace("", 7, w.acquiredAt(h))
	}
	w.blank()
	w.text("other info that might help us debug this:")
	w.blank()
	w.circularScenario(next, names[max(0, len(names)-2)], prev)
	w.held()
	w.backtrace()
	return w.end()
}

// circularScenario is the table of two CPUs. There is none for three: a longer
// cycle names the class before the target as its middle.
//
//kernel:fn print_circular_lock_scenario kernel/locking/lockdep.c
func (w *writer) circularScenario(next *held, parent string, prev *held) {
	source, target := w.v.className(next.class), w.v.className(prev.class)
	if parent != source {
		w.chain(source, parent, target)
	}
	w.twoCPUs("")
	w.lockAs("  ", prev)
	w.text(cpu1+"lock(%s);", parent)
	w.text(cpu1+"lock(%s);", target)
	w.lockAs("  ", next)
	w.deadlock()
}

// acquiredAt is the stack of a step of a path, which for the root is that of
// the event itself.
func (w *writer) acquiredAt(h hop) Stack {
	if h.edge == 0 {
		return w.stack
	}
	return w.v.g.edges[h.edge].stack
}

// rotated starts a cycle at its least name: the same cycle found at another of
// its edges is the same report.
func rotated(cycle []string) []string {
	least := 0
	for i := range cycle {
		if cycle[i] < cycle[least] {
			least = i
		}
	}
	return append(slices.Clone(cycle[least:]), cycle[:least]...)
}

// reportRecursive reports a class that its holder takes again
// (docs/kernel/lockdep.md §2.3).
//
//kernel:fn print_deadlock_bug kernel/locking/lockdep.c
func (v *Validator) reportRecursive(t *Task, next, prev *held) bool {
	classes := []string{v.className(next.class)}
	w := v.beginJudged(t, Recursive, "", classes, classes, v.judgeRecursion(prev, next))
	if w == nil {
		return true
	}
	w.header()
	w.text("%s is trying to acquire lock:", t)
	w.lock("", next)
	w.blank()
	w.text("but task is already holding lock:")
	w.lock("", prev)
	if k := v.classes[prev.class].key; v.strict && k.Cmp != nil {
		w.text("and the lock comparison function returns %d:", k.Cmp(prev.m, next.m))
	}
	w.blank()
	w.text("other info that might help us debug this:")
	w.oneCPU()
	w.text("  lock(%s);", classes[0])
	w.text("  lock(%s);", classes[0])
	w.deadlock()
	w.text(" May be due to missing lock nesting notation")
	w.blank()
	w.held()
	w.backtrace()
	return w.end()
}
