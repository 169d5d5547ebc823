package lockdep

// Config says how a Validator works.
type Config struct {
	// Off ignores every event: the machine has no validator.
	Off bool
	// Rules is the rule set, v4.4's unless said otherwise.
	Rules Rules
	// KeepGoing keeps validating after a report; each distinct report (by
	// kind and classes) then appears once. Limits still switch off.
	KeepGoing bool
	// Tracer supplies positions and stacks; nil captures nothing.
	Tracer Tracer
	// DebugLockdep is CONFIG_DEBUG_LOCKDEP: by the newer rules a chain that the
	// cache knows is compared with what is held, at a search through all chains
	// (docs/kernel/lockdep.md §1.3).
	DebugLockdep bool
	// Clock is the time in nanoseconds, for the holding times of lock_stat;
	// nil measures none (docs/kernel/lockdep.md §1.12).
	Clock func() int64
	// OnReport gets each report when it is made. It is called inside the
	// validator and must not run other tasks.
	OnReport func(*Report)
	// Release is the second line of a report, empty for
	// "4.4.0-lockstep #1 Not tainted".
	Release string
}

// Validator holds the lock graph of one machine. New makes one. Its tables
// are slabs that start small: a machine boots in microseconds and often knows
// a few dozen classes (docs/kernel/lockdep.md §1.1).
type Validator struct {
	on     bool // the kernel's debug_locks; false also with Config.Off
	strict bool // RulesNew or RulesExact
	exact  bool // RulesExact
	debug  bool // Config.DebugLockdep, by the newer rules
	tr     Tracer
	clock  func() int64
	cfg    Config

	// classes[0] is unused, so that class number 0 can mean none. Real class
	// numbers start at 1 for a second reason: number 0 would vanish from chain
	// keys, and in a kernel that one is some boot-time lock of no interest.
	classes []class
	traces  [][usageBits]Stack // parallel to classes; nil without a tracer
	keys    map[*Key]int32     // first class of each key; only looked up, never ranged over
	names   map[string]int32   // highest version of each name; likewise
	base    int32              // classes up to here were forgotten by Reset

	g         graph // of classes, g.verts parallel to classes
	inst      instances
	instances int32 // instances told apart so far

	chains   chainTable
	newKey   uint64          // chain key of an empty chain
	seen     map[string]bool // signatures of reports made, with KeepGoing
	once     map[string]bool // signatures of reports that never come twice
	marks    int             // usage bits set so far, for views
	resets   int
	cookies  uint32 // pin cookies given
	captured int    // stacks taken
	deepest  int    // longest held stack ever
	stats    []lockStat
}

// New returns a validator that knows no class yet.
func New(cfg Config) *Validator {
	if cfg.Release == "" {
		cfg.Release = "4.4.0-lockstep #1" + notTainted
	}
	v := &Validator{on: !cfg.Off, tr: cfg.Tracer, clock: cfg.Clock, cfg: cfg,
		strict: cfg.Rules != RulesV44, exact: cfg.Rules == RulesExact,
		debug: cfg.DebugLockdep && cfg.Rules != RulesV44}
	if v.strict {
		v.newKey = ^uint64(0)
	}
	if cfg.Off {
		return v
	}
	v.classes = make([]class, 1, 24)
	v.g.init(24, 32)
	v.keys = make(map[*Key]int32)
	v.names = make(map[string]int32)
	v.chains.init()
	if v.tr != nil {
		v.traces = make([][usageBits]Stack, 1, 24)
	}
	if v.exact {
		v.inst.init()
	}
	return v
}

// Reset forgets all classes, dependencies and chains and switches the
// validator on again, as the kernel's self-tests do between cases. Maps that
// know their class are not touched: the numbers of forgotten classes are never
// used again, and a map with one of them looks its class up anew. Held stacks
// are the business of ResetTask.
//
//kernel:fn lockdep_reset kernel/locking/lockdep.c
func (v *Validator) Reset() {
	if v.cfg.Off {
		return
	}
	v.base = int32(len(v.classes) - 1)
	v.g.clear()
	clear(v.keys)
	clear(v.names)
	v.chains = chainTable{}
	v.chains.init()
	v.inst.clear()
	v.seen, v.once, v.stats = nil, nil, nil
	v.deepest = 0
	v.resets++
	v.on = true
}

// ResetTask empties t's stack of held locks. Its contexts and flags stay.
//
//kernel:fn lockdep_init_task kernel/locking/lockdep.c
func (v *Validator) ResetTask(t *Task) { t.held, t.key = t.held[:0], v.newKey }

// DebugLocks tells whether the validator still judges: false with Config.Off,
// after a limit was hit and, unless Config.KeepGoing, after the first report
// (docs/kernel/lockdep.md §1.1).
func (v *Validator) DebugLocks() bool { return v.on }

// Stats counts what the validator has learned (docs/kernel/lockdep.md §1.13).
type Stats struct {
	Classes      int // lock classes in use
	Dependencies int // stored "prev before next" pairs; /proc/lockdep_stats counts each twice
	Chains       int // distinct chain keys
}

// Stats returns the current counts.
func (v *Validator) Stats() Stats {
	if v.cfg.Off {
		return Stats{}
	}
	return Stats{
		Classes:      v.classCount(),
		Dependencies: (len(v.g.edges) - 1) / 2,
		Chains:       v.chains.n,
	}
}
