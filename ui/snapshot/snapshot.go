package snapshot

import "lockstep/sim"

// Snapshot is a machine between two steps.
type Snapshot struct {
	Step uint64   // steps performed: operations, interrupts taken, device events
	Ops  uint64   // operations among them
	Time sim.Time // of the latest of them
	// Next is who is next if nobody chooses: a processor, or a device event
	// (its index in Devices). Both are -1 when nothing can happen.
	NextCPU, NextDevice int
	// End is the verdict when the run is over, empty while it can go on.
	End string

	CPUs     []CPU
	Tasks    []Task // by Exec.ID, idle tasks too
	Locks    []Lock // in the order they were made
	Queues   []RunQueue
	RCU      []RCU
	Timers   []Timer  // pending kernel timers, earliest first
	Devices  []Device // queued device events, earliest first
	Perf     []PerfContext
	Vars     []Var // the scenario's shared variables
	Console  []Record
	Findings []Finding
	Graph    *Graph // the validator's; nil if it does not judge
}

// CPU is one processor.
type CPU struct {
	ID     int
	Task   int    // Exec.ID of current
	Name   string // comm/pid of current
	IrqsOn bool
	// Preempt is preempt_count in the kernel's layout, without the inverted
	// need-resched bit, which is NeedResched.
	Preempt     uint32
	NeedResched bool
	Time        sim.Time // of its latest operation
	Due         sim.Time // when its next step is due; sim.Forever if it waits
	State       State
	Op          Op // what it is about to perform
	// Contexts are its nested contexts, outermost first; the last one runs.
	Contexts []Context
	Frames   []Frame  // the whole stack, innermost first
	Pending  []string // interrupts that wait to be taken
	Irr, Isr []int    // vectors requested and in service
	Softirqs []string // pending softirqs
	IrqWork  int      // queued irq_work items
	Calls    int      // queued smp_call_function items
	Wait     *Wait    // what it spins for
	Held     []int    // indexes in Locks, in order of acquisition
	// Reader is current's rcu_read_lock nesting, Special its unlock-special
	// bits as words.
	Reader  int
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
	Stopped              // it has nothing to run
)

// Op is an operation in words.
type Op struct {
	Kind   sim.Kind
	Name   string // cpu.KindName
	Obj    sim.ObjID
	Object string // its name
	Access sim.Access
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
	ID       int
	PID      int
	Comm     string
	State    string // R, S, D, X, W
	CPU      int    // task_cpu
	OnCPU    bool
	OnRQ     bool
	Idle     bool
	Daemon   bool
	Exited   bool
	Nice     int
	VRuntime uint64
	Switches uint64
	Wait     *Wait  // a sleeper's
	Held     []int  // indexes in Locks of sleeping locks it owns
	Reader   int    // rcu_read_lock nesting
	Body     string // file:line of the task body, empty for a thread of the kernel
}

// Lock is one lock of any kind.
type Lock struct {
	Name  string
	Class string // of the validator; empty if it does not see the lock
	Usage string // {-.+?} as lockdep prints it, empty if unknown
	Kind  string // raw_spinlock, mutex, semaphore, …
	Obj   sim.ObjID
	// Owner is who holds it; CPU and task are -1 if it is free. A lock that
	// was handed over to the next in line, who has not come yet, is Reserved.
	OwnerCPU, OwnerTask int
	Owner               string // "CPU0 perf/101"
	Reserved            bool
	Read                int      // readers that hold it
	Since               sim.Time // the owner has had it
	Count               int      // of a semaphore, or what a completion will still let through
	Waiters             []string // in order
	WaitTime            sim.Time // how long the first in line has waited
	Contended           uint64   // acquisitions that had to wait, so far
	ContendedTime       sim.Time // and how long they did, all together
	Changed             bool     // by the step that led here
}

// RunQueue is one CPU's.
type RunQueue struct {
	CPU         int
	Curr        int // Exec.ID
	NrRunning   int
	MinVRuntime uint64
	Queued      []int // Exec.IDs by vruntime, curr not among them
	WakeList    []int // Exec.IDs, latest first
	Switches    uint64
	Clock       sim.Time
}

// Timer is a pending timer of the kernel.
type Timer struct {
	CPU     int
	Expires uint64 // jiffies
	Name    string // its function or what it is for
}

// Device is a queued device event.
type Device struct {
	Source int    // sim.Source.ID, for a choice
	Name   string // of the source
	Due    sim.Time
	CPU    int    // it will reach, -1 if unknown
	What   string // vector or purpose
}

// RCU is one flavour.
type RCU struct {
	Name             string
	GPNum, Completed uint64
	State            string // the grace-period kthread's, in words
	Flags            uint32
	ExpSeq           uint64
	Nodes            []RCUNode // breadth first
	CPUs             []RCUCPU
}

// RCUNode is one node of the tree.
type RCUNode struct {
	Level, Lo, Hi, Parent int
	QSMask, ExpMask       uint64
	QSMaskInit            uint64
	Blocked               []int // PIDs
	GPTasks, ExpTasks     int   // indexes in Blocked, -1 for none
	Lock                  string
}

// RCUCPU is a CPU's share of a flavour.
type RCUCPU struct {
	GPNum, Completed uint64
	QSPending        bool // it owes a quiescent state
	Passed           bool // and has passed one
	Dynticks         int  // the counter; odd: RCU watches
	Callbacks        int
	Segments         string // callbacks by segment, as "done 0 wait 2 next-ready 0 next 1"
}

// PerfContext is a perf event context.
type PerfContext struct {
	Name       string
	Task       string // comm/pid, empty for none
	CPU        int    // it is loaded on, -1 for none
	RefCount   int
	Generation uint64
	Parent     string // what it is a clone of
	Events     []string
	Freed      bool
}

// Var is a shared variable of the scenario, with Changed as in Lock.
type Var struct {
	Name    string
	Value   string
	Obj     sim.ObjID
	Changed bool
}

// Record is a line of the kernel log. A record of several lines, such as a
// stack, is as many of these, with one Seq.
type Record struct {
	Seq     int // of the record
	CPU     int // that stored it
	Level   int
	Time    sim.Time
	Text    string
	Printed bool // on the console
}

// Finding is what an oracle saw.
type Finding struct {
	Kind  string
	Title string
	Text  string
	CPU   int
	Step  uint64   // operations performed until then
	Time  sim.Time // on its CPU
	// Classes are the lock classes or locks of a cycle, in its order.
	Classes []string
}

// Graph is the validator's class graph.
type Graph struct {
	Classes []Class
	Edges   []Edge // an edge: the first was held when the second was taken
	On      bool   // debug_locks
}

// Class is a lock class.
type Class struct {
	Name  string
	Usage string
}

// Edge joins two classes by their indexes.
type Edge struct {
	From, To int
	Site     string // where the second was taken
	Cycle    bool   // it is part of the cycle of a report
}
