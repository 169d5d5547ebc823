package sched

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
)

// OnRQ is task->on_rq.
type OnRQ uint8

// Values of on_rq (docs/kernel/sched-irq-printk.md §1.1).
const (
	NotQueued OnRQ = iota // on no runqueue
	Queued                // TASK_ON_RQ_QUEUED
	Migrating             // TASK_ON_RQ_MIGRATING: between two runqueues
)

// State is task->state.
type State uint32

// States of a task (docs/kernel/sched-irq-printk.md §1.1).
const (
	Running         State = 0
	Interruptible   State = 1
	Uninterruptible State = 2
	Dead            State = 64
	Waking          State = 256
	Parked          State = 512
	Normal                = Interruptible | Uninterruptible
)

// String returns the letter that the kernel shows for a state.
func (s State) String() string {
	switch s {
	case Running:
		return "R"
	case Interruptible:
		return "S"
	case Uninterruptible:
		return "D"
	case Dead:
		return "X"
	case Waking:
		return "W"
	case Parked:
		return "P"
	}
	return "?"
}

// Task is task_struct as the scheduler knows it.
type Task struct {
	cpu.Exec
	State cpu.Var[State] // task->state
	// OnCPU is 1 from just before the switch to the task until the switch
	// away from it is complete; wakers spin on it.
	OnCPU cpu.Var[bool]
	// OnRQ is p->on_rq; it changes under rq->lock and is read by wakers that
	// hold only pi_lock.
	OnRQ   cpu.Var[OnRQ]
	PILock lock.Raw // p->pi_lock

	Allowed []bool // nil: every CPU
	Daemon  bool   // a thread of the kernel, not expected to end
	// Observer is a daemon that only looks now and then: that it will look
	// again keeps no machine from being quiescent.
	Observer bool
	Exited   bool // switched away from for the last time
	// WQWorker is PF_WQ_WORKER: the workqueue's hooks are told when the task
	// goes to sleep and when it is woken.
	WQWorker bool

	// cpuNr is task_cpu(p). It changes under rq->lock if the task is queued
	// and under pi_lock if it is not, so that either lock keeps it still; who
	// has neither reads it by an operation.
	cpuNr    cpu.Var[int]
	wakeCPU  int
	wakeNext *Task // on a remote CPU's wake_list
	se       entity
	rt       rtEntity
	class    class
	// prio is what counts, lower first; normalPrio is that without what an
	// rt_mutex lent, and staticPrio what nice says.
	prio, normalPrio, staticPrio int
	rtPriority                   int
	policy                       Policy
	linked                       *RQ      // whose class has it queued
	sleep                        cpu.Wait // what Blocked points at once the task is off its queue
	sleeps                       bool     // sleep is why the task is about to go off its queue
	spinners                     *cpu.Wait
	moving                       migrating
	wakes                        wakees
	Switches                     uint64 // nvcsw + nivcsw
	isIdle                       bool
	startWith                    func(x *cpu.Exec)
	kthread                      *Kthread       // nil for a task that is none
	wakeQ                        cpu.Var[*Task] // the link of the wake_q that the task is on
	// piWaiters is pi_waiters: the first waiter of each rt_mutex that the task
	// owns, by priority; piBlockedOn is itself as a waiter, nil if it waits for
	// none. Both are under pi_lock.
	piWaiters   []*rtWaiter
	piBlockedOn *rtWaiter
}

var piLockKey = lockdep.Key{Name: "&p->pi_lock"}

// newTask makes a task that is not queued anywhere.
func (s *Sched) newTask(comm string, pid, cpuNr int, body func(x *cpu.Exec)) *Task {
	t := &Task{wakeCPU: cpuNr, startWith: body, staticPrio: defaultPrio}
	s.InitPolicy(t, PolicyNormal, 0)
	t.rt.timeSlice = s.rrTimeslice()
	s.m.NewExec(&t.Exec, comm, pid, func() { s.first(t) })
	outer := s.m.Within(comm, -1)
	t.State.Init(s.m, "->state", Running)
	t.OnCPU.Init(s.m, "->on_cpu", false)
	t.OnRQ.Init(s.m, "->on_rq", NotQueued)
	t.cpuNr.Init(s.m, "->cpu", cpuNr)
	t.wakeQ.Init(s.m, "->wake_q", nil)
	t.wakes.flips.Init(s.m, "->wakee_flips", 0)
	t.PILock.Init(s.m, "->pi_lock", &piLockKey)
	s.m.Leave(outer)
	if s.m.Debug {
		s.piLocks[t.PILock.LockInfo().Obj] = true
		s.guard(t)
	}
	if ld := s.m.Lockdep; ld != nil {
		ld.HardirqsOff(t.LD) // a new task starts inside the switch to it
	}
	s.tasks = append(s.tasks, t)
	return t
}

