package lockdep

import "fmt"

// reportUsage reports a class that has the bit old and now gets the bit now
// (docs/kernel/lockdep.md §2.5).
//
//kernel:fn print_usage_bug kernel/locking/lockdep.c
func (v *Validator) reportUsage(t *Task, h *held, old, now usageBit) bool {
	name := v.className(h.class)
	classes := []string{name}
	w := v.beginJudged(t, Inconsistent, "", classes, classes, v.judgeSame(h.m, h.m.usage&conflicts(old, now) != 0))
	if w == nil {
		return true
	}
	w.header()
	w.text("inconsistent {%s} -> {%s} usage.", old, now)
	w.text("%s takes:", w.taskState())
	w.lock("", h)
	w.text("{%s} state was registered at:", old)
	w.trace("", 2, v.usageTrace(h.class, old))
	w.irqEvents()
	w.blank()
	w.text("other info that might help us debug this:")
	w.oneCPU()
	w.text("  lock(%s);", name)
	w.text("  <Interrupt>")
	w.text("    lock(%s);", name)
	w.deadlock()
	w.held()
	w.backtrace()
	return w.end()
}

// taskState is COMM/PID [HCa[b]:SCc[d]:HEe:SEf]. The counts b and d are those
// of preempt_count, which the validator is not told: they are derived from
// contexts and flags. A running softirq counts 1, a local_bh_disable 2.
func (w *writer) taskState() string {
	t := w.t
	soft := t.softirqCtx
	if soft == 0 && !t.softirqsOn {
		soft = 2
	}
	return fmt.Sprintf("%s [HC%d[%d]:SC%d[%d]:HE%d:SE%d]", t, t.hardirqCtx, t.hardirqCtx,
		t.softirqCtx, soft, bool2int(t.hardirqsOn), bool2int(t.softirqsOn))
}

// irqEvents is the block that says when each flag last changed.
//
//kernel:fn print_irqtrace_events kernel/locking/lockdep.c
func (w *writer) irqEvents() {
	t := w.t
	w.text("irq event stamp: %d", t.events)
	w.stamp("hardirqs last  enabled", t.hardirqsOnAt)
	w.stamp("hardirqs last disabled", t.hardirqsOffAt)
	w.stamp("softirqs last  enabled", t.softirqsOnAt)
	w.stamp("softirqs last disabled", t.softirqsOffAt)
}

// stamp prints one of them. Event 0 is none: the kernel shows a null address.
func (w *writer) stamp(what string, s stamp) {
	if s.event == 0 {
		w.text("%s at (0): [<          (null)>]           (null)", what)
		return
	}
	w.at(fmt.Sprintf("%s at (%d): ", what, s.event), s.site)
}

// reportUnlock reports a release of a lock that is not held in this context
// (docs/kernel/lockdep.md §2.7).
//
//kernel:fn print_unlock_imbalance_bug kernel/locking/lockdep.c
func (v *Validator) reportUnlock(t *Task, m *Map) bool {
	classes := []string{m.name()}
	w := v.begin(t, UnlockBalance, "", classes, classes)
	if w == nil {
		return true
	}
	w.header()
	w.text("%s is trying to release lock (%s) at:", t, m.name())
	w.at("", v.here())
	w.text("but there are no more locks to release!")
	w.blank()
	w.text("other info that might help us debug this:")
	w.held()
	w.backtrace()
	return w.end()
}

// reportNest reports an acquisition under a nest lock that is not held. It
// really prints the backtrace twice (docs/kernel/lockdep.md §2.8).
//
//kernel:fn print_lock_nested_lock_not_held kernel/locking/lockdep.c
func (v *Validator) reportNest(t *Task, h *held) bool {
	classes := []string{v.className(h.class), h.nest.name()}
	w := v.begin(t, NestNotHeld, "", classes, classes)
	if w == nil {
		return true
	}
	w.header()
	w.text("%s is trying to lock:", t)
	w.lock("", h)
	w.blank()
	w.text("but this task is not holding:")
	w.text("%s", h.nest.name())
	w.backtrace()
	w.blank()
	w.text("other info that might help us debug this:")
	w.held()
	w.backtrace()
	return w.end()
}

// conflicts is the set of bits that cannot be together with now: that which is
// reported, and of an interrupt state also its other form if now is a writer's.
// The class has the first that was looked for, the lock perhaps another.
func conflicts(old, now usageBit) usageMask {
	if now >= lockUsed || now&readBit != 0 {
		return old.mask()
	}
	return (now.exclusive() | readBit).mask() | now.exclusive().mask()
}
