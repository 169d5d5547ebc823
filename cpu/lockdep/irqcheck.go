package lockdep

// CheckFlags compares the flags that v was told with those of the processor
// that t runs on, as DEBUG_LOCKDEP does at every entry: whether hardirqs are
// off, and whether softirqs are, which is not asked in hardirq context. It
// tells whether they agree (docs/kernel/lockdep.md §1.9).
//
//kernel:fn check_flags kernel/locking/lockdep.c
func (v *Validator) CheckFlags(t *Task, hardirqsOff, softirqsOff bool) bool {
	if !v.on || t.recursion != 0 {
		return true
	}
	hard, soft := "current->hardirqs_enabled", "current->softirqs_enabled"
	if v.strict {
		hard = "lockdep_hardirqs_enabled()"
	}
	switch {
	case hardirqsOff && t.hardirqsOn:
		v.warnFlags(t, hard, "possible reason: unannotated irqs-off.")
	case !hardirqsOff && !t.hardirqsOn:
		v.warnFlags(t, "!"+hard, "possible reason: unannotated irqs-on.")
	case t.hardirqCtx == 0 && softirqsOff && t.softirqsOn:
		v.warnFlags(t, soft, "")
	case t.hardirqCtx == 0 && !softirqsOff && !t.softirqsOn:
		v.warnFlags(t, "!"+soft, "")
	default:
		return true
	}
	return false
}

// warnFlags is the warning, a guess at the reason, and when the flags last
// changed.
func (v *Validator) warnFlags(t *Task, cond, reason string) {
	cond = "DEBUG_LOCKS_WARN_ON(" + cond + ")"
	w := v.begin(t, Warn, cond, nil, []string{cond})
	if w == nil {
		return
	}
	w.warning(lockdepFile, "check_flags")
	if reason != "" {
		w.text("%s", reason)
	}
	w.irqEvents()
	w.end()
}
