package lockdep

import "fmt"

// HardirqsOn notes that t enables hardirqs. On a real change, not a redundant
// one, every held lock becomes hardirq-unsafe, and softirq-unsafe too if
// softirqs are enabled: disabled hardirqs had kept that bit away. Enabling
// inside a hardirq handler is a warning (docs/kernel/lockdep.md §1.5, §1.9).
//
// A validator that is off goes on following the flags of all tasks, so that
// they are right when Reset switches it on.
//
//kernel:fn trace_hardirqs_on_caller kernel/locking/lockdep.c
func (v *Validator) HardirqsOn(t *Task) {
	if !v.on || t.recursion != 0 || t.hardirqsOn {
		t.hardirqsOn = t.hardirqsOn || t.recursion == 0
		return
	}
	if v.strict {
		v.hardirqsOnStrict(t)
		return
	}
	if t.hardirqCtx != 0 && !v.warn(t, "trace_hardirqs_on_caller", "DEBUG_LOCKS_WARN_ON(current->hardirq_context)") {
		t.hardirqsOn = true
		return
	}
	t.hardirqsOn = true
	if v.markEnabled(t) {
		t.note(&t.hardirqsOnAt, v.here())
	}
}

// markEnabled marks what is held as hardirqs go on.
func (v *Validator) markEnabled(t *Task) bool {
	return v.markHeld(t, hardirq) && (!t.softirqsOn || v.markHeld(t, softirq))
}

// hardirqsOnStrict is HardirqsOn of kernels that prepare first: the held locks
// are judged while the flag is still off.
func (v *Validator) hardirqsOnStrict(t *Task) {
	if !t.prepared {
		v.HardirqsOnPrepare(t)
		if !t.prepared {
			t.hardirqsOn = true
			return
		}
	}
	t.prepared = false
	if t.preparedAt != t.key && !v.warn(t, "lockdep_hardirqs_on", "DEBUG_LOCKS_WARN_ON(current->hardirq_chain_key != current->curr_chain_key)") {
		t.hardirqsOn = true
		return
	}
	t.hardirqsOn = true
	t.note(&t.hardirqsOnAt, v.here())
}

// HardirqsOnPrepare is the first half of HardirqsOn by the newer rules, for a
// path that runs no tracing between the halves. A lock taken or released in
// between is a warning of the second (docs/kernel/lockdep.md §1.9).
//
//kernel:fn lockdep_hardirqs_on_prepare kernel/locking/lockdep.c
func (v *Validator) HardirqsOnPrepare(t *Task) {
	if !v.on || t.recursion != 0 || t.hardirqsOn || !v.strict {
		return
	}
	if t.hardirqCtx != 0 && !v.warn(t, "lockdep_hardirqs_on_prepare", "DEBUG_LOCKS_WARN_ON(lockdep_hardirq_context())") {
		return
	}
	if v.markEnabled(t) {
		t.prepared, t.preparedAt = true, t.key
	}
}

// HardirqsOff notes that t disables hardirqs (docs/kernel/lockdep.md §1.9).
//
//kernel:fn trace_hardirqs_off_caller kernel/locking/lockdep.c
func (v *Validator) HardirqsOff(t *Task) {
	if !v.on || t.recursion != 0 || !t.hardirqsOn {
		t.hardirqsOn = t.hardirqsOn && t.recursion != 0
		return
	}
	t.hardirqsOn = false
	t.note(&t.hardirqsOffAt, v.here())
}

// SoftirqsOn notes that t enables softirqs, the outermost local_bh_enable. Held
// locks become softirq-unsafe only if hardirqs are enabled; otherwise the later
// HardirqsOn marks them (docs/kernel/lockdep.md §1.5).
//
//kernel:fn trace_softirqs_on kernel/locking/lockdep.c
func (v *Validator) SoftirqsOn(t *Task) {
	if !v.on || t.recursion != 0 || t.softirqsOn {
		t.softirqsOn = t.softirqsOn || t.recursion == 0
		return
	}
	t.softirqsOn = true
	t.note(&t.softirqsOnAt, v.here())
	if t.hardirqsOn {
		v.markHeld(t, softirq)
	}
}

