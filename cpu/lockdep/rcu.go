package lockdep

// RCUState is what an RCU report says besides the held locks
// (docs/kernel/lockdep.md §2.8).
type RCUState struct {
	Offline     bool // the CPU is offline for RCU
	Idle        bool // the CPU is idle for RCU
	NotWatching bool // RCU does not watch the CPU
}

// Suspicious reports a use of RCU without the protection that it needs, once
// for each place and text; where is file and line, or the file alone where the
// fact sheets give no line; what is for example "suspicious
// rcu_dereference_check() usage". In v4.4 it switches the validator off like
// any report, newer kernels leave it on (docs/kernel/lockdep.md §1.10).
//
//kernel:fn lockdep_rcu_suspicious kernel/locking/lockdep.c
func (v *Validator) Suspicious(t *Task, where, what string, rcu RCUState) {
	if !v.on || t.recursion != 0 || v.before("rcu\x00"+where+"\x00"+what) {
		return
	}
	w := v.begin(t, RCU, "", nil, []string{where, what})
	if w == nil {
		return
	}
	w.header()
	w.text("%s %s!", where, what)
	w.blank()
	w.text("other info that might help us debug this:")
	w.blank()
	w.blank()
	switch {
	case rcu.Offline:
		w.text("RCU used illegally from offline CPU!")
	case !v.strict && (rcu.Idle || rcu.NotWatching):
		w.text("RCU used illegally from idle CPU!")
	}
	w.text("rcu_scheduler_active = 1, debug_locks = %d", bool2int(v.on))
	if rcu.NotWatching {
		w.text("RCU used illegally from extended quiescent state!")
	}
	w.held()
	w.backtrace()
	w.end()
}

// before tells whether sig has come before, and remembers it.
func (v *Validator) before(sig string) bool {
	if v.once[sig] {
		return true
	}
	if v.once == nil {
		v.once = make(map[string]bool)
	}
	v.once[sig] = true
	return false
}
