package selftest

import (
	"lockstep/configs"
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/cpu/timer"
	"lockstep/irq"
	"lockstep/printk"
	"lockstep/rcu"
	"lockstep/sim"
)

// machine is a booted machine of one CPU with the locks of the suite.
type machine struct {
	cpu     *cpu.Machine
	sched   *sched.Sched
	softirq *softirq.Softirq
	rcu     *rcu.RCU
	locks   locks

	// Maps of what the machine has no object for.
	bhMap, schedMap, reclaimMap lockdep.Map
}

// Their keys, with the names and wait types that the kernel gives them.
var (
	bhKey      = lockdep.Key{Name: "rcu_read_lock_bh", Inner: lockdep.WaitConfig, Outer: lockdep.WaitFree}
	schedKey   = lockdep.Key{Name: "rcu_read_lock_sched", Inner: lockdep.WaitSpin, Outer: lockdep.WaitFree}
	reclaimKey = lockdep.Key{Name: "fs_reclaim"}
)

// Limits of a case. One takes some microseconds; whatever is still running
// after a second waits for itself.
const (
	timeLimit = sim.Second
	stepLimit = 1_000_000
)

// boot makes a machine, in the order of a scenario's, whose only task runs the
// script. There is no perf and no RCU grace-period thread: nothing here needs
// them, and the kernel runs its suite before they exist.
func boot(opt Options, s *Script, body func(x *cpu.Exec)) *machine {
	cfg := cpu.Config{
		CPUs: 1, HZ: 250, Costs: cpu.ProductionCosts(),
		Engine:  sim.Config{Seed: 1, TimeLimit: timeLimit, StepLimit: stepLimit},
		Lockdep: &lockdep.Config{Rules: opt.Rules},
	}
	if opt.Text {
		cfg.Tracer = cpu.NewTracer(configs.Symbols())
	}
	m := &machine{cpu: cpu.New(cfg)}
	m.cpu.ForceReadLockRecursive = s.ReadLockRecursive
	m.sched = sched.New(m.cpu)
	m.softirq = softirq.New(m.cpu, m.sched)
	timers := timer.New(m.cpu, m.sched, m.softirq)
	apics := irq.New(m.cpu, m.sched, m.softirq)
	printk.New(m.cpu, m.sched, apics, printk.Config{Loglevel: 7})
	m.rcu = rcu.New(m.cpu, m.sched, m.softirq, timers, apics, rcu.Config{})
	apics.OnLocalTimer(timers.Interrupt)
	m.sched.OnCPUStart(timers.StartTick)
	m.makeLocks(s)
	m.bhMap.Init(&bhKey)
	m.schedMap.Init(&schedKey)
	m.reclaimMap.Init(&reclaimKey)
	task := m.sched.NewTask("swapper", 1, 0, nil, body)
	m.sched.OnBoot(func(x *cpu.Exec) { m.sched.WakeUpNewTask(x, task) })
	m.cpu.Start()
	return m
}
