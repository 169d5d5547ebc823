package lockdep

const turningOff = "turning off the locking correctness validator."

// limit switches the validator off with a message of one line, whatever
// KeepGoing says: with a full table there is nothing to go on with
// (docs/kernel/lockdep.md §3).
//
//kernel:fn print_lockdep_off kernel/locking/lockdep.c
func (v *Validator) limit(t *Task, msg string) {
	w := v.begin(t, Limit, msg, nil, nil)
	w.text("%s", msg)
	w.text(turningOff)
	w.dumpStack()
	w.end()
}

// nonStaticKey refuses a lock that was never initialised
// (docs/kernel/lockdep.md §2.8).
func (v *Validator) nonStaticKey(t *Task) {
	w := v.begin(t, Limit, "INFO: trying to register non-static key.", nil, nil)
	w.text("%s", w.r.Title)
	w.text("the code is fine but needs lockdep annotation.")
	w.text(turningOff)
	w.dumpStack()
	w.end()
}

// depthLimit reports a held stack that has reached its end. The dump of all
// tasks that the kernel asks for finds the validator off already and says so
// (docs/kernel/lockdep.md §2.8, §3).
func (v *Validator) depthLimit(t *Task) {
	w := v.begin(t, Limit, "BUG: MAX_LOCK_DEPTH too low!", nil, nil)
	w.text("%s", w.r.Title)
	w.text(turningOff)
	w.text("depth: %d  max: %d!", len(t.held), maxHeld)
	w.held()
	w.text("INFO: lockdep is turned off.")
	w.dumpStack()
	w.end()
}

// bfsLimit reports a search whose queue overflowed. It returns false, for the
// callers' convenience.
//
//kernel:fn print_bfs_bug kernel/locking/lockdep.c
func (v *Validator) bfsLimit(t *Task) bool {
	w := v.begin(t, Limit, "lockdep bfs error:-1", nil, nil)
	w.warning("print_bfs_bug")
	return w.end()
}

// warn reports a failed DEBUG_LOCKS_WARN_ON in the kernel function fn and
// tells whether validation goes on (docs/kernel/lockdep.md §2.8).
func (v *Validator) warn(t *Task, fn, cond string) bool {
	w := v.begin(t, Warn, cond, nil, []string{cond})
	if w == nil {
		return true
	}
	w.warning(fn)
	return w.end()
}

// warning is the shape of WARN. Line, offset and trace id are zero: they mean
// nothing in a re-expression.
func (w *writer) warning(fn string) {
	w.text("------------[ cut here ]------------")
	w.text("WARNING: CPU: %d PID: %d at kernel/locking/lockdep.c:0 %s+0x0/0x0()", w.r.CPU, w.r.PID, fn)
	w.text("%s", w.r.Title)
	w.dumpStack()
	w.text("---[ end trace 0000000000000000 ]---")
}
