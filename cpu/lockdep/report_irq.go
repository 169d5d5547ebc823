package lockdep

import (
	"fmt"
	"slices"
	"strings"
)

// reportSafeUnsafe reports a new edge prev before next that connects the safe
// class at the end of back with the unsafe class at the end of fwd; safe and
// unsafe are the bits that conflict (docs/kernel/lockdep.md §2.4).
//
//kernel:fn print_bad_irq_dependency kernel/locking/lockdep.c
func (v *Validator) reportSafeUnsafe(t *Task, prev, next *held, back, fwd []hop, safe, unsafe usageBit) bool {
	name := safe.stateName()
	tail := v.pathNames(fwd)
	slices.Reverse(tail)
	classes := append(v.pathNames(back), tail...)
	w := v.beginJudged(t, SafeUnsafe, name, classes, classes, v.judgeIrq(prev, next))
	if w == nil {
		return true
	}
	safeClass, unsafeClass := back[0].to, fwd[0].to
	w.header()
	w.text("%s is trying to acquire:", w.taskState())
	w.lock("", next)
	w.blank()
	w.text("and this task is already holding:")
	w.lock("", prev)
	w.text("which would create a new lock dependency:")
	w.text("%s ->%s", v.lockName(prev.class), v.lockName(next.class))
	w.blank()
	w.text("but this new dependency connects a %s-irq-safe lock:", name)
	w.text("%s", v.lockName(safeClass))
	w.text("... which became %s-irq-safe at:", name)
	w.trace("", 2, v.usageTrace(safeClass, safe))
	w.blank()
	w.text("to a %s-irq-unsafe lock:", name)
	w.text("%s", v.lockName(unsafeClass))
	w.text("... which became %s-irq-unsafe at:", name)
	w.trace("...", 2, v.usageTrace(unsafeClass, unsafe))
	w.blank()
	w.text("other info that might help us debug this:")
	w.blank()
	w.irqScenario(safeClass, unsafeClass, prev.class, next.class)
	w.held()
	w.blank()
	w.text("the dependencies between %s-irq-safe lock and the holding lock:", name)
	w.dependencies(back)
	w.blank()
	w.text("the dependencies between the lock to be acquired and %s-irq-unsafe lock:", name)
	w.dependencies(fwd)
	w.backtrace()
	return w.end()
}

// reportInversion reports that h's class has just become safe or unsafe while
// the class at the end of path, in direction dir, has the opposite bit. The STATE of
// the text is that of the opposite bit, whatever the new one is
// (docs/kernel/lockdep.md §2.6).
//
//kernel:fn print_irq_inversion_bug kernel/locking/lockdep.c
func (v *Validator) reportInversion(t *Task, h *held, path []hop, dir direction, opposite usageBit) bool {
	// From leaf to root: the leaf is the unsafe end of a forward search, the
	// safe end of a backward one.
	classes := v.pathNames(path)
	if dir == forwards {
		slices.Reverse(classes)
	}
	w := v.beginJudged(t, Inversion, "", classes, classes, v.judgeInversion(h, opposite^dirBit))
	if w == nil {
		return true
	}
	otherClass := path[0].to
	middle := path[max(0, len(path)-2)].to // the class next to h's on the path
	w.header()
	w.text("%s just changed the state of lock:", t)
	w.lock("", h)
	if dir == forwards {
		w.text("but this lock took another, %s-unsafe lock in the past:", opposite.stateName())
	} else {
		w.text("but this lock was taken by another, %s-safe lock in the past:", opposite.stateName())
	}
	w.text("%s", v.lockName(otherClass))
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
	w.dependencies(path)
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
	s, m, u := w.v.className(safe), w.v.className(mid), w.v.className(unsafe)
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
func (w *writer) dependencies(path []hop) {
	for i, h := range path {
		depth := len(path) - 1 - i
		w.class(h.to, depth)
		w.text("%s ... acquired at:", strings.Repeat(" ", depth))
		w.trace("", 3, w.acquiredAt(h))
		w.blank()
	}
}

// class dumps one class: a trace per usage bit, indented by the length of its
// caption and one, then the key. Newer kernels do not print its operations.
//
//kernel:fn print_lock_class_header kernel/locking/lockdep.c
func (w *writer) class(n int32, depth int) {
	c := &w.v.g.verts[n]
	pad := strings.Repeat(" ", depth)
	ops := ""
	if !w.v.strict {
		ops = fmt.Sprintf(" ops: %d", c.ops)
	}
	w.text("%s->%s%s {", pad, w.v.lockName(n), ops)
	for bit := usageBit(0); int(bit) < usageBits; bit++ {
		if c.usage&bit.mask() != 0 {
			caption := pad + "   " + bit.String() + " at:"
			w.text("%s", caption)
			w.trace("", len(caption)+len("\n")+1, w.v.usageTrace(n, bit))
		}
	}
	w.text("%s }", pad)
	k := &w.v.classes[n]
	w.text("%s ... key      at: [<%016x>] __key.%d+0x%x/0x8", pad, w.v.keyAddr(n), k.keyNo, k.subclass)
}