// NewKthread makes a kernel thread bound to a CPU, or free to run anywhere
// for cpuNr < 0, asleep until it is first woken, as kthread_create leaves it.
//
//kernel:fn kthread_create_on_node kernel/kthread.c
func (s *Sched) NewKthread(comm string, pid, cpuNr int, body func(x *cpu.Exec)) *Task {
	t := s.newTask(comm, pid, max(cpuNr, 0), body)
	t.Daemon = true
	if cpuNr >= 0 {
		t.Allowed = make([]bool, len(s.rqs))
		t.Allowed[cpuNr] = true
	}
	t.State.Poke(Uninterruptible)
	return t
}

// NewTask makes an ordinary task that may run on the given CPUs (none: all)
// and starts with WakeUpNewTask.
func (s *Sched) NewTask(comm string, pid, nice int, cpus []int, body func(x *cpu.Exec)) *Task {
	t := s.newTask(comm, pid, 0, body)
	t.staticPrio = defaultPrio + nice
	s.InitPolicy(t, PolicyNormal, 0)
	if len(cpus) > 0 {
		t.Allowed = make([]bool, len(s.rqs))
		for _, c := range cpus {
			t.Allowed[c] = true
		}
		t.cpuNr.Poke(cpus[0])
		t.wakeCPU = cpus[0]
	}
	return t
}

// rtTask is rt_task().
func (t *Task) rtTask() bool { return t.prio < maxRTPrio }

// TaskCPU is task_cpu(p) for who holds a lock that keeps it still, and for
// views.
func (t *Task) TaskCPU() int { return t.cpuNr.Peek() }

// ReadCPU is task_cpu(p) for everybody else: an unlocked load.
//
//kernel:fn task_cpu include/linux/sched.h
func (t *Task) ReadCPU(x *cpu.Exec) int { return t.cpuNr.ReadOnce(x) }

// Queued is task_on_rq_queued(), for who holds rq->lock, and for views.
//
//kernel:fn task_on_rq_queued kernel/sched/sched.h
func (t *Task) Queued() bool { return t.OnRQ.Peek() == Queued }

// bound reports whether the task may run on one CPU only: nr_cpus_allowed is 1.
func (t *Task) bound() bool {
	n := 0
	for _, ok := range t.Allowed {
		if ok {
			n++
		}
	}
	return n == 1
}

func (t *Task) allowed(c int) bool { return t.Allowed == nil || t.Allowed[c] }

// AwaitedName implements [cpu.Awaited] for the on_cpu spin.
func (t *Task) AwaitedName() string { return t.Comm + "->on_cpu" }

// Holder implements [cpu.Awaited]: on_cpu is cleared by the CPU that is
// switching the task out.
func (t *Task) Holder(*cpu.Wait) cpu.Holder {
	return cpu.Holder{CPU: t.CPU(), How: "to be cleared at the end of the context switch"}
}

// link and unlink say on which runqueue the task's class has it: on one.
func (t *Task) link(rq *RQ) {
	if t.linked != nil {
		panic(fmt.Sprintf("sched: %s is queued on CPU %d and is to be queued on CPU %d", t.Comm, t.linked.CPU, rq.CPU))
	}
	t.linked = rq
}

func (t *Task) unlink(rq *RQ) {
	if t.linked != rq {
		panic(fmt.Sprintf("sched: %s is taken off CPU %d, where it is not queued", t.Comm, rq.CPU))
	}
	t.linked = nil
}

// SetCurrentState is set_current_state(): a store and a full barrier, so that
// the condition that is looked at next is read behind the store.
//
//kernel:fn set_current_state include/linux/sched.h
func (s *Sched) SetCurrentState(x *cpu.Exec, st State) {
	s.Task(x).State.WriteOnce(x, st)
	x.StateChanged = st != Running
	x.Spend(s.m.Costs.Barrier)
}

// SetCurrentStatePlain is __set_current_state(): the store alone, for where
// nobody has to see it before something else is read.
//
//kernel:fn __set_current_state include/linux/sched.h
func (s *Sched) SetCurrentStatePlain(x *cpu.Exec, st State) { s.Task(x).State.WriteOnce(x, st) }
