package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// RQ is a CPU's runqueue.
type RQ struct {
	Lock lock.Raw // rq->lock
	CPU  int      // its number
	// Curr and NrRunning change under Lock and are read without it by
	// idle_cpu() of other CPUs.
	Curr      cpu.Var[*Task]
	NrRunning cpu.Var[int] // tasks queued, idle not counted

	idle  *Task
	stop  *Task // rq->stop: the stopper, picked before any other; nil without one
	cfs   cfsRQ
	rt    rtRQ
	clock sim.Time
	// skipClock is clock_skip_update: the clock need not be updated once more
	// by the next __schedule, or, one bit up, by the present one.
	skipClock uint8
	callbacks callbacks
	wakeList  cpu.Var[*Task] // LIFO, linked through wakeNext
	switched  *Task          // the task the latest switch left
	polling   *cpu.Wait      // the idle loop, when it polls
	lb        balancing
	dead      cpu.Var[bool] // cpu_dead_idle: the CPU lies still until it is started again
	Switches  uint64        // context switches
}

// Sched is the scheduler of one machine.
type Sched struct {
	m     *cpu.Machine
	rqs   []RQ
	tasks []*Task // by Exec.ID
	idle  sim.Obj
	// cpuStart is run by every CPU first.
	cpuStart func(x *cpu.Exec)
	booted   bool // CPU 0 is through with the start-up
	kthreadd kthreadd
	osqNodes []osqNode // by CPU

	Variants Variants // set before the machine starts
	nohz     nohz
	// overload is the root domain's: some runqueue has had more than one task.
	overload     cpu.Var[bool]
	balancing    cpu.Var[bool]     // the lock of domains with SD_SERIALIZE
	raiseBalance func(x *cpu.Exec) // see [Sched.OnBalance]
	stop         StopCalls
	notifiers    []cpuNotifier    // in the order in which they are told
	smpboot      []*SmpbootThread // hotplug_threads
	fake         *Task            // migrate_tasks: who ran last, of the lowest class

	chain      [4]class // from the top
	stopClass  stopClass
	rtClass    rtClass
	fairClass  fairClass
	idleClass  idleClass
	feat       Features
	rto        rtOverload
	lowest     cpu.PerCPU[[]bool] // scratch of findLowestRQ
	bandwidth  rtBandwidth
	yieldLocks YieldLocks
	piLocks    map[sim.ObjID]bool // in the debug mode
}

// Variants are forms of paths other than v4.4's.
type Variants struct {
	// NoteUnderRQ tells RCU of a context switch with rq->lock held, as a
	// release candidate of 3.5 did (docs/kernel/bugs.md, BUG-A7).
	NoteUnderRQ            bool
	SemaphoreWakeQ         bool          // up() wakes behind the semaphore's lock
	RTMutexUnlock          RTMutexUnlock // how an rt_mutex without waiters is freed
	CompletionDoneLockless bool          // completion_done() does not wait for the lock
	ExitPlain              bool          // do_exit() does not wait for wakers that saw the task before (BUG-F5)
}

var rqLockKey = lockdep.Key{Name: "&rq->lock"}

// New makes the runqueues and an idle task for every CPU, and takes the
// hooks that are the scheduler's.
func New(m *cpu.Machine) *Sched {
	s := &Sched{m: m, rqs: make([]RQ, len(m.CPUs)), tasks: make([]*Task, 0, 16)}
	s.idle = m.NewObj("idle")
	s.makeClasses()
	if m.Debug {
		s.piLocks = map[sim.ObjID]bool{}
	}
	s.rto.init(m)
	s.lowest.Init(m)
	for i := range s.rqs {
		rq := &s.rqs[i]
		rq.CPU = i
		outer := m.Within("rq", i)
		rq.Lock.Init(m, "->lock", &rqLockKey)
		rq.Lock.EnablesIrqs()
		rq.Curr.Init(m, "->curr", nil)
		rq.NrRunning.Init(m, "->nr_running", 0)
		rq.wakeList.Init(m, "->wake_list", nil)
		rq.cfs.init(len(m.CPUs))
		rq.lb.init(m)
		m.Leave(outer)
		m.Numbered(i)
		rq.dead.Init(m, "cpu_dead_idle", false)
		m.Leave(outer)
		m.Within("rq", i)
		rq.cfs.minV.Init(m, "->min_vruntime", 0)
		rq.rt.init(m)
		m.Leave(outer)
		rq.Lock.Guards(rq.Curr.Obj(), rq.NrRunning.Obj(), rq.cfs.minV.Obj(), rq.rt.highest.Obj(), rq.rt.next.Obj())
		s.initIdle(rq)
	}
	s.initOSQ()
	s.nohz.init(m)
	s.overload.Init(m, "def_root_domain.overload", false)
	s.balancing.Init(m, "balancing", false)
	s.buildDomains()
	s.initHotplug()
	s.fake = &Task{class: s.idleClass}
	s.SetFeatures(DefaultFeatures)
	m.Hooks.PreemptSchedule = s.PreemptSchedule
	m.Hooks.CondResched = s.condResched
	m.Hooks.TaskState = func(x *cpu.Exec) uint32 { return uint32(s.Task(x).State.ReadOnce(x)) }
	if m.Debug {
		s.watch()
	}
	return s
}

// Machine returns the machine the scheduler belongs to.
func (s *Sched) Machine() *cpu.Machine { return s.m }

// Task returns the task that x is the execution of.
func (s *Sched) Task(x *cpu.Exec) *Task { return s.tasks[x.ID] }

// Tasks returns all tasks, idle tasks included, in creation order.
func (s *Sched) Tasks() []*Task { return s.tasks }

// RQ returns the runqueue of CPU i.
func (s *Sched) RQ(i int) *RQ { return &s.rqs[i] }

// ThisRQ is this_rq().
func (s *Sched) ThisRQ(x *cpu.Exec) *RQ { return &s.rqs[x.CPU().ID] }

// Bits of skipClock.
const (
	clockSkipRequested uint8 = 1 // RQCF_REQ_SKIP
	clockSkipActive    uint8 = 2 // RQCF_ACT_SKIP
)

// updateClock is update_rq_clock(); rq->lock is held.
//
//kernel:fn update_rq_clock kernel/sched/core.c
func (rq *RQ) updateClock(x *cpu.Exec) {
	rq.Lock.AssertHeld(x)
	if now := x.Now(); now > rq.clock && rq.skipClock&clockSkipActive == 0 {
		rq.clock = now
	}
}

// idleCPU is idle_cpu(): three unlocked reads of another CPU's runqueue.
//
//kernel:fn idle_cpu kernel/sched/core.c
func (s *Sched) idleCPU(x *cpu.Exec, c int) bool {
	rq := &s.rqs[c]
	return rq.Curr.ReadOnce(x) == rq.idle && rq.NrRunning.ReadOnce(x) == 0 && rq.wakeList.ReadOnce(x) == nil
}

// SetStopTask is sched_set_stop_task(): from now on t, a thread bound to CPU c
// that has not run yet, is of the stop class (docs/kernel/sched-irq-printk.md
// §1.19): nothing preempts it, it preempts everything, and it takes part in no
// fairness.
//
//kernel:fn sched_set_stop_task kernel/sched/core.c
func (s *Sched) SetStopTask(c int, t *Task) {
	s.InitPolicy(t, PolicyFIFO, maxRTPrio-1) // so it looks from user space
	t.class = s.stopClass
	s.rqs[c].stop = t
}
