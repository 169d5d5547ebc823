package lockdep

import "fmt"

// Limits that all rule sets share (docs/kernel/lockdep.md §3).
const (
	maxSubclasses = 8
	maxEdges      = 32768 // list entries, two per dependency
	maxChains     = 65536
	maxChainIDs   = maxChains * 5
	maxHeld       = 48
	bfsQueue      = 4096
)

// Key identifies a family of lock classes by its address, as the kernel's
// lock_class_key does: one per initialisation site, shared by every lock
// initialised there. A Key must not change once used; any number of machines
// may share it (docs/kernel/lockdep.md §1.1).
type Key struct {
	// Name is what reports call the class, for example "&ctx->lock".
	Name string
	// Inner is the context that holding the lock makes, Outer the one it may
	// be taken in; Outer zero means as Inner, Inner zero is not checked
	// (docs/kernel/lockdep.md §1.11).
	Inner, Outer WaitType
	// PerCPU marks a local_lock: searches for unsafe orders stop at it.
	PerCPU bool
	// Override makes Inner replace what the context and the locks below allow
	// (docs/kernel/lockdep.md §1.11).
	Override bool
	// Cmp makes nesting within the class legal by the newer rules if it is
	// negative for (held, new), nil for no such order. It must be an order, and
	// look at nothing that changes (docs/kernel/lockdep.md §1.6).
	Cmp func(held, taken *Map) int
	// NoValidate makes every acquisition one of How NoCheck, NoTrack hides the
	// lock from the newer rules altogether (docs/kernel/lockdep.md §1.1, §1.2).
	NoValidate, NoTrack bool
}

// Map is the part of a lock instance that the validator owns, the kernel's
// lockdep_map. It must be initialised before its lock is used, belongs to one
// Validator, and must not be copied while held: the held stacks refer to it
// by address (docs/kernel/lockdep.md §1.1).
type Map struct {
	key *Key
	// class caches the class number of subclass 0 and 1; 0 is not yet known.
	class [2]int32
	// id numbers the instances that a validator has had to tell apart, 0 not yet.
	id int32
	// usage are the usage bits of this instance, kept by RulesExact only.
	usage usageMask
	// cpu, plus one, and site are those of the last acquisition, for lock_stat.
	cpu  int32
	site Site
}

// Init makes m a fresh lock of the family k, named k.Name
// (docs/kernel/lockdep.md §1.1).
//
//kernel:fn lockdep_init_map kernel/locking/lockdep.c
func (m *Map) Init(k *Key) { *m = Map{key: k} }

// Key returns the key m was initialised with, nil before Init
// (docs/kernel/lockdep.md §1.1).
func (m *Map) Key() *Key { return m.key }

// ordered tells whether the key's order lets next be taken under prev.
func (k *Key) ordered(prev, next *held) bool { return k.Cmp != nil && k.Cmp(prev.m, next.m) < 0 }

// name is the kernel's lockdep_map.name: without version and subclass.
func (m *Map) name() string {
	if m.key == nil {
		return ""
	}
	return m.key.Name
}

// How says how a lock is acquired: the subclass in the low three bits, or-ed
// with the flags below. The zero How is a plain exclusive lock
// (docs/kernel/lockdep.md §1.1).
type How uint16

// Flags of How. Read and ReadRecursive exclude each other
// (docs/kernel/lockdep.md §1.1).
const (
	// Trylock marks an acquisition that could not have waited: no edge leads
	// to it and it sets no USED_IN bit.
	Trylock How = 1 << 3
	// Read is a shared, non-recursive acquisition (read=1, rwsem readers).
	Read How = 1 << 4
	// ReadRecursive is a shared acquisition that may recurse (read=2).
	ReadRecursive How = 1 << 5
	// NoCheck keeps the lock on the held stack but out of all validation
	// (check=0, as the RCU reader maps of v4.4).
	NoCheck How = 1 << 6

	subclassMask  How = maxSubclasses - 1
	anyRead           = Read | ReadRecursive
	wrongSubclass How = 1 << 7 // the bits above carry the number that was asked for
)

// Nested returns the How of spin_lock_nested(lock, sub) and its like. A sub of
// 8 or more is not refused here but when the lock is acquired, with the
// kernel's "looking up invalid subclass" message; a negative or absurd one
// (over 255) panics (docs/kernel/lockdep.md §1.1).
func Nested(sub int) How {
	if sub < 0 || sub > 255 {
		panic(fmt.Sprintf("lockdep: Nested(%d): a subclass is 0..%d", sub, maxSubclasses-1))
	}
	if sub >= maxSubclasses {
		// Subclass bits of 7 keep this out of the class cache, so that the hot
		// path needs no test for it.
		return How(sub)<<8 | wrongSubclass | subclassMask
	}
	return How(sub)
}

// subclass returns the subclass of the acquisition.
func (h How) subclass() int { return int(h & subclassMask) }
