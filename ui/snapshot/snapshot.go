package snapshot

import (
	"lockstep/cpu/stop"
	"lockstep/cpu/workqueue"
	"lockstep/rcu"
	"lockstep/sim"
)

// Snapshot is a machine between two steps.
type Snapshot struct {
	Step uint64   // steps performed: operations, interrupts taken, device events
	Ops  uint64   // operations among them
	Time sim.Time // of the latest of them
	// Next is who is next if nobody chooses: a processor, or a device event
	// (its index in Devices). Both are -1 when nothing can happen.
	NextCPU int
	// NextDevice is that device event.
	NextDevice int
	// End is the verdict when the run is over, empty while it can go on.
	End string

	CPUs     []CPU           // by number
	Tasks    []Task          // by Exec.ID, idle tasks too
	Locks    []Lock          // in the order they were made
	Queues   []RunQueue      // by CPU
	RCU      []RCU           // the flavours
	Watch    []rcu.WatchView // dyntick-idle state, by CPU
	Timers   []Timer         // pending timers of the wheels, earliest first
	HRTimers []HRTimer       // queued high-resolution timers, by CPU, clock and expiry
	Bases    []TimerBase     // where they are, by CPU
	Jiffies  uint64          // the tick counter
	HighRes  bool            // the machine has high-resolution timers
	APICs    []APIC          // local APICs, by CPU
	Lines    []Line          // interrupt lines, by number
	Watchdog []Watch         // the lockup detectors, by CPU; nil without
	Devices  []Device        // queued device events, earliest first
	Perf     []PerfContext   // of tasks, and those loaded otherwise
	Vars     []Var           // the scenario's shared variables
	Console  []Record        // the kernel log
	Findings []Finding       // what the oracles saw
	Graph    *Graph          // the validator's; nil if it does not judge
	// Work are the worker pools, nil on a machine without workqueues.
	Work *workqueue.View
	// Stop are the CPUs' stoppers, nil on a machine without.
	Stop *stop.View
}

// CPU is one processor.
type CPU struct {
	ID      int    // its number
	Offline bool   // it is not in cpu_online_mask
	Task    int    // Exec.ID of current
	Name    string // comm/pid of current
	IrqsOn  bool   // the interrupt flag
	// Preempt is preempt_count in the kernel's layout, without the inverted
	// need-resched bit, which is NeedResched.
	Preempt     uint32
	NeedResched bool     // the folded copy of need_resched
	Time        sim.Time // its own, of its latest operation and what is charged since
	Due         sim.Time // when its next step is due; sim.Forever if it waits
	State       State    // what it does
	Op          Op       // what it is about to perform; empty while it is parked
	// Contexts are its nested contexts, outermost first; the last one runs.
	Contexts []Context
	Frames   []Frame  // the whole stack, innermost first
	Pending  []string // interrupts that wait to be taken
	Irr      []int    // vectors requested, highest first
	Isr      []int    // vectors in service, highest first
	Softirqs []string // pending softirqs
	IrqWork  int      // queued irq_work items
	Calls    int      // queued smp_call_function items
	Wait     *Wait    // what it spins for
	Held     []int    // indexes in Locks, in order of acquisition
	// Reader is current's rcu_read_lock nesting. In the tail of the outermost
	// unlock, where the kernel's goes to INT_MIN, it is what interrupts have
	// nested on top, and Special says "unlocking".
	Reader int
	// Special are its unlock-special bits as words: blocked, need_qs, exp_need_qs.
	Special []string
}

// State is what a processor does.
type State uint8

// States of a processor.
const (
	Ready   State = iota // it can perform its next operation
	Irq                  // its next step is to take an interrupt
	Spin                 // it waits and has to be woken
	Halted               // it waits for an interrupt
	Stopped              // it has nothing to run, or the run ended in it
)

// Op is an operation in words.
type Op struct {
	Kind   sim.Kind   // what is done
	Name   string     // cpu.KindName
	Obj    sim.ObjID  // what is touched, 0 for nothing
	Object string     // its name
	Access sim.Access // how it is touched
}

// Context is one of the nested contexts of a processor.
type Context struct {
	Kind string // task, softirq, hardirq, NMI
	Name string // comm/pid, or what the interrupt is
	Func string // innermost kernel function in it
}

// Frame is one kernel function on a stack, or a line of a task body.
type Frame struct {
	Func   string // the kernel's name, or "body"
	Kernel string // the kernel's file; empty for a body
	Source string // file of the Go port as in the source tree (rcu/unlock.go), or the scenario's
	Line   int    // being executed
	First  int    // of the function; 1 for a body
	Last   int    // of the function; of the file for a body
	Body   bool   // Source is a scenario
}

// Wait is why somebody waits, and for whom.
type Wait struct {
	Kind   string // spinlock, on_cpu, csd, mutex, …
	On     string // what it waits for
	Holder string // who must act: "CPU1 perf/102", empty if nobody can say
	How    string // what the holder has or does: "held", "interrupts off"
	CPU    int    // of the holder, -1 if it is a task on no CPU or unknown
	Task   int    // Exec.ID of the holder, -1 if unknown
}

