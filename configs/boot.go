package configs

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/cpu/stop"
	"lockstep/cpu/timer"
	"lockstep/cpu/watchdog"
	"lockstep/cpu/workqueue"
	"lockstep/irq"
	"lockstep/perf"
	"lockstep/printk"
	"lockstep/rcu"
	"lockstep/rcu/torture"
	"lockstep/sim"
)

// Machine is a scenario booted on a virtual machine.
type Machine struct {
	CPU     *cpu.Machine     // the CPUs and what watches them
	Sched   *sched.Sched     // tasks and runqueues
	Softirq *softirq.Softirq // softirqs
	Timers  *timer.Timers    // ticks and timers
	IRQ     *irq.Controller  // APICs and IPIs
	Printk  *printk.Printk   // the kernel log
	RCU     *rcu.RCU         // tree RCU
	Perf    *perf.Perf       // perf contexts
	Tasks   []*sched.Task    // the scenario's, in its order

	HRTimers *timer.HRTimers    // high-resolution timers; nil without them
	Watchdog *watchdog.Watchdog // the lockup detectors; nil without any
	// Parts that only some machines have, see [part]; nil in others.
	Stop       *stop.Stop            // CPU stoppers
	Workqueues *workqueue.Workqueues // worker pools and workqueues
	Net        *irq.Net              // network cards
	Torture    *torture.Torture      // rcutorture, while it is loaded

	prog      *Program
	opt       Options
	recording *sim.Recording
	objects
	start startLine
	begun bool    // a task body runs
	end   sim.End // why it stands
	err   error   // of a task body
}

// Options say how a scenario is run; none of them but Seed, Chooser, Picks,
// Steer and Mutations changes the run.
type Options struct {
	Seed       uint64                  // of every random stream
	Chooser    string                  // "timed" (also "") or "random"
	Picks      []sim.Pick              // choices to repeat in place of the chooser's own
	Steer      []sim.Steer             // choices made by hand
	Capture    bool                    // capture stacks for the reports
	Record     bool                    // keep the choices, for a token file
	LockStat   bool                    // keep the statistics of lock_stat
	Debug      bool                    // check the machine's invariants after every operation
	NoRunAhead bool                    // send every operation through the choice
	Mutations  []string                // paths to break, see [Mutations]
	OnOp       func(*sim.Proc, sim.Op) // called for every operation
}

// uname is the kernel's release and version, release the line of reports.
const (
	uname   = "4.4.0-lockstep #1"
	release = uname + " Not tainted"
)

// firstPID is the PID of a scenario's first task.
const firstPID = 101

// Boot makes the machine; [Machine.Run] lets it go.
func (p *Program) Boot(opt Options) *Machine {
	s := p.scenario
	m := &Machine{prog: p, opt: opt}
	m.CPU = cpu.New(p.cpuConfig(opt))
	if opt.OnOp != nil {
		m.CPU.E.OnOp(opt.OnOp)
	}
	if opt.Record {
		m.recording = m.CPU.E.Record()
	}
	for _, name := range opt.Mutations {
		if m.CPU.Mutations == nil {
			m.CPU.Mutations = map[string]bool{}
		}
		m.CPU.Mutations[name] = true
	}
	m.Sched = sched.New(m.CPU)
	if s.Kernel.Sched.YieldTo == "pi-lock" {
		m.Sched.SetYieldLocks(sched.YieldPILock)
	}
	m.Sched.Variants = sched.Variants{
		SemaphoreWakeQ: s.Kernel.Semaphore.Up == "wake-q", RTMutexUnlock: rtUnlocks[s.Kernel.RTMutex.Unlock],
		CompletionDoneLockless: s.Kernel.CompletionDone == "lockless", ExitPlain: s.Kernel.Sched.Exit == "plain",
		NoteUnderRQ: s.Kernel.Sched.RCUNote == "rq-locked",
	}
	m.Softirq = softirq.New(m.CPU, m.Sched)
	m.Timers = timer.New(m.CPU, m.Sched, m.Softirq)
	m.IRQ = irq.New(m.CPU, m.Sched, m.Softirq)
	m.Printk = printk.New(m.CPU, m.Sched, m.IRQ, printk.Config{
		Serial: s.Machine.Console.Kind == "serial", Baud: s.Machine.Console.Baud, Loglevel: s.Machine.Console.Loglevel,
		Deferred: s.Kernel.Printk.Mode == "deferred", LockdepVisible: s.Lockdep.PrintkEdges == "visible", MightWake: s.Lockdep.MightWake,
	})
	m.RCU = rcu.New(m.CPU, m.Sched, m.Softirq, m.Timers, m.IRQ, rcu.Config{
		Fanout: s.Machine.RCU.Fanout, FanoutLeaf: s.Machine.RCU.FanoutLeaf, StallTimeout: s.Machine.RCU.StallTimeoutS,
		StallSuppress: s.Machine.RCU.StallSuppress, FirstFQS: s.Machine.RCU.JiffiesTillFirstFQS, NextFQS: s.Machine.RCU.JiffiesTillNextFQS,
		Boost: s.Machine.RCU.Boost, BoostDelay: s.Machine.RCU.BoostDelayMs, KthreadPrio: s.Machine.RCU.KthreadPrio,
		Nocbs: s.nocbs(), NocbStride: s.Machine.RCU.NocbLeaderStride, NocbWakeDirect: s.Kernel.RCU.NocbWake == "direct",
		ProveRCU: s.Machine.RCU.ProveRCU, Expedited: s.Kernel.RCU.Expedited == "expedited",
	})
	m.RCU.Variants = rcu.Variants{
		UnlockUnguarded: s.Kernel.RCU.UnlockGuard == "none", ExpWakeUnderRnp: s.Kernel.RCU.ExpWake == "rnp-locked",
		GPWakeUnderRnp:    s.Kernel.RCU.GPWake == "rnp-locked",
		ExpHotplug:        expHotplugs[s.Kernel.RCU.ExpHotplug],
		HotplugMaskAtOnce: s.Kernel.RCU.HotplugMask == "at-once",
		TracepointIdles:   s.Kernel.RCU.Tracepoint == "idle", StallPrintLocks: s.Kernel.RCU.StallPrintLocks,
	}
	m.Perf = perf.New(m.CPU, m.Sched, m.RCU, m.IRQ, perf.Config{LockTaskContext: lockModes[s.Kernel.Perf.LockTaskContext]})
	m.makeTicks()
	m.makeWatchdog()
	m.makeShared()
	m.makeParts()
	m.makeTasks()
	m.Sched.OnBoot(m.init)
	m.CPU.Start()
	return m
}

