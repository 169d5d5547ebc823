package lockdep

import "fmt"

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
	if v.strict {
		w.text("The code is fine but needs lockdep annotation, or maybe")
		w.text("you didn't initialize this object before use?")
	} else {
		w.text("the code is fine but needs lockdep annotation.")
	}
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

// maxClasses is the size of the class table: v4.4 never uses its first entry.
func (v *Validator) maxClasses() int {
	if v.strict {
		return 8192
	}
	return 8191
}

// bfsLimit reports a search whose queue overflowed. It returns false, for the
// callers' convenience.
//
//kernel:fn print_bfs_bug kernel/locking/lockdep.c
func (v *Validator) bfsLimit(t *Task) bool {
	w := v.begin(t, Limit, "lockdep bfs error:-1", nil, nil)
	if v.strict {
		w.text("Increase LOCKDEP_CIRCULAR_QUEUE_BITS to avoid this warning:")
	}
	w.warning(lockdepFile, "print_bfs_bug")
	return w.end()
}

const lockdepFile = "kernel/locking/lockdep.c"

// warn reports a failed DEBUG_LOCKS_WARN_ON in the kernel function fn and
// tells whether validation goes on (docs/kernel/lockdep.md §2.8).
func (v *Validator) warn(t *Task, fn, cond string) bool {
	return v.warnIn(t, lockdepFile, fn, cond)
}

func (v *Validator) warnIn(t *Task, file, fn, cond string) bool {
	w := v.begin(t, Warn, cond, nil, []string{cond})
	if w == nil {
		return true
	}
	w.warning(file, fn)
	return w.end()
}

// DebugLocksWarn is DEBUG_LOCKS_WARN_ON(cond) of code outside the validator,
// such as a mutex's: the condition, spelt cond, held in function fn of file.
// It tells whether this made a report: a validator that is off stays silent
// (docs/kernel/lockdep.md §2.8).
func (v *Validator) DebugLocksWarn(t *Task, file, fn, cond string) bool {
	if !v.on || t.recursion != 0 {
		return false
	}
	v.warnIn(t, file, fn, "DEBUG_LOCKS_WARN_ON("+cond+")")
	return true
}

// plainWarn is a WARN, which switches nothing off: the validator reports each
// once for a task and goes on.
func (v *Validator) plainWarn(t *Task, fn, text string) {
	if v.before("warn\x00" + text + "\x00" + t.String()) {
		return
	}
	w := v.open(t, Warn, text, nil, Instances{})
	w.warning(lockdepFile, fn)
	w.end()
}

// warning is the shape of WARN; newer kernels print the message first. Line,
// offset and trace id are zero: they mean nothing in a re-expression.
func (w *writer) warning(file, fn string) {
	w.text("------------[ cut here ]------------")
	where := fmt.Sprintf("WARNING: CPU: %d PID: %d at %s:0 %s+0x0/0x0", w.r.CPU, w.r.PID, file, fn)
	if w.v.strict {
		w.text("%s", w.r.Title)
		w.text("%s", where)
	} else {
		w.text("%s()", where)
		w.text("%s", w.r.Title)
	}
	w.dumpStack()
	w.text("---[ end trace 0000000000000000 ]---")
}
