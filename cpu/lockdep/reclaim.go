package lockdep

// Reclaim says whether t frees memory on behalf of an allocation that may use
// file systems. By the newer rules it says nothing: there the caller takes a
// map for it (docs/kernel/lockdep.md §1.5).
//
//kernel:fn lockdep_set_current_reclaim_state kernel/locking/lockdep.c
func (v *Validator) Reclaim(t *Task, on bool) {
	t.used &^= usedInReclaimFS.mask()
	if on && !v.strict {
		t.used |= usedInReclaimFS.mask()
	}
}

// Alloc notes an allocation: whether it may reclaim memory directly (not so
// for a task that is itself reclaiming), whether through file systems, and
// whether interrupts are off, which is wrong for such an allocation. What is
// held then is held over reclaim (docs/kernel/lockdep.md §1.5).
//
//kernel:fn __lockdep_trace_alloc kernel/locking/lockdep.c
func (v *Validator) Alloc(t *Task, reclaim, fs, noIrq bool) {
	if !v.on || t.recursion != 0 || v.strict || !reclaim || !fs {
		return
	}
	if noIrq {
		v.warn(t, "__lockdep_trace_alloc", "DEBUG_LOCKS_WARN_ON(irqs_disabled_flags(flags))")
		return
	}
	v.markHeld(t, reclaimFS)
}
