package timer

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/sim"
)

// Timers is timekeeping and timers of one machine.
type Timers struct {
	m     *cpu.Machine
	s     *sched.Sched
	sq    *softirq.Softirq
	bases []base
	// jiffiesLock protects jiffies and all of its sort.
	jiffiesLock lock.Seqlock
	period      sim.Time
	jiffies     jiffies
	nohz        bool // nohz_active: who queues a timer elsewhere tells that CPU
	next        cpu.PerCPU[sim.Time]
	pending     int
	lazy        int         // deferrable ones of them
	viewed      []View      // scratch of EachPending
	tk          *Timekeeper // nil: nobody keeps the time of day
	hr          *HRTimers   // nil: the tick is periodic
}

// InitialJiffies is where jiffies starts. The kernel starts five minutes
// before its 32-bit wrap; RCU's and the timers' comparisons are modular
// either way, and a small number is easier to read.
const InitialJiffies = 1000

// New makes the timers and registers their softirq.
func New(m *cpu.Machine, s *sched.Sched, sq *softirq.Softirq) *Timers {
	t := &Timers{m: m, s: s, sq: sq, period: sim.Second / sim.Time(m.HZ), bases: make([]base, len(m.CPUs))}
	t.initJiffies()
	t.next.Init(m)
	for i := range t.bases {
		t.bases[i].init(m.CPUs[i], m)
	}
	sq.Register(softirq.Timer, t.runTimerSoftirq)
	s.OnCPU(sched.PriDefault, t.onCPU)
	m.OnBusy(func() bool { return t.pending > t.lazy })
	m.Hooks.ScheduleTimeout = t.ScheduleTimeout
	return t
}

// StartTick starts x's CPU's periodic tick.
//
//kernel:fn tick_setup_periodic kernel/time/tick-common.c
func (t *Timers) StartTick(x *cpu.Exec) {
	at := (x.Now()/t.period + 1) * t.period
	*t.next.This(x) = at
	t.m.Hooks.ProgramTimer(x, x.CPU().ID, int64(at))
}

// Interrupt is the local timer's event handler: tick_sched_timer with the
// next period programmed behind it.
//
//kernel:fn tick_periodic kernel/time/tick-common.c
func (t *Timers) Interrupt(x *cpu.Exec) {
	if t.jiffies.doTimer.ReadOnce(x) == x.CPU().ID {
		t.updateJiffies(x, x.Now())
	}
	t.updateProcessTimes(x)
	next := t.next.This(x)
	for *next += t.period; *next <= x.Now(); {
		*next += t.period
	}
	t.m.Hooks.ProgramTimer(x, x.CPU().ID, int64(*next))
}

// updateProcessTimes is update_process_times(): the order of its parts is the
// kernel's.
//
//kernel:fn update_process_times kernel/time/timer.c
func (t *Timers) updateProcessTimes(x *cpu.Exec) {
	x.Spend(t.m.Costs.TickWork)
	t.sq.RaiseIrqoff(x, softirq.Timer) // run_local_timers
	t.m.Hooks.CheckCallbacks(x, false)
	t.m.Hooks.IrqWorkTick(x)
	t.s.Tick(x)
}

// Period returns the tick's period.
func (t *Timers) Period() sim.Time { return t.period }
