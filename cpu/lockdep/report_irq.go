package lockdep

import (
	"slices"
	"strings"
)

// reportSafeUnsafe reports a new edge prev before next that connects the safe
// class at back with the unsafe class at fwd; safe is the bit of the former
// (docs/kernel/lockdep.md §2.4).
//
//kernel:fn print_bad_irq_dependency kernel/locking/lockdep.c
func (v *Validator) reportSafeUnsafe(t *Task, prev, next *held, back, fwd int32, safe usageBit) bool {
	name := safe.stateName()
	backPath, fwdPath := v.path(back), v.path(fwd)
	tail := v.names(next.class, fwdPath)
	slices.Reverse(tail)
	classes := append(v.names(prev.class, backPath), tail...)
	w := v.begin(t, SafeUnsafe, "INFO: "+name+"-safe -> "+name+"-unsafe lock order detected", classes, classes)
	if w == nil {
		return true
	}
	p, n := &v.classes[prev.class], &v.classes[next.class]
	safeClass, unsafeClass := v.at(prev.class, back), v.at(next.class, fwd)
	w.header(54, 54)
	w.text("%s is trying to acquire:", w.taskState())
	w.lock("", next)
	w.blank()
	w.text("and this task is already holding:")
	w.lock("", prev)
	w.text("which would create a new lock dependency:")
	w.text("%s ->%s", p.lockName(), n.lockName())
	w.blank()
	w.text("but this new dependency connects a %s-irq-safe lock:", name)
	w.text("%s", v.classes[safeClass].lockName())
	w.text("... which became %s-irq-safe at:", name)
	w.trace("", 2, v.usageTrace(safeClass, safe))
	w.blank()
	w.text("to a %s-irq-unsafe lock:", name)
	w.text("%s", v.classes[unsafeClass].lockName())
	w.text("... which became %s-irq-unsafe at:", name)
	w.trace("...", 2, v.usageTrace(unsafeClass, safe.exclusive()))
	w.blank()
	w.text("other info that might help us debug this:")
	w.blank()
	w.irqScenario(safeClass, unsafeClass, prev.class, next.class)
	w.held()
	w.blank()
	w.text("the dependencies between %s-irq-safe lock and the holding lock:", name)
	w.dependencies(prev.class, backPath)
	w.blank()
	w.text("the dependencies between the lock to be acquired and %s-irq-unsafe lock:", name)
	w.dependencies(next.class, fwdPath)
	w.backtrace()
	return w.end()
}

// reportInversion reports that h's class has just become safe or unsafe while
// the class at other, which dir leads to, has the opposite bit. The STATE of
// the text is that of the opposite bit, whatever the new one is
// (docs/kernel/lockdep.md §2.6).
//
//kernel:fn print_irq_inversion_bug kernel/locking/lockdep.c
func (v *Validator) reportInversion(t *Task, h *held, other int32, dir direction, opposite usageBit) bool {
	path := v.path(other)
	// From leaf to root: the leaf is the unsafe end of a forward search, the
	// safe end of a backward one.
	classes := v.names(h.class, path)
	if dir == forwards {
		slices.Reverse(classes)
	}
	w := v.begin(t, Inversion, "INFO: possible irq lock inversion dependency detected", classes, classes)
	if w == nil {
		return true
	}
	otherClass := v.edges[other].class
	middle := v.edges[path[len(path)-2]].class // the class next to h's on the path
	w.header(57, 57)
	w.text("%s just changed the state of lock:", t)
	w.lock("", h)
	if dir == forwards {
		w.text("but this lock took another, %s-unsafe lock in the past:", opposite.stateName())
	} else {
		w.text("but this lock was taken by another, %s-safe lock in the past:", opposite.stateName())
	}
	w.text("%s", v.classes[otherClass].lockName())
	w.blank()
	w.text("and interrupts could create inverse lock ordering between them.")
	w.blank()
	w.blank()
	w.text("other info that might help us debug this:")
	if dir == forwards {
		w.irqScenario(h.class, otherClass, middle, otherClass)
	} else {
		w.irqScenario(otherClass, h.class, middle, h.class)
	}
	w.held()
	w.blank()
	w.text("the shortest dependencies between 2nd lock and 1st lock:")
	w.dependencies(h.class, path)
	w.backtrace()
	return w.end()
}

// irqScenario is the table of an interrupt that hits the holder of the unsafe
// lock. The middle is prev, or next if prev is the safe class itself.
//
//kernel:fn print_irq_lock_scenario kernel/locking/lockdep.c
func (w *writer) irqScenario(safe, unsafe, prev, next int32) {
	mid := prev
	if mid == safe {
		mid = next
	}
	c := w.v.classes
	s, m, u := c[safe].name(), c[mid].name(), c[unsafe].name()
	if mid != unsafe {
		w.chain(s, m, u)
	}
	w.twoCPUs(" interrupt")
	w.text("  lock(%s);", u)
	w.text(cpu1 + "local_irq_disable();")
	w.text(cpu1+"lock(%s);", s)
	w.text(cpu1+"lock(%s);", m)
	w.text("  <Interrupt>")
	w.text("    lock(%s);", s)
	w.deadlock()
}

// dependencies dumps the classes of a path, leaf first, each indented by its
// depth. The root's stack is the current one.
//
//kernel:fn print_shortest_lock_dependencies kernel/locking/lockdep.c
func (w *writer) dependencies(root int32, path []int32) {
	for i, e := range path {
		depth := len(path) - 1 - i
		w.class(w.v.at(root, e), depth)
		w.text("%s ... acquired at:", strings.Repeat(" ", depth))
		stack := w.stack
		if e != 0 {
			stack = w.v.edges[e].stack
		}
		w.trace("", 3, stack)
		w.blank()
	}
}

// The printed address of a key is synthetic: keys lie eight bytes apart in
// order of first use, and a subclass is an offset into its key.
const keyBase = 0xffffffff82a00000

// class dumps one class: a trace per usage bit, indented by the length of its
// caption and one, then the key.
//
//kernel:fn print_lock_class_header kernel/locking/lockdep.c
func (w *writer) class(n int32, depth int) {
	c := &w.v.classes[n]
	pad := strings.Repeat(" ", depth)
	w.text("%s->%s ops: %d {", pad, c.lockName(), c.ops)
	for bit := usageBit(0); bit <= lockUsed; bit++ {
		if c.usage&bit.mask() != 0 {
			caption := pad + "   " + bit.String() + " at:"
			w.text("%s", caption)
			w.trace("", len(caption)+len("\n")+1, w.v.usageTrace(n, bit))
		}
	}
	w.text("%s }", pad)
	w.text("%s ... key      at: [<%016x>] __key.%d+0x%x/0x8", pad,
		keyBase+8*uint64(c.keyNo)+uint64(c.subclass), c.keyNo, c.subclass)
}
