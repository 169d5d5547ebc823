package selftest

import "strings"

// Do is what an operation does.
type Do uint8

// The operations of the format, in the order of doTable.
const (
	DoLock Do = iota
	DoUnlock
	DoInit
	DoHardirqEnter
	DoHardirqExit
	DoSoftirqEnter
	DoSoftirqExit
	DoHardirqDisable
	DoHardirqEnable
	DoSoftirqDisable
	DoSoftirqEnable
	DoWWInit
	DoWWDone
	DoWWFini
	DoWWLock
	DoWWSlow
	DoWWTrylock
	DoWWUnlock
	DoBaseLock
	DoBaseUnlock
	DoPokeCtx
	DoCopyCtx
	DoSetLockCtx
	DoLockdepAcquire
	DoLockdepRelease
	DoReclaimAcquire
	DoReclaimRelease
	DoMightAlloc
	DoNofsSave
	DoNofsRestore
	DoRCULock
	DoRCUUnlock
	DoRCUBHLock
	DoRCUBHUnlock
	DoRCUSchedLock
	DoRCUSchedUnlock
	DoSetSubclass
)

// doTable says how the file writes each operation, and its fields: "?" may be
// missing, "0" may be null.
var doTable = []struct{ name, fields string }{
	DoLock:           {"lock", "lock class kind nest?"},
	DoUnlock:         {"unlock", "lock class kind"},
	DoInit:           {"init", "lock class kind"},
	DoHardirqEnter:   {"hardirq_enter", "threaded?"},
	DoHardirqExit:    {"hardirq_exit", ""},
	DoSoftirqEnter:   {"softirq_enter", ""},
	DoSoftirqExit:    {"softirq_exit", ""},
	DoHardirqDisable: {"hardirq_disable", ""},
	DoHardirqEnable:  {"hardirq_enable", ""},
	DoSoftirqDisable: {"softirq_disable", ""},
	DoSoftirqEnable:  {"softirq_enable", ""},
	DoWWInit:         {"ww_acquire_init", "ctx"},
	DoWWDone:         {"ww_acquire_done", "ctx"},
	DoWWFini:         {"ww_acquire_fini", "ctx"},
	DoWWLock:         {"ww_lock", "lock class kind ctx0 expect_ret"},
	DoWWSlow:         {"ww_lock_slow", "lock class kind ctx"},
	DoWWTrylock:      {"ww_trylock", "lock class kind expect_ret"},
	DoWWUnlock:       {"ww_unlock", "lock class kind"},
	DoBaseLock:       {"base_lock", "lock class kind how nest? expect_ret?"},
	DoBaseUnlock:     {"base_unlock", "lock class kind"},
	DoPokeCtx:        {"poke_ctx", "ctx field delta? value?0"},
	DoCopyCtx:        {"copy_ctx", "dst src"},
	DoSetLockCtx:     {"set_lock_ctx", "lock ctx0"},
	DoLockdepAcquire: {"lockdep_acquire", "lock class trylock"},
	DoLockdepRelease: {"lockdep_release", "lock class"},
	DoReclaimAcquire: {"fs_reclaim_acquire", "gfp"},
	DoReclaimRelease: {"fs_reclaim_release", "gfp"},
	DoMightAlloc:     {"might_alloc", "gfp"},
	DoNofsSave:       {"memalloc_nofs_save", ""},
	DoNofsRestore:    {"memalloc_nofs_restore", ""},
	DoRCULock:        {"rcu_read_lock", ""},
	DoRCUUnlock:      {"rcu_read_unlock", ""},
	DoRCUBHLock:      {"rcu_read_lock_bh", ""},
	DoRCUBHUnlock:    {"rcu_read_unlock_bh", ""},
	DoRCUSchedLock:   {"rcu_read_lock_sched", ""},
	DoRCUSchedUnlock: {"rcu_read_unlock_sched", ""},
	DoSetSubclass:    {"set_subclass", "lock subclass check"},
}

// String is the name that the file uses.
func (d Do) String() string { return doTable[d].name }

// Family is a kind of lock object.
type Family uint8

// The families. Every lock of the suite is a static one of its family.
const (
	Spin Family = iota
	RWLock
	Mutex
	RWSem
	RTMutex
	Raw
	Local
	WW
)

var familyNames = []string{"spin", "rwlock", "mutex", "rwsem", "rtmutex", "raw", "local", "ww"}

// Kind is how a lock is taken.
type Kind uint8

// The kinds, in the order of kindTable.
const (
	KindSpin Kind = iota
	KindWrite
	KindRead
	KindMutex
	KindDownWrite
	KindDownRead
	KindRTMutex
	KindRaw
	KindLocal
	KindWW
)

// kindTable says how the file writes each kind and whose it is.
var kindTable = []struct {
	name string
	of   Family
}{
	KindSpin: {"spin", Spin}, KindWrite: {"rwlock_w", RWLock}, KindRead: {"rwlock_r", RWLock},
	KindMutex: {"mutex", Mutex}, KindDownWrite: {"rwsem_w", RWSem}, KindDownRead: {"rwsem_r", RWSem},
	KindRTMutex: {"rtmutex", RTMutex}, KindRaw: {"raw_spin", Raw}, KindLocal: {"local_lock", Local}, KindWW: {"ww_mutex", WW},
}

// Instances: four of a class of their own, and three pairs, each of which
// shares a class because it is initialised at one place.
var (
	plainNames = []string{"A", "B", "C", "D", "X1", "X2", "Y1", "Y2", "Z1", "Z2"}
	wwNames    = []string{"o", "o2", "o3"}
)

func instanceNames(f Family) []string {
	if f == WW {
		return wwNames
	}
	return plainNames
}

// class is the class of a lock in the notation of the file.
func (l Lock) class() string {
	if l.Family == WW {
		return "ww.mutex"
	}
	return familyNames[l.Family] + "." + strings.TrimRight(l.Name, "12")
}

var (
	howNames   = []string{"lock", "lock_interruptible", "lock_killable", "lock_nest", "trylock"}
	gfpNames   = []string{"GFP_KERNEL", "GFP_NOFS"}
	fieldNames = []string{"stamp", "ww_class", "acquired"}
)

// The errnos that the format knows, by their v4.4 numbers.
const (
	EDEADLK  = 35
	EALREADY = 114
)

// kernelConfig is what the machine's configuration is; the file writes an
// option that must be off with a "!".
var kernelConfig = []string{"CONFIG_RT_MUTEXES", "CONFIG_PROVE_RAW_LOCK_NESTING", "!CONFIG_PREEMPT_RT"}

// reportKinds are the kinds of report; a failed DEBUG_LOCKS_WARN_ON is
// warnPrefix and the condition.
var reportKinds = []string{
	"recursive_locking", "circular_dependency", "inconsistent_lock_state", "irq_safe_unsafe_order", "irq_lock_inversion",
	"bad_unlock_balance", "held_lock_freed", "nested_lock_not_taken", "invalid_wait_context", "limit",
}

const warnPrefix = "debug_locks_warn:"
