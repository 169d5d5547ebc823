package timer

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// HRTimers is the high-resolution timers of one machine, which has them only
// if somebody makes them. They own the local timers then, and the tick is one
// of them (docs/kernel/sched-irq-printk.md §3.2, §3.3).
type HRTimers struct {
	m        *cpu.Machine
	s        *sched.Sched
	t        *Timers
	tk       *Timekeeper
	bases    []hrBase
	setEvent func(x *cpu.Exec, at sim.Time)
	onEach   func(x *cpu.Exec, fn func(x *cpu.Exec))
	pending  int  // queued timers but for ticks
	said     bool // that an interrupt took too long
	skew     bool // skew_tick
	nohz     bool // idle CPUs stop their ticks

	// CallbacksLocked lets functions run under the base's lock, as before
	// v2.6.25. It is set before the machine runs.
	CallbacksLocked bool
}

// ClockID is which clock a timer expires by.
type ClockID uint8

// The clocks.
const (
	Monotonic ClockID = iota // time since boot
	Realtime                 // time of day; it may be set
	clocks
)

// String returns the clock's name.
func (c ClockID) String() string { return [...]string{"CLOCK_MONOTONIC", "CLOCK_REALTIME"}[c] }

// Mode is how an expiry is given.
type Mode uint8

// Modes of starting a timer.
const (
	Abs       Mode = iota // on the timer's clock
	Rel                   // from now
	AbsPinned             // as Abs, and on this CPU
	RelPinned             // as Rel, and on this CPU
)

// Restart is what a timer's function returns: whether it runs again, when the
// timer expires by what the function has set with [HRTimers.Forward].
type Restart bool

// What a timer's function returns.
const (
	NoRestart Restart = false
	Restarts  Restart = true
)

// HRTimer is struct hrtimer.
type HRTimer struct {
	fn     func(x *cpu.Exec, tm *HRTimer) Restart
	clock  ClockID
	soft   sim.Time // may run from then on
	hard   sim.Time // for this the hardware is programmed
	order  uint64   // of those of one expiry, the earlier queued is first
	queued bool     // HRTIMER_STATE_ENQUEUED
	// base is timer->base; nil is migration_base, while it moves. Others look
	// at it before they have a lock, if the timer is shared.
	base    cpu.Var[*hrBase]
	shared  bool
	tick    bool        // it is a tick
	quiet   bool        // it keeps no machine from being quiescent
	sleeper *sched.Task // whom it wakes, for views
	name    string      // for views; "" of one that only its maker starts
}

// hrBase is hrtimer_cpu_base.
type hrBase struct {
	on          *cpu.CPU // whose it is
	lock        lock.Raw
	seq         cpu.Var[uint32] // steps around a running function
	running     *HRTimer
	waiters     []*cpu.Wait // until it has returned
	queues      [clocks]hrQueue
	inIRQ       bool     // in_hrtirq
	hang        bool     // hang_detected
	stopped     bool     // the event device is
	expiresNext sim.Time // what it is programmed for
	nextTimer   *HRTimer // and for whom
	event       sim.Time // dev->next_event: the same, as the device was told
	tick        tickSched

	events, retries, hangs uint64
	maxHang                sim.Time
}

var hrBaseKey = lockdep.Key{Name: "hrtimer_bases.lock"}

// NewHRTimers makes the high-resolution timers. setEvent programs the event
// device of x's CPU, called with interrupts off: it calls [HRTimers.Interrupt]
// in an interrupt at the given time of its counter or a little later; 0 stops
// it. The local APIC in TSC-deadline mode is one.
func (t *Timers) NewHRTimers(tk *Timekeeper, setEvent func(x *cpu.Exec, at sim.Time)) *HRTimers {
	h := &HRTimers{m: t.m, s: t.s, t: t, tk: tk, bases: make([]hrBase, len(t.m.CPUs)), setEvent: setEvent}
	h.onEach = func(x *cpu.Exec, fn func(x *cpu.Exec)) { fn(x) }
	for i := range h.bases {
		b := &h.bases[i]
		b.on = t.m.CPUs[i]
		b.initHres()
		outer := t.m.Within("hrtimer_bases", i)
		b.lock.Init(t.m, ".lock", &hrBaseKey)
		b.seq.Init(t.m, ".seq", 0)
		t.m.Leave(outer)
		b.lock.Guards(b.seq.Obj())
	}
	tk.onSet = h.clockWasSet
	t.hr = h
	t.m.OnBusy(func() bool { return h.pending > 0 })
	return h
}

// Init makes a timer that any context may start and cancel, before the machine
// runs: hrtimer_init() on CPU 0. name is for views and transcripts.
//
//kernel:fn hrtimer_init kernel/time/hrtimer.c
func (tm *HRTimer) Init(h *HRTimers, name string, clock ClockID, fn func(x *cpu.Exec, tm *HRTimer) Restart) {
	tm.fn, tm.clock, tm.shared, tm.name = fn, clock, true, name
	tm.base.Init(h.m, name+"->base", &h.bases[0])
}

// initOwn makes a timer that only its maker starts and cancels, on this CPU.
//
//kernel:fn hrtimer_init_on_stack kernel/time/hrtimer.c
func (tm *HRTimer) initOwn(h *HRTimers, c *cpu.CPU, clock ClockID, fn func(x *cpu.Exec, tm *HRTimer) Restart) {
	tm.fn, tm.clock = fn, clock
	tm.base.Poke(&h.bases[c.ID])
}

// Expires returns when the timer expires on its clock, at the earliest.
func (tm *HRTimer) Expires() sim.Time { return tm.soft }

// readBase is a load of timer->base. A sleeper's timer has its task's state for
// the line that it is in; a tick never changes its base.
func (tm *HRTimer) readBase(x *cpu.Exec) *hrBase {
	if tm.shared {
		return tm.base.ReadOnce(x)
	}
	if tm.sleeper != nil {
		x.Op(cpu.KindRead, tm.sleeper.State.Obj(), sim.AccessRead, x.Machine().Costs.Load)
	}
	return tm.base.Peek()
}

func (tm *HRTimer) writeBase(x *cpu.Exec, b *hrBase) {
	if tm.shared {
		tm.base.WriteOnce(x, b)
		return
	}
	if tm.sleeper != nil {
		x.Op(cpu.KindWrite, tm.sleeper.State.Obj(), sim.AccessWrite, x.Machine().Costs.Store)
	}
	tm.base.Poke(b)
}

// this is this CPU's base, with preemption off.
func (h *HRTimers) this(x *cpu.Exec) *hrBase { return &h.bases[x.CPU().ID] }

// now is base->get_time().
func (h *HRTimers) now(x *cpu.Exec, clock ClockID) sim.Time {
	if clock == Realtime {
		return h.tk.GetReal(x)
	}
	return h.tk.Get(x)
}

// lockBase is lock_hrtimer_base(): the timer may move until the lock of the
// base it is on is held.
//
//kernel:fn lock_hrtimer_base kernel/time/hrtimer.c
func (h *HRTimers) lockBase(x *cpu.Exec, tm *HRTimer) (*hrBase, cpu.Flags) {
	for {
		if b := tm.readBase(x); b != nil {
			f := b.lock.LockIrqsave(x)
			if tm.base.Peek() == b {
				return b, f
			}
			b.lock.UnlockIrqrestore(x, f)
		}
		x.Delay(h.m.Costs.LineMiss) // cpu_relax
	}
}
