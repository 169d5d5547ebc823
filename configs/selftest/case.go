package selftest

// Case is one test: what a machine does, and beside it, never seen by who
// runs it, what it is called and what should come of it.
type Case struct {
	Label  Label       // for people
	Script Script      // for the runner
	Expect Expectation // by the rules of the case's own kernel
	// OnV44 is what v4.4's rules say of a case of a newer kernel; nil if the
	// file does not say.
	OnV44 *Expectation
	// APINote says how v4.4's locks differ from those that OnV44 was derived
	// with, empty if they do not.
	APINote string
}

// Label names a case and says where it stands in the table.
type Label struct {
	ID      string // unique in the file
	Name    string // the kernel's own
	Row     string // of the table
	Group   string // rows that belong together
	Variant string // column of the table
	Note    string // what the file remarks
}

// Script is all of a case that the runner sees.
type Script struct {
	Kernel            Kernel   // whose suite it is from
	Requires          []string // configuration it needs; the loader has seen that the machine has it
	ReadLockRecursive bool     // force_read_lock_recursive
	Ops               []Op     // in order
}

// Kernel is a version of the suite.
type Kernel uint8

// The suites.
const (
	V44 Kernel = iota // of Linux v4.4
	New               // the newest
)

var kernelNames = []string{"v4.4", "new"}

// String is the name that files and flags use.
func (k Kernel) String() string { return kernelNames[k] }

// Expectation is what should come of a case.
type Expectation struct {
	Report bool   // some lock-debug report switches debug_locks off
	Kind   string // of the first report; empty if there is none
	Op     int    // index of the operation in which it comes, -1 if there is none
}

// Verdict is "report" or "silent".
func (e Expectation) Verdict() string { return verdictNames[b2i(e.Report)] }

var verdictNames = []string{"silent", "report"}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Op is one operation of a case. Which fields count depends on Do; the table
// in vocabulary.go has them.
type Op struct {
	Do       Do     // what it does
	Lock     Lock   // what it is done to
	Kind     Kind   // how a lock is taken
	Nest     Nest   // lock or context whose holder may nest, or nothing
	Ctx      Ctx    // of ww mutexes; the destination of a copy
	Src      Ctx    // the source of a copy
	Field    string // of the context that is changed
	Delta    int64  // added to the field, if Value is not given
	Value    bool   // the field becomes zero
	How      string // variant of mutex_lock
	Ret      int    // that the kernel expects, negative errno; see HasRet
	HasRet   bool   // Ret is given
	GFP      string // flags of an allocation
	Threaded bool   // the handler would be a thread under forced threading
	Trylock  bool   // the bare lockdep acquire is one of a trylock
	Subclass int    // to set
}

// Lock is an instance: family and name.
type Lock struct {
	Family Family // what kind of lock it is
	Name   string // of the instance in its family
}

// String is the notation of the file, such as spin.X1.
func (l Lock) String() string { return familyNames[l.Family] + "." + l.Name }

// Nest is what a lock nests in: a lock, a ww context, or nothing.
type Nest struct {
	Lock Lock // a lock, if it has a name
	Ctx  Ctx  // a context, if it is one
}

// Ctx is an acquire context of ww mutexes.
type Ctx uint8

// The contexts there are. Poison is a pointer that must not be looked at.
const (
	NoCtx Ctx = iota
	CtxT
	CtxT2
	CtxPoison
)

var ctxNames = []string{"null", "t", "t2", "POISON"}

// String is the notation of the file.
func (c Ctx) String() string { return ctxNames[c] }
