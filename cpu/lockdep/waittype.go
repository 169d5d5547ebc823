package lockdep

// WaitType is what a context, or a lock that is held, allows to be taken. The
// order is that of generosity (docs/kernel/lockdep.md §1.11).
type WaitType uint8

// Wait types; the zero value is not checked (docs/kernel/lockdep.md §1.11).
const (
	// WaitInv is not checked.
	WaitInv WaitType = iota
	// WaitFree never waits: RCU readers may be entered anywhere.
	WaitFree
	// WaitSpin spins on every kernel: raw spinlocks.
	WaitSpin
	// WaitConfig spins, or sleeps on PREEMPT_RT: spinlocks, rwlocks, local locks.
	WaitConfig
	// WaitSleep sleeps: mutexes and their like.
	WaitSleep
	// WaitMax allows everything: a task that holds nothing.
	WaitMax
)

// waitReplaced in held.wait says that an override has replaced the limit of
// the context too.
const waitReplaced WaitType = 0x80

// context is the limit of t's present context before any lock. A handler that
// would be a thread on PREEMPT_RT may take what sleeps there.
//
//kernel:fn task_wait_context kernel/locking/lockdep.c
func (t *Task) context() WaitType {
	switch {
	case t.hardirqCtx != 0 && !t.threaded:
		return WaitSpin
	case t.hardirqCtx != 0 || t.softirqCtx != 0:
		return WaitConfig
	}
	return WaitMax
}

// checkWait reports a lock that may wait longer than what is held in this
// context, or the context itself, allows. The running minimum of the held
// locks is kept in the stack, so the test is the same at every depth.
//
//kernel:fn check_wait_context kernel/locking/lockdep.c
func (v *Validator) checkWait(t *Task, h *held, c *vertex) bool {
	limit := WaitMax
	if n := len(t.held); n > 0 && t.held[n-1].irq == h.irq {
		limit = t.held[n-1].wait
	}
	h.wait = limit
	if c.inner == WaitInv {
		return true
	}
	if c.override {
		h.wait = c.inner | waitReplaced
	} else {
		h.wait = min(limit&^waitReplaced, c.inner) | limit&waitReplaced
	}
	if h.how&Trylock != 0 {
		return true
	}
	outer := c.outer
	if outer == WaitInv {
		outer = c.inner
	}
	if limit&waitReplaced == 0 {
		limit = min(limit, t.context())
	}
	return outer <= limit&^waitReplaced || v.reportWait(t, h)
}

// Threaded says of the innermost hardirq handler of t whether it would be a
// thread on a kernel with forced threading; without it a handler is not
// (docs/kernel/lockdep.md §1.11).
//
//kernel:fn lockdep_hardirq_threaded include/linux/irqflags.h
func (v *Validator) Threaded(t *Task, yes bool) { t.threaded = yes }

// reportWait reports a lock that this context must not wait for. It has no
// blank lines before its captions (docs/kernel/lockdep.md §2.8).
//
//kernel:fn print_lock_invalid_wait_context kernel/locking/lockdep.c
func (v *Validator) reportWait(t *Task, h *held) bool {
	classes := []string{v.className(h.class)}
	w := v.begin(t, WaitContext, "", classes, classes)
	if w == nil {
		return true
	}
	w.header()
	w.text("%s is trying to lock:", t)
	w.lock("", h)
	w.text("other info that might help us debug this:")
	w.text("context-{%d:%d}", t.context(), t.context())
	w.held()
	w.text("stack backtrace:")
	w.dumpStack()
	return w.end()
}
