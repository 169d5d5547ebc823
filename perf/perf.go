package perf

import (
	"errors"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/irq"
	"lockstep/rcu"
)

// LockMode is the form of perf_lock_task_context, which changed twice
// (docs/kernel/rcu-perf.md §0.7, §5.3).
type LockMode int

// Forms of perf_lock_task_context.
const (
	// LockNone is the form before 2013: the reader is preemptible, and a
	// retry stays inside it.
	LockNone LockMode = iota
	// LockPreemptOff is 3.11 to 4.4-rc0: preemption is off around the
	// reader, interrupts are not.
	LockPreemptOff
	// LockIrqsOff is v4.4: interrupts are off around the reader.
	LockIrqsOff
)

// Config says which form of perf a machine has.
type Config struct {
	// LockTaskContext is the form of perf_lock_task_context.
	LockTaskContext LockMode
}

// Errors of system calls, as errno knows them.
var (
	// ErrSRCH says that the task is exiting.
	ErrSRCH = errors.New("ESRCH: no such process")
	// errAgain says that a task moved or a pointer changed: try again.
	errAgain = errors.New("EAGAIN: try again")
)

// Where the assertions stand.
const coreFile = "kernel/events/core.c"

// PutCtxImmediate is the mutation that frees a context with its last
// reference, without waiting for the readers that may have loaded it.
const PutCtxImmediate = "perf.put-ctx-immediate"

var (
	cpuctxLockKey  = lockdep.Key{Name: "&cpuctx_lock"}
	ctxLockKey     = lockdep.Key{Name: "&ctx->lock"}
	ctxMutexKey    = lockdep.Key{Name: "&ctx->mutex"}
	eventMutexKey  = lockdep.Key{Name: "&child->perf_event_mutex"}
	childMutexKey  = lockdep.Key{Name: "&event->child_mutex"}
	singleDepth    = 1 // SINGLE_DEPTH_NESTING
	firstReference = 1
)

// Perf is the perf subsystem of one machine.
type Perf struct {
	m     *cpu.Machine
	s     *sched.Sched
	r     *rcu.RCU
	ic    *irq.Controller
	cfg   Config
	cpus  cpu.PerCPU[cpuContext]
	tasks cpu.PerTask[taskEvents]
	// enabled is perf_sched_events: context switches look at contexts at all.
	enabled  cpu.Var[bool]
	contexts int // made so far, for their names
	events   int
}

// cpuContext is perf_cpu_context. Without per-CPU events it has only its lock
// and the loaded context of the CPU's current task, which the CPU itself
// changes with interrupts off.
type cpuContext struct {
	lock    lock.Raw
	taskCtx *Context
}

// taskEvents is what perf keeps in a task. A task that was never asked about
// has none.
type taskEvents struct {
	made  bool
	ctxp  cpu.Var[*Context]
	mutex sched.Mutex // perf_event_mutex: owned, and who publishes ctxp
	owned []*Event    // perf_event_list
	// exiting is PF_EXITING, set before the exit takes the mutex.
	exiting cpu.Var[bool]
}

// New makes the subsystem and takes the scheduler's perf hooks.
func New(m *cpu.Machine, s *sched.Sched, r *rcu.RCU, ic *irq.Controller, cfg Config) *Perf {
	p := &Perf{m: m, s: s, r: r, ic: ic, cfg: cfg}
	p.cpus.Init(m)
	for i := range m.CPUs {
		outer := m.Within("cpuctx", i)
		p.cpus.Of(i).lock.Init(m, "->lock", &cpuctxLockKey)
		m.Leave(outer)
	}
	p.enabled.Init(m, "perf_sched_events", false)
	m.Hooks.SchedOut = p.taskSchedOut
	m.Hooks.SchedIn = p.taskSchedIn
	m.Hooks.TaskTick = p.taskTick
	return p
}

// enable turns perf on, static_key_slow_inc(&perf_sched_events): from now on
// context switches look at contexts. All tasks that exist get their fields;
// those that a fork makes later get them there.
func (p *Perf) enable(x *cpu.Exec) {
	if p.enabled.ReadOnce(x) {
		return
	}
	x.Kmalloc()
	for _, t := range p.m.Execs() {
		p.initFields(t)
	}
	p.enabled.WriteOnce(x, true)
}

// initTask is perf_event_init_task() of a task that may have its fields.
//
//kernel:fn perf_event_init_task kernel/events/core.c
func (p *Perf) initTask(x, t *cpu.Exec) *taskEvents {
	te := p.tasks.Of(t)
	if !te.made {
		x.Kmalloc()
		p.initFields(t)
	}
	return te
}

// initFields makes the objects of a task's fields.
func (p *Perf) initFields(t *cpu.Exec) {
	te := p.tasks.Of(t)
	if te.made {
		return
	}
	te.made = true
	te.ctxp.Init(p.m, t.Comm+"->perf_event_ctxp", nil)
	te.mutex.Init(p.s, t.Comm+"->perf_event_mutex", &eventMutexKey)
	te.exiting.Init(p.m, t.Comm+"->flags", false)
}

// of returns perf's part of a task.
func (p *Perf) of(t *cpu.Exec) *taskEvents { return p.tasks.Of(t) }

// loadCtx reads a task's context pointer without a lock.
func (te *taskEvents) loadCtx(x *cpu.Exec) *Context {
	if !te.made {
		return nil
	}
	return te.ctxp.ReadOnce(x)
}

// Context returns a task's context, nil if it has none; for views.
func (p *Perf) Context(task *sched.Task) *Context { return p.of(&task.Exec).ctxp.Peek() }

// taskTick is perf_event_task_tick(). No event has a frequency to adjust, so
// all that is left is its check (P7).
//
//kernel:fn perf_event_task_tick kernel/events/core.c
func (p *Perf) taskTick(x *cpu.Exec) {
	cpu.WarnOnce(x, !cpu.IrqsDisabled(x), coreFile, "perf_event_task_tick: interrupts are on")
}
