package lockdep

// Config says how a Validator works.
type Config struct {
	// Off ignores every event: the machine has no validator.
	Off bool
	// KeepGoing keeps validating after a report; each distinct report (by
	// kind and classes) then appears once. Limits still switch off.
	KeepGoing bool
	// Tracer supplies positions and stacks; nil captures nothing.
	Tracer Tracer
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
	on  bool // the kernel's debug_locks; false also with Config.Off
	tr  Tracer
	cfg Config

	// classes[0] is unused, so that class number 0 can mean none. Real class
	// numbers start at 1 for a second reason: number 0 would vanish from chain
	// keys, and in a kernel that one is some boot-time lock of no interest.
	classes []class
	traces  [][usageBits]Stack // parallel to classes; nil without a tracer
	keys    map[*Key]int32     // first class of each key; only looked up, never ranged over

	edges []edge // edges[0] is unused: entry 0 stands for the root of a search
	queue []int32
	gen   uint32

	chains chainCache
	seen   map[string]bool // signatures of reports made, with KeepGoing
	marks  int             // usage bits set so far, for views
}

// New returns a validator that knows no class yet.
func New(cfg Config) *Validator {
	if cfg.Release == "" {
		cfg.Release = "4.4.0-lockstep #1" + notTainted
	}
	v := &Validator{on: !cfg.Off, tr: cfg.Tracer, cfg: cfg}
	if cfg.Off {
		return v
	}
	v.classes = make([]class, 1, 24)
	v.edges = make([]edge, 1, 32)
	v.keys = make(map[*Key]int32)
	v.chains.init()
	if v.tr != nil {
		v.traces = make([][usageBits]Stack, 1, 24)
	}
	return v
}

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
		Classes:      len(v.classes) - 1,
		Dependencies: (len(v.edges) - 1) / 2,
		Chains:       v.chains.n,
	}
}