// Task is one task.
type Task struct {
	ID     int    // Exec.ID
	PID    int    // 0 for idle tasks
	Comm   string // its name
	State  string // R, S, D, X, W
	CPU    int    // task_cpu
	OnCPU  bool   // p->on_cpu
	OnRQ   bool   // p->on_rq
	Idle   bool   // it is a CPU's idle task
	Daemon bool   // it is not expected to end
	Exited bool   // it was switched away from for the last time
	Nice   int    // -20 to 19
	Policy string // SCHED_NORMAL, SCHED_FIFO, …; "stop" for the stop class
	RTPrio int    // of a real-time policy 1 to 99, else 0
	Prio   int    // what counts, lower first: below 100 is real-time
	// NormalPrio is Prio without what the waiters for its rt_mutexes lend it.
	NormalPrio int
	Donors     []int  // Exec.IDs of those waiters, the highest priority first
	VRuntime   uint64 // virtual running time in nanoseconds
	Switches   uint64 // how often it was switched away from
	Wait       *Wait  // a sleeper's
	Held       []int  // indexes in Locks of sleeping locks it owns, in order of acquisition
	Reader     int    // as in CPU
	// Body is file:line where the task body stands, its first line before and
	// behind that; empty for a thread of the kernel.
	Body string
}

// Lock is one lock of any kind.
type Lock struct {
	Name  string    // of the instance
	Class string    // of the validator; empty if it does not see the lock
	Usage string    // {-.+?} as lockdep prints it, empty if unknown
	Kind  string    // raw_spinlock, arch_spinlock, mutex, semaphore, completion
	Obj   sim.ObjID // of its operations; a semaphore's and a completion's are those of the lock inside
	// OwnerCPU is the CPU that has it; of a task's lock the one that runs the
	// owner. -1 for none.
	OwnerCPU      int
	OwnerTask     int      // Exec.ID of who has it, -1 if it is free
	Owner         string   // "CPU0 perf/101", or "perf/101" on no CPU
	Reserved      bool     // it was handed over to the next in line, who has not come yet
	Read          int      // readers that hold it
	Since         sim.Time // the owner has had it
	Count         int      // of a semaphore, or what a completion will still let through
	Waiters       []string // in order
	WaiterIDs     []int    // their Exec.IDs, -1 for a CPU
	WaitTime      sim.Time // how long the first in line has waited
	Contended     uint64   // acquisitions that had to wait, so far
	ContendedTime sim.Time // and how long they did, all together
	Changed       bool     // by the step that led here
}

// RunQueue is one CPU's.
type RunQueue struct {
	CPU         int      // whose
	Curr        int      // Exec.ID of rq->curr
	NrRunning   int      // rq->nr_running
	MinVRuntime uint64   // of the fair class
	Queued      []int    // Exec.IDs of the fair class by vruntime, curr not among them
	RT          []int    // of the real-time class by priority, curr not among them
	Throttled   bool     // the real-time class has used up its share of the period
	RTTime      sim.Time // what it has used
	WakeList    []int    // Exec.IDs, latest first
	Switches    uint64   // context switches
	Clock       sim.Time // rq->clock
}

// Device is a queued device event.
type Device struct {
	Source int      // sim.Source.ID, for a choice
	Name   string   // of the source
	Due    sim.Time // when it happens
	CPU    int      // it will reach, -1 if unknown
	What   string   // vector or purpose
}

// PerfContext is a perf event context.
type PerfContext struct {
	Name       string   // ctx1, ctx2, …
	Task       string   // comm/pid of its owner, empty for none
	CPU        int      // it is loaded on, -1 for none
	RefCount   int      // references
	Generation uint64   // changes of the list of events
	Parent     string   // what it is a clone of, empty for none
	Events     []string // "event1 active CPU0"
	Freed      bool     // the memory is given back
}

// Var is a shared variable of the scenario, with Changed as in Lock.
type Var struct {
	Name    string    // in the scenario
	Value   string    // in decimal
	Obj     sim.ObjID // of its operations
	Changed bool      // by the step that led here
}

// Record is a line of the kernel log. A record of several lines, such as a
// stack, is as many of these, with one Seq.
type Record struct {
	Seq     int      // of the record
	CPU     int      // that stored it
	Level   int      // KERN_*: 0 to 7
	Time    sim.Time // of storing
	Text    string   // without prefix
	Printed bool     // on the console
}

// Finding is what an oracle saw.
type Finding struct {
	Kind  string   // a verdict's name: deadlock, lockdep, warn, …
	Title string   // one line
	Text  string   // the rest; of the validator, the report as it was printed
	CPU   int      // on which it was seen
	Step  uint64   // operations performed until then
	Time  sim.Time // on its CPU
	// Classes are the lock classes or locks of a cycle, in its order.
	Classes []string
}

// Graph is the validator's class graph.
type Graph struct {
	Classes []Class // in the order they were first used
	Edges   []Edge  // an edge: the first was held when the second was taken
	On      bool    // debug_locks
}

// Class is a lock class.
type Class struct {
	Name  string // display name, as in reports
	Usage string // {-.+?} as lockdep prints it
}

// Edge joins two classes by their indexes.
type Edge struct {
	From int // was held
	To   int // when this was taken
	// Site is where the second was taken; empty if it was not captured, or if
	// the edge is the one that a report is about and was never stored.
	Site  string
	Cycle bool // it is part of what a report is about
}
