package cpu

import (
	"lockstep/cpu/ksym"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Config is what a machine is made from. The scenario's [machine] table maps
// onto it.
type Config struct {
	CPUs int // how many
	HZ   int // ticks a second
	// Topology is sockets, cores and threads; the zero value is one socket.
	Topology Topology
	LLC      []int           // last-level cache id of each CPU; nil: those of a socket share one
	Costs    Costs           // the price list
	Engine   sim.Config      // seed, chooser and limits
	Lockdep  *lockdep.Config // nil: the validator does not judge
	// AnyWinner gives a released spinlock to whichever waiter comes first,
	// as DEBUG_SPINLOCK's trylock loop does, in place of FIFO order.
	AnyWinner bool
	// PollIdle makes idle CPUs poll need_resched in place of halting, and
	// MwaitIdle makes them wait for a write to it with the mwait instruction.
	PollIdle, MwaitIdle bool
	// DebugMutexes is CONFIG_DEBUG_MUTEXES, which a kernel with PROVE_LOCKING
	// has: no fast paths, no optimistic spinning on mutexes.
	DebugMutexes bool
	// Preempt is the kernel's preemption model.
	Preempt PreemptModel
	// Debug makes the machine check its invariants after every operation; a
	// violation is a panic. It costs no virtual time and changes no run.
	Debug bool
	// LockStat lets the validator keep the statistics of lock_stat, which
	// takes no virtual time.
	LockStat bool
	// Release is the kernel's release and version, as uname gives them.
	Release string
	// PastDeadlock lets the machine go on when a deadlock is found, so that
	// the kernel's own detectors come to speak.
	PastDeadlock bool
	// Symbols names the program's functions in messages that say where
	// something was called; nil: they do not say.
	Symbols func() *ksym.Table
	// Tracer captures positions and stacks; nil in the fast mode of runs.
	Tracer *Tracer
}

// Machine is one virtual SMP machine.
type Machine struct {
	E     *sim.Engine // the engine
	CPUs  []*CPU      // by number
	HZ    int         // ticks a second
	Costs Costs       // the price list
	Hooks Hooks       // filled at boot
	// Lockdep judges, or is nil. LockdepCost is charged all the same; it
	// ends with the first report, as debug_locks does.
	Lockdep     *lockdep.Validator
	LockdepCost sim.Time // per acquire and per release
	AnyWinner   bool     // see [Config]
	PollIdle    bool     // see [Config]
	MwaitIdle   bool     // see [Config]
	// DebugMutexes is what the kernel is built with; see [Config].
	DebugMutexes bool
	Preempt      PreemptModel // see [Config]
	Debug        bool         // see [Config]
	guards       map[sim.ObjID]guard
	Tracer       *Tracer         // nil in the fast mode
	Mutations    map[string]bool // paths that are broken on purpose
	Release      string          // see [Config]
	// ForceReadLockRecursive makes the newer rules take every read_lock() for
	// recursive, as the first part of the kernel's self-tests has it.
	ForceReadLockRecursive bool

	// Possible, Present, Online and Active are cpu_possible_mask and the
	// others: CPUs that can ever be, that are plugged in, that run, and that
	// the scheduler may give tasks to.
	Possible, Present, Online, Active Mask

	topology Topology
	llc      []int
	names    []objName
	scopes   []scope    // of names, from 1
	scope    Scope      // that objects are made in now
	reserved []ObjRange // ascending
	execs    []*Exec
	held     []Holdable
	freed    map[Holdable]bool // of held, not yet taken out
	// freedObjs are the objects in memory that was freed, nil if none was.
	freedObjs map[sim.ObjID]bool
	findings  []*Finding
	busy      []func() bool
	reports   []*lockdep.Report
	warned    map[string]bool
	findObj   sim.Obj
	heap      sim.Obj
	started   bool
	allocAt   uint64
	lockStat  bool   // the validator keeps statistics
	asked     uint64 // questions to the wait-for graph
	path      []step // of the present one
	goOn      bool   // behind a deadlock
	symbols   func() *ksym.Table
	// MightSleepLimit is the prev_jiffy of ___might_sleep(); see Ratelimit.
	MightSleepLimit uint64
	// Jiffies is the tick counter, advanced by whichever CPU owns the duty.
	Jiffies Var[uint64]
}

// New makes a machine of idle CPUs without tasks; the packages above hook
// themselves in and the boot code gives each CPU its idle task.
func New(cfg Config) *Machine {
	cfg.Engine.Procs = cfg.CPUs
	cfg.Engine.MinLatency = cfg.Costs.IPIMin
	m := &Machine{
		E: sim.New(cfg.Engine), HZ: cfg.HZ, Costs: cfg.Costs,
		LockdepCost: cfg.Costs.Lockdep, AnyWinner: cfg.AnyWinner, PollIdle: cfg.PollIdle, MwaitIdle: cfg.MwaitIdle,
		Preempt: cfg.Preempt, Debug: cfg.Debug, Tracer: cfg.Tracer, llc: cfg.LLC, DebugMutexes: cfg.DebugMutexes,
		Release: cfg.Release, symbols: cfg.Symbols, goOn: cfg.PastDeadlock,
	}
	m.names = append(make([]objName, 0, namesEver+namesPerCPU*cfg.CPUs), objName{})
	m.held = make([]Holdable, 0, locksEver+locksPerCPU*cfg.CPUs)
	m.execs = make([]*Exec, 0, 8+2*cfg.CPUs)
	m.scopes = make([]scope, 0, scopesEver+scopesPerCPU*cfg.CPUs)
	cpus := make([]CPU, cfg.CPUs)
	m.CPUs = make([]*CPU, cfg.CPUs)
	for i := range cpus {
		c := &cpus[i]
		c.ID, c.m, c.P, c.preempt, c.lockdepCost = i, m, m.E.Proc(i), PreemptEnabled, m.LockdepCost
		m.CPUs[i] = c
	}
	if cfg.Lockdep != nil {
		ld := *cfg.Lockdep
		if cfg.Tracer != nil {
			ld.Tracer = &lockTracer{cfg.Tracer, m}
		}
		if m.lockStat = cfg.LockStat; m.lockStat {
			ld.Clock = func() int64 { return int64(m.E.Current().Now()) }
		}
		ld.OnReport = m.lockdepReport
		m.Lockdep = lockdep.New(ld)
	}
	m.findObj = m.NewObj("record")
	m.heap = m.NewObj("heap")
	m.initTopology(cfg.Topology)
	m.Possible.Init(m, "cpu_possible_mask", true)
	m.Present.Init(m, "cpu_present_mask", true)
	m.Online.Init(m, "cpu_online_mask", true)
	m.Active.Init(m, "cpu_active_mask", true)
	m.Jiffies.Init(m, "jiffies", 0)
	return m
}

// NewObj makes the identity of an object under the given name. Identities are
// numbered in the order they are made, so once the machine runs they may only
// be made right behind [Exec.Kmalloc], whose place in the order of operations
// is the same in every execution.
func (m *Machine) NewObj(name string) sim.Obj {
	if m.started && m.allocAt != m.E.GlobalSteps() {
		panic("cpu: object " + m.whole(objName{m.scope, name}) + " made without kmalloc")
	}
	m.names = append(m.names, objName{m.scope, name})
	return m.E.NewObj()
}

// firstReserved is the first identity of reserved objects, behind any that
// NewObj comes to.
const firstReserved sim.ObjID = 1 << 31

// ObjRange is the identities of a number of objects, of which most are never
// used. They are fixed when they are reserved, so that the objects can be made
// wherever one is first used, in whatever order executions do.
type ObjRange struct {
	first sim.ObjID
	n     int
	name  func(i int) string
}

// ReserveObjs reserves n identities before the machine runs; name names them.
func (m *Machine) ReserveObjs(n int, name func(i int) string) ObjRange {
	if m.E.GlobalSteps() != 0 {
		panic("cpu: objects reserved while the machine runs")
	}
	r := ObjRange{first: firstReserved, n: n, name: name}
	if k := len(m.reserved); k > 0 {
		r.first = m.reserved[k-1].first + sim.ObjID(m.reserved[k-1].n)
	}
	m.reserved = append(m.reserved, r)
	return r
}

// Obj returns the i-th identity.
func (r ObjRange) Obj(i int) sim.Obj { return sim.Obj{ID: r.first + sim.ObjID(i)} }

// Mutated reports whether the named mutation, a deliberate break of a path
// that shows an oracle able to fail, is switched on.
func (m *Machine) Mutated(name string) bool { return m.Mutations != nil && m.Mutations[name] }

// Execs returns every thread of execution made so far, in creation order.
func (m *Machine) Execs() []*Exec { return m.execs }

// OnBusy registers a predicate that is true while its package still has work
// that a tick would carry on: callbacks that wait for a grace period, timers,
// queued irq_work. A machine of idle CPUs that is not busy is quiescent.
func (m *Machine) OnBusy(fn func() bool) { m.busy = append(m.busy, fn) }

// Busy reports whether any package still has such work.
func (m *Machine) Busy() bool {
	for _, fn := range m.busy {
		if fn() {
			return true
		}
	}
	return false
}
