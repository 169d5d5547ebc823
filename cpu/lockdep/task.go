package lockdep

import "io"

// held is one lock on a task's stack (docs/kernel/lockdep.md §1.1).
type held struct {
	prevKey     uint64 // chain key below this lock
	m           *Map
	nest        *Map // the lock that makes nesting of this class legal, or nil
	class       int32
	site        Site
	how         How   // an allowed recursion turns its read mode into ReadRecursive
	refs        int16 // merged acquisitions; 0 is one plain acquisition
	irq         uint8 // bit 0 softirq, bit 1 hardirq context
	hardirqsOff bool  // at the acquisition
	sync        bool  // only waited for, never held
	again       bool  // acquired anew as it was, by RulesExact: its usage is known
	wait        WaitType
	pins        uint32
	since       int64 // when it was taken, with a clock; see Contended
	waiting     int64 // since when it was waited for, 0 if it was not
}

// stamp is the last change of a flag in one direction.
type stamp struct {
	event uint32
	site  Site
}

// Task is what the validator keeps of a task: its held locks, and the context
// and flags that it was told. Contexts nest on the interrupted task's stack,
// so a handler's locks are on it too (docs/kernel/lockdep.md §1.9).
type Task struct {
	held []held
	few  [4]held // where held begins: most tasks never hold more
	key  uint64  // chain key of the whole stack, back to the last context boundary

	recursion  int32 // >0: lockdep_off, or the validator itself is at work
	hardirqCtx int32
	softirqCtx int32
	used       usageMask // USED_IN write bits of the current context
	irq        uint8     // as held.irq
	hardirqsOn bool
	softirqsOn bool
	threaded   bool  // the innermost handler would be a thread
	nmi        int32 // depth of NMIs; each counts in recursion too
	prepared   bool  // HardirqsOnPrepare was called, with the stack's key then
	preparedAt uint64
	// leftHardirq has bit 0 set if the innermost softirq left hardirq context.
	leftHardirq uint64

	events                      uint32
	hardirqsOnAt, hardirqsOffAt stamp
	softirqsOnAt, softirqsOffAt stamp

	comm string
	pid  int
}

// NewTask makes the state of a task that holds nothing, with hardirqs and
// softirqs enabled. comm and pid are for the reports.
func (v *Validator) NewTask(comm string, pid int) *Task {
	t := &Task{comm: comm, pid: pid, hardirqsOn: true, softirqsOn: true, key: v.newKey}
	if !v.cfg.Off {
		t.held = t.few[:0]
	}
	return t
}

// usage returns the bits that an acquisition sets, in read or write form.
// Used-in bits need an acquisition that could wait; enabled bits follow the
// stored hardirq flag, so that a re-acquisition sees the flag of the first.
//
//kernel:fn mark_irqflags kernel/locking/lockdep.c
func (t *Task) usage(how How, hardirqsOff bool) (in, on usageMask) {
	if how&NoCheck != 0 {
		return 0, 0
	}
	if how&Trylock == 0 {
		in = t.used
	}
	if !hardirqsOff {
		on = 1 << enabledHardirq
		if t.softirqsOn {
			on |= 1 << enabledSoftirq
		}
	}
	if how&anyRead != 0 {
		return in << readBit, on << readBit
	}
	return in, on
}

// HeldInfo describes one held lock.
type HeldInfo struct {
	Name  string // display name of the class, for example "&ctx->lock/1"
	Usage string // the usage characters of the class
	Site  Site   // where it was acquired
	How   How    // read, trylock and the like
	Map   *Map   // the instance
}

// Held lists the locks of t from bottom to top. After the validator went quiet
// it is the list as it was then (docs/kernel/lockdep.md §2.1).
//
//kernel:fn lockdep_print_held_locks kernel/locking/lockdep.c
func (v *Validator) Held(t *Task) []HeldInfo {
	out := make([]HeldInfo, len(t.held))
	for i := range t.held {
		h := &t.held[i]
		out[i] = HeldInfo{Name: v.className(h.class), Usage: v.usageChars(v.g.verts[h.class].usage), Site: h.site, How: h.how, Map: h.m}
	}
	return out
}

// ShowAllLocks writes what each of tasks holds, as sysrq-d does and a report of
// a hung task; of a validator that is off only that it is
// (docs/kernel/lockdep.md §2.8).
//
//kernel:fn debug_show_all_locks kernel/locking/lockdep.c
func (v *Validator) ShowAllLocks(out io.Writer, tasks ...*Task) {
	w := &writer{v: v, r: &Report{Rules: v.cfg.Rules}}
	if !v.on {
		w.text("INFO: lockdep is turned off.")
		w.r.Render(out, v.tr)
		return
	}
	w.blank()
	w.text("Showing all locks held in the system:")
	for _, t := range tasks {
		if w.t = t; len(t.held) > 0 {
			w.held()
		}
	}
	w.blank()
	w.text("=============================================")
	w.blank()
	w.r.Render(out, v.tr)
}

// IsHeld tells whether t holds m, in any context. It answers true between
// LockdepOff and LockdepOn, so that assertions do not fire there; ask
// DebugLocks first (docs/kernel/lockdep.md §1.8).
//
//kernel:fn lock_is_held kernel/locking/lockdep.c
func (v *Validator) IsHeld(t *Task, m *Map) bool { return t.recursion != 0 || v.holds(t, m) }

// holds is IsHeld without the benefit of the doubt.
//
//kernel:fn __lock_is_held kernel/locking/lockdep.c
func (v *Validator) holds(t *Task, m *Map) bool {
	for i := range t.held {
		if v.matches(&t.held[i], m) {
			return true
		}
	}
	return false
}

// HeldState is what can be said of a lock that may be held.
type HeldState int8

// The held states (docs/kernel/lockdep.md §1.8).
const (
	HeldUnknown HeldState = iota - 1 // the validator does not judge
	NotHeld
	Held
)

// HeldAs tells whether t holds m in one of the ways of mode: Read for a reader
// of any sort, 0 for a writer, and both in [AnyMode]
// (docs/kernel/lockdep.md §1.8).
//
//kernel:fn lock_is_held_type kernel/locking/lockdep.c
func (v *Validator) HeldAs(t *Task, m *Map, mode How) HeldState {
	if !v.on || t.recursion != 0 {
		return HeldUnknown
	}
	for i := range t.held {
		if h := &t.held[i]; v.matches(h, m) {
			return HeldState(bool2int(mode == AnyMode || h.reader() == (mode&anyRead != 0)))
		}
	}
	return NotHeld
}

// AnyMode asks HeldAs for any way of holding.
const AnyMode = anyRead | Trylock

// matches tells whether h stands for m: the same instance, or one of several
// instances of the class merged under a nest lock.
//
//kernel:fn match_held_lock kernel/locking/lockdep.c
func (v *Validator) matches(h *held, m *Map) bool {
	if h.m == m {
		return true
	}
	return h.refs != 0 && m.key != nil && h.class == v.lookUp(m, 0)
}
