package lockdep

import "strings"

// Kind sorts reports (docs/kernel/lockdep.md §2.1).
type Kind uint8

// The kinds of report.
const (
	// Circular is a new edge that closes a cycle of classes.
	Circular Kind = iota
	// Recursive is a class taken again by its holder.
	Recursive
	// Inconsistent is one class both safe and unsafe.
	Inconsistent
	// SafeUnsafe is a new edge between a safe and an unsafe class.
	SafeUnsafe
	// Inversion is a new usage bit that makes an old path unsafe.
	Inversion
	// UnlockBalance is a release of what is not held.
	UnlockBalance
	// NestNotHeld is a nest lock that is not held.
	NestNotHeld
	// Warn is a failed DEBUG_LOCKS_WARN_ON, or a plain WARN, which switches
	// nothing off.
	Warn
	// Limit is a full table or an invalid argument; it always switches off.
	Limit
	// HeldFreed is the memory of a held lock that goes away.
	HeldFreed
	// LocksHeld is a task that ends with locks held.
	LocksHeld
	// UserReturn is a task that returns to user space with locks held.
	UserReturn
	// Contention is lock_stat told of a lock that is not held.
	Contention
	// RCU is a use of RCU without the protection that it needs.
	RCU
	// WaitContext is a lock that may wait longer than its context allows.
	WaitContext
	// Collision is a chain whose key is that of another; see
	// [Config.DebugLockdep].
	Collision
)

var kindNames = [...]string{"circular", "recursive", "inconsistent", "safe-unsafe", "inversion",
	"bad-unlock-balance", "nest-not-held", "warn", "limit", "held-freed", "locks-held", "user-return",
	"bad-contention", "rcu", "wait-context", "chain-collision"}

// String is the kind in lower case, words joined by '-'.
func (k Kind) String() string { return kindNames[k] }

// conformanceNames are the kinds as the kernel's own test cases are labelled.
var conformanceNames = [...]string{"circular_dependency", "recursive_locking", "inconsistent_lock_state",
	"irq_safe_unsafe_order", "irq_lock_inversion", "bad_unlock_balance", "nested_lock_not_taken",
	"debug_locks_warn", "limit", "held_lock_freed", "locks_held_at_exit", "lock_held_on_user_return",
	"bad_contention", "suspicious_rcu_usage", "invalid_wait_context",
	"chain_key_collision"}

// Conformance is the kind in the words of the conformance file: for example
// circular_dependency, or debug_locks_warn for every failed
// DEBUG_LOCKS_WARN_ON.
func (k Kind) Conformance() string { return conformanceNames[k] }

// Conformance is the report_kind of the conformance file: the kind, and for a
// DEBUG_LOCKS_WARN_ON also its condition, as in
// "debug_locks_warn:ctx->done_acquire". The conditions on the depth of the
// held stack are written in short there.
func (r *Report) Conformance() string {
	name := r.Kind.Conformance()
	if r.Kind != Warn {
		return name
	}
	cond := strings.TrimSuffix(strings.TrimPrefix(r.Title, "DEBUG_LOCKS_WARN_ON("), ")")
	switch cond {
	case "depth <= 0":
		cond = "depth<=0"
	case "curr->lockdep_depth != depth - 1":
		cond = "lockdep_depth"
	}
	return name + ":" + cond
}

// shape is a kind's title in v4.4, %s being a name, with the widths of the
// rules above and below it, and the title and width of newer kernels.
type shape struct {
	v44          string
	upper, lower int
	strict       string
	width        int
}

var shapes = [...]shape{
	Circular: {"INFO: possible circular locking dependency detected", 54, 55,
		"WARNING: possible circular locking dependency detected", 54},
	Recursive: {"INFO: possible recursive locking detected", 45, 45,
		"WARNING: possible recursive locking detected", 44},
	Inconsistent: {"INFO: inconsistent lock state", 33, 33, "WARNING: inconsistent lock state", 32},
	SafeUnsafe: {"INFO: %s-safe -> %s-unsafe lock order detected", 54, 54,
		"WARNING: %s-safe -> %s-unsafe lock order detected", 53},
	Inversion: {"INFO: possible irq lock inversion dependency detected", 57, 57,
		"WARNING: possible irq lock inversion dependency detected", 56},
	UnlockBalance: {"BUG: bad unlock balance detected!", 37, 37, "WARNING: bad unlock balance detected!", 37},
	NestNotHeld:   {"BUG: Nested lock was not taken", 34, 34, "WARNING: Nested lock was not taken", 34},
	Warn:          {v44: "%s", strict: "%s"},
	Limit:         {v44: "%s", strict: "%s"},
	HeldFreed:     {"BUG: held lock freed!", 25, 25, "WARNING: held lock freed!", 25},
	LocksHeld:     {"BUG: %s still has locks held!", 37, 37, "WARNING: %s still has locks held!", 36},
	UserReturn: {"BUG: lock held when returning to user space!", 48, 48,
		"WARNING: lock held when returning to user space!", 48},
	Contention:  {"BUG: bad contention detected!", 33, 33, "WARNING: bad contention detected!", 33},
	RCU:         {"INFO: suspicious RCU usage.", 31, 31, "WARNING: suspicious RCU usage", 29},
	WaitContext: {strict: "BUG: Invalid wait context", width: 29},
	Collision:   {strict: "WARNING: chain_key collision", width: 28},
}

// title is the title line without brackets.
func (s *shape) title(strict bool, name string) string {
	if strict {
		return strings.ReplaceAll(s.strict, "%s", name)
	}
	return strings.ReplaceAll(s.v44, "%s", name)
}