// SoftirqsOff notes that t disables softirqs (docs/kernel/lockdep.md §1.9).
//
//kernel:fn trace_softirqs_off kernel/locking/lockdep.c
func (v *Validator) SoftirqsOff(t *Task) {
	if !v.on || t.recursion != 0 || !t.softirqsOn {
		t.softirqsOn = t.softirqsOn && t.recursion != 0
		return
	}
	t.softirqsOn = false
	t.note(&t.softirqsOffAt, v.here())
}

// note stamps a change of a flag.
func (t *Task) note(s *stamp, site Site) {
	t.events++
	*s = stamp{event: t.events, site: site}
}

// HardirqEnter notes that a hardirq handler starts on t's stack. Contexts are
// counted whether or not the validator judges (docs/kernel/lockdep.md §1.9).
//
//kernel:fn trace_hardirq_enter include/linux/irqflags.h
func (v *Validator) HardirqEnter(t *Task) {
	if t.hardirqCtx++; t.hardirqCtx == 1 {
		t.threaded = false
	}
	t.contextChanged()
}

// HardirqExit ends what HardirqEnter began; without it, it panics
// (docs/kernel/lockdep.md §1.9).
//
//kernel:fn trace_hardirq_exit include/linux/irqflags.h
func (v *Validator) HardirqExit(t *Task) {
	if t.hardirqCtx == 0 {
		panic(fmt.Sprintf("lockdep: %s leaves hardirq context at depth 0", t))
	}
	t.hardirqCtx--
	t.contextChanged()
}

// SoftirqEnter notes that softirqs start to run on t's stack. When they do so
// on the way out of a hardirq, that context is left until SoftirqExit: the
// locks of a softirq are no hardirq locks (docs/kernel/lockdep.md §1.9).
//
//kernel:fn lockdep_softirq_start kernel/softirq.c
func (v *Validator) SoftirqEnter(t *Task) {
	t.leftHardirq <<= 1
	if t.hardirqCtx != 0 {
		t.leftHardirq |= 1
		t.hardirqCtx--
	}
	t.softirqCtx++
	t.contextChanged()
}

// SoftirqExit ends what SoftirqEnter began; without it, it panics
// (docs/kernel/lockdep.md §1.9).
//
//kernel:fn lockdep_softirq_end kernel/softirq.c
func (v *Validator) SoftirqExit(t *Task) {
	if t.softirqCtx == 0 {
		panic(fmt.Sprintf("lockdep: %s leaves softirq context at depth 0", t))
	}
	t.softirqCtx--
	t.hardirqCtx += int32(t.leftHardirq & 1)
	t.leftHardirq >>= 1
	t.contextChanged()
}

// contextChanged derives from the counters what the hot path reads.
func (t *Task) contextChanged() {
	t.used, t.irq = t.used&usedInReclaimFS.mask(), 0
	if t.hardirqCtx != 0 {
		t.used |= usedInHardirq.mask()
		t.irq |= 2
	}
	if t.softirqCtx != 0 {
		t.used |= usedInSoftirq.mask()
		t.irq |= 1
	}
}

// LockdepOff hides the following events of t, flag changes included, until
// the matching LockdepOn; the two nest. printk hides its locks with it
// (docs/kernel/lockdep.md §1.1, docs/kernel/rcu-perf.md §19).
//
//kernel:fn lockdep_off kernel/locking/lockdep.c
func (v *Validator) LockdepOff(t *Task) { t.recursion++ }

// LockdepOn ends what LockdepOff began; without it, it panics
// (docs/kernel/lockdep.md §1.1).
//
//kernel:fn lockdep_on kernel/locking/lockdep.c
func (v *Validator) LockdepOn(t *Task) {
	if t.recursion == 0 {
		panic(fmt.Sprintf("lockdep: %s turns lockdep on at recursion 0", t))
	}
	t.recursion--
}

// String is COMM/PID, as in the reports (docs/kernel/lockdep.md §2.1).
func (t *Task) String() string { return fmt.Sprintf("%s/%d", t.comm, t.pid) }
