package lockdep

import "slices"

// reportCircular reports the cycle that prev before next would close; leaf is
// the search entry at prev's class. Entry #0 is the new lock with the current
// stack, the highest is the held lock (docs/kernel/lockdep.md §2.2).
//
//kernel:fn print_circular_bug kernel/locking/lockdep.c
func (v *Validator) reportCircular(t *Task, next, prev *held, leaf int32) bool {
	path := v.path(leaf)
	names := v.names(next.class, path)
	slices.Reverse(names)
	w := v.begin(t, Circular, "INFO: possible circular locking dependency detected", names, rotated(names))
	if w == nil {
		return true
	}
	w.header(54, 55)
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
	for i, e := range path {
		w.blank()
		w.text("-> #%d%s:", len(path)-1-i, v.classes[v.at(next.class, e)].lockName())
		if e == 0 {
			w.trace("", 7, w.stack)
		} else {
			w.trace("", 7, v.edges[e].stack)
		}
	}
	w.blank()
	w.text("other info that might help us debug this:")
	w.blank()
	source, target := names[0], names[len(names)-1]
	w.circularScenario(source, names[max(0, len(names)-2)], target)
	w.held()
	w.backtrace()
	return w.end()
}

// circularScenario is the table of two CPUs. There is none for three: a longer
// cycle names the class before the target as its middle.
//
//kernel:fn print_circular_lock_scenario kernel/locking/lockdep.c
func (w *writer) circularScenario(source, parent, target string) {
	if parent != source {
		w.chain(source, parent, target)
	}
	w.twoCPUs("")
	w.text("  lock(%s);", target)
	w.text(cpu1+"lock(%s);", parent)
	w.text(cpu1+"lock(%s);", target)
	w.text("  lock(%s);", source)
	w.deadlock()
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
	name := v.classes[next.class].name()
	classes := []string{name}
	w := v.begin(t, Recursive, "INFO: possible recursive locking detected", classes, classes)
	if w == nil {
		return true
	}
	w.header(45, 45)
	w.text("%s is trying to acquire lock:", t)
	w.lock("", next)
	w.blank()
	w.text("but task is already holding lock:")
	w.lock("", prev)
	w.blank()
	w.text("other info that might help us debug this:")
	w.oneCPU()
	w.text("  lock(%s);", name)
	w.text("  lock(%s);", name)
	w.deadlock()
	w.text(" May be due to missing lock nesting notation")
	w.blank()
	w.held()
	w.backtrace()
	return w.end()
}
