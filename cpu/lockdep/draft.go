package lockdep

import "io"

// DRAFT of what this package is to offer besides what it has. Signatures are
// fixed; bodies come, each in its own file.

// Rules is a rule set.
type Rules uint8

// Rule sets.
const (
	RulesV44   Rules = iota // v4.4, bug for bug
	RulesNew                // 5.10 and later: recursive readers, wait types
	RulesExact              // RulesNew with the hole of docs/kernel/lockdep.md §1.7 closed, and an instance verdict
)

// WaitType is what a context, or a lock that is held, allows to be taken.
type WaitType uint8

// Wait types; the zero value is not checked.
const (
	WaitInv WaitType = iota
	WaitFree
	WaitSpin
	WaitConfig
	WaitSleep
	WaitMax
)

// Moment is where and when a lock event happens, for lock_stat.
type Moment struct {
	CPU int
	Now int64 // nanoseconds
}

func (v *Validator) Rules() Rules { return RulesV44 }

// InitMap is lockdep_init_map of a lock that may be live: one that t holds is reported as freed.
func (v *Validator) InitMap(t *Task, m *Map, k *Key) { panic("draft") }

// Freed is debug_check_no_locks_freed: memory with these locks in it goes away.
func (v *Validator) Freed(t *Task, what string, maps ...*Map) { panic("draft") }

// SetClass is lock_set_class of a held lock.
func (v *Validator) SetClass(t *Task, m *Map, k *Key, sub int) { panic("draft") }

// Downgrade is lock_downgrade.
func (v *Validator) Downgrade(t *Task, m *Map) { panic("draft") }

// Sync is lock_sync.
func (v *Validator) Sync(t *Task, m *Map, how How) { panic("draft") }

// Pin and Unpin are lock_pin_lock and lock_unpin_lock.
func (v *Validator) Pin(t *Task, m *Map) uint32             { panic("draft") }
func (v *Validator) Unpin(t *Task, m *Map, cookie uint32)   { panic("draft") }
func (v *Validator) NoLocksHeld(t *Task)                    { panic("draft") } // debug_check_no_locks_held, at exit
func (v *Validator) SysExit(t *Task)                        { panic("draft") } // lockdep_sys_exit
func (v *Validator) Contended(t *Task, m *Map, at Moment)   { panic("draft") } // lock_contended
func (v *Validator) Acquired(t *Task, m *Map, at Moment)    { panic("draft") } // lock_acquired
func (v *Validator) Alloc(t *Task, reclaim, fs, noIrq bool) { panic("draft") } // v4.4: lockdep_trace_alloc
func (v *Validator) Reclaim(t *Task, on bool)               { panic("draft") } // v4.4: lockdep_set_current_reclaim_state

// DebugLocksWarn is DEBUG_LOCKS_WARN_ON(cond) of code outside the validator,
// as mutexes have it: the condition held. It returns whether it was reported.
func (v *Validator) DebugLocksWarn(t *Task, file, fn, cond string) bool { panic("draft") }

// Suspicious is lockdep_rcu_suspicious.
func (v *Validator) Suspicious(t *Task, file string, line int, what string, rcu RCUState) {
	panic("draft")
}

// RCUState is what an RCU report says besides the held locks.
type RCUState struct{ Offline, Idle, NotWatching bool }

// Threaded says of the innermost hardirq handler whether it would be a thread on a kernel with forced threading.
func (v *Validator) Threaded(t *Task, yes bool) { panic("draft") }

// Reset forgets all classes, edges and chains and switches the validator on again; ResetTask empties a task's stack.
func (v *Validator) Reset()            { panic("draft") }
func (v *Validator) ResetTask(t *Task) { panic("draft") }

// WriteProc writes one of the files lockdep, lockdep_stats, lockdep_chains, lock_stat of /proc.
func (v *Validator) WriteProc(w io.Writer, name string) error { panic("draft") }
