package timer

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// tickSched is tick_cpu_sched: the tick of one CPU. Only contexts of that CPU
// touch it, with interrupts off.
//
//	      idle, and no timer within a jiffy      its timer expired: tick once,
//	ticks ---------------------------> stopped   and look again
//	      <---------------------------
//	      something else than idle is to run
type tickSched struct {
	timer       HRTimer  // sched_timer
	inIdle      bool     // in the idle loop
	idleActive  bool     // ... and in no interrupt on top of it
	stopped     bool     // tick_stopped
	doTimerLast bool     // it had the duty when the last CPU stopped its tick
	lastTick    sim.Time // where the tick was when it stopped
	entry       sim.Time // idle_entrytime

	// For views only.
	calls, sleeps uint64   // idle_calls, idle_sleeps
	slept         sim.Time // idle_sleeptime
	expires       sim.Time // idle_expires: until when it was stopped
}

// SkewTick spreads the CPUs' ticks over half a period, as the boot option
// skew_tick does, so that they do not all want jiffies_lock at once.
func (h *HRTimers) SkewTick() { h.skew = true }

// StartTick starts x's CPU's tick as a timer of its own, at the same instants
// as a periodic one: all CPUs tick together, but for skew_tick.
//
//kernel:fn tick_setup_sched_timer kernel/time/tick-sched.c
func (h *HRTimers) StartTick(x *cpu.Exec) {
	tm := &h.this(x).tick.timer
	tm.initOwn(h, x.CPU(), Monotonic, h.schedTimer)
	tm.tick = true
	tm.soft = h.tickOffset(x.CPU().ID)
	tm.hard = tm.soft
	tm.Forward(x, h.tk.Get(x), h.t.period)
	h.Start(x, tm, tm.soft, AbsPinned)
}

// tickOffset is by how much a CPU ticks behind the others.
func (h *HRTimers) tickOffset(c int) sim.Time {
	if !h.skew {
		return 0
	}
	return h.t.period / 2 / sim.Time(len(h.bases)) * sim.Time(c)
}

// schedTimer is tick_sched_timer(), in hardirq context. While the tick is
// stopped it ticks this once, and what leads out of the interrupt decides when
// it is to come again.
//
//kernel:fn tick_sched_timer kernel/time/tick-sched.c
func (h *HRTimers) schedTimer(x *cpu.Exec, tm *HRTimer) Restart {
	ts := &h.this(x).tick
	now := h.tk.Get(x)
	h.t.doTimer(x, now)
	if ts.stopped { // tick_sched_handle()
		h.m.Hooks.TouchSoftlockup(x)
	}
	h.t.updateProcessTimes(x)
	if ts.stopped {
		return NoRestart
	}
	tm.Forward(x, now, h.t.period)
	return Restarts
}
