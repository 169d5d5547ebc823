package lockdep

import "fmt"

// InitMap makes m, which may be a live lock, a fresh one of the family k. If t
// holds it, that is reported as a lock freed while held. A nil key is the
// kernel's "not in .data" (docs/kernel/lockdep.md §1.8, §2.8).
//
//kernel:fn lockdep_init_map kernel/locking/lockdep.c
func (v *Validator) InitMap(t *Task, m *Map, k *Key) {
	v.Freed(t, "", m)
	m.Init(k)
	if k != nil || !v.on || t.recursion != 0 {
		return
	}
	msg := fmt.Sprintf("BUG: key %016x not in .data!", 0)
	if v.strict {
		msg = fmt.Sprintf("BUG: key %016x has not been registered!", 0)
	}
	w := v.begin(t, Warn, "DEBUG_LOCKS_WARN_ON(1)", nil, []string{msg})
	if w != nil {
		w.text("%s", msg)
		w.warning("kernel/locking/lockdep.c", "lockdep_init_map")
		w.end()
	}
}

// Freed notes that memory with the locks maps in it goes away; t must hold
// none of them. what is the range as it is printed, "start-end"; empty stands
// for the lock itself (docs/kernel/lockdep.md §1.8).
//
//kernel:fn debug_check_no_locks_freed kernel/locking/lockdep.c
func (v *Validator) Freed(t *Task, what string, maps ...*Map) {
	if !v.on || t.recursion != 0 {
		return
	}
	for i := range t.held {
		for _, m := range maps {
			if t.held[i].m == m {
				v.reportFreed(t, what, &t.held[i])
				return
			}
		}
	}
}

// reportFreed reports the first lock found in freed memory
// (docs/kernel/lockdep.md §2.8).
//
//kernel:fn print_freed_lock_bug kernel/locking/lockdep.c
func (v *Validator) reportFreed(t *Task, what string, h *held) {
	classes := []string{v.className(h.class)}
	w := v.begin(t, HeldFreed, "", classes, classes)
	if w == nil {
		return
	}
	if what == "" {
		what = fmt.Sprintf("%016x-%016x", v.addr(h.m), v.addr(h.m)+instanceSize-1)
	}
	w.header()
	w.text("%s is freeing memory %s, with a lock still held there!", t, what)
	w.lock("", h)
	w.held()
	w.backtrace()
	w.end()
}

// NoLocksHeld notes that t ends, or freezes, where it must hold nothing
// (docs/kernel/lockdep.md §1.8).
//
//kernel:fn debug_check_no_locks_held kernel/locking/lockdep.c
func (v *Validator) NoLocksHeld(t *Task) {
	if !v.on || t.recursion != 0 || len(t.held) == 0 {
		return
	}
	if w := v.begin(t, LocksHeld, t.String(), v.heldNames(t), v.heldNames(t)); w != nil {
		w.header()
		w.held()
		w.backtrace()
		w.end()
	}
}

// SysExit notes that t returns to user space, where it must hold nothing
// (docs/kernel/lockdep.md §1.8).
//
//kernel:fn lockdep_sys_exit kernel/locking/lockdep.c
func (v *Validator) SysExit(t *Task) {
	if !v.on || t.recursion != 0 || len(t.held) == 0 {
		return
	}
	if w := v.begin(t, UserReturn, "", v.heldNames(t), v.heldNames(t)); w != nil {
		w.header()
		w.text("%s is leaving the kernel with locks still held!", t)
		w.held()
		w.end()
	}
}

func (v *Validator) heldNames(t *Task) []string {
	var out []string
	for i := range t.held {
		out = append(out, v.className(t.held[i].class))
	}
	return out
}