var lockModes = map[string]perf.LockMode{
	"none": perf.LockNone, "preempt-off": perf.LockPreemptOff, "irqs-off": perf.LockIrqsOff,
}

var expHotplugs = map[string]rcu.ExpHotplug{
	"none": rcu.ExpHotplugNone, "get": rcu.ExpHotplugGet, "try": rcu.ExpHotplugTry,
}

var preemptModels = map[string]cpu.PreemptModel{
	"none": cpu.PreemptNone, "voluntary": cpu.PreemptVoluntary, "full": cpu.PreemptFull,
}

var rtUnlocks = map[string]sched.RTMutexUnlock{
	"fixed": sched.RTUnlockFixed, "plain-store": sched.RTUnlockPlainStore, "store-late": sched.RTUnlockStoreLate,
}

var ruleSets = map[string]lockdep.Rules{"v4.4": lockdep.RulesV44, "new": lockdep.RulesNew, "exact": lockdep.RulesExact}

// cpuConfig translates the [machine] and [lockdep] tables.
func (p *Program) cpuConfig(opt Options) cpu.Config {
	s := p.scenario
	cfg := cpu.Config{
		CPUs: s.Machine.CPUs, HZ: s.Machine.HZ, LLC: p.llc, Costs: p.costs,
		Preempt: preemptModels[s.Kernel.Preempt], Debug: opt.Debug,
		AnyWinner: s.Machine.Locks == "any-winner", PollIdle: s.Machine.Idle == "poll", MwaitIdle: s.Machine.Idle == "mwait",
		Topology: cpu.Topology{Sockets: s.Machine.Topology.Sockets, Cores: s.Machine.Topology.Cores, Threads: s.Machine.Topology.Threads},
		Release:  uname, Symbols: Symbols, PastDeadlock: s.Machine.OnDeadlock == "continue",
		Engine: sim.Config{
			Seed: opt.Seed, Factors: p.factors, Stalls: opt.Chooser == "random", NoRunAhead: opt.NoRunAhead, Steer: opt.Steer,
			TimeLimit: sim.Time(s.Machine.TimeLimitMs) * sim.Millisecond, StepLimit: uint64(s.Machine.StepLimit),
		},
	}
	if opt.Picks != nil {
		cfg.Engine.Chooser = sim.NewReplay(opt.Picks)
	}
	if !s.Lockdep.Off {
		cfg.Lockdep = &lockdep.Config{Rules: ruleSets[s.Lockdep.Rules], KeepGoing: s.Lockdep.KeepGoing, Release: release}
	}
	cfg.LockStat = opt.LockStat
	cfg.DebugMutexes = s.Kernel.DebugMutexes == "on" || s.Kernel.DebugMutexes == "auto" && p.costs.Lockdep > 0
	if opt.Capture {
		cfg.Tracer = cpu.NewTracer(Symbols())
	}
	return cfg
}

// makeTasks makes the [[task]]s; init wakes them in this order.
func (m *Machine) makeTasks() {
	for i, spec := range m.prog.scenario.Tasks {
		b := &body{m: m, i: i}
		t := m.Sched.NewTask(spec.Name, firstPID+i, spec.Nice, spec.CPUs, b.run)
		t.Daemon = spec.Daemon
		switch spec.Policy {
		case "SCHED_FIFO", "SCHED_RR":
			m.Sched.InitPolicy(t, policies[spec.Policy], spec.RTPriority)
		case "SCHED_BATCH", "SCHED_IDLE":
			m.Sched.InitPolicy(t, policies[spec.Policy], 0)
		}
		m.Tasks = append(m.Tasks, t)
	}
}

// init is the end of the start-up, on CPU 0: threads, then the tasks.
//
//kernel:fn kernel_init_freeable init/main.c
func (m *Machine) init(x *cpu.Exec) {
	m.RCU.SpawnGPKthreads(x)
	if m.Watchdog != nil {
		m.Watchdog.Start(x)
	}
	m.startParts(x)
	for _, t := range m.Tasks {
		m.Sched.WakeUpNewTask(x, t)
	}
}
