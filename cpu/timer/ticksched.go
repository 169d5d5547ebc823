package timer

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// SkewTick spreads the CPUs' ticks over half a period, as the boot option
// skew_tick does, so that they do not all want jiffies_lock at once.
func (h *HRTimers) SkewTick() { h.skew = true }

// StartTick starts x's CPU's tick as a timer of its own, at the same instants
// as a periodic one: all CPUs tick together, but for skew_tick.
//
//kernel:fn tick_setup_sched_timer kernel/time/tick-sched.c
func (h *HRTimers) StartTick(x *cpu.Exec) {
	tm := &h.this(x).tick
	tm.initOwn(h, x.CPU(), Monotonic, h.schedTimer)
	tm.tick = true
	tm.soft = h.tickOffset(x.CPU().ID)
	tm.hard = tm.soft
	tm.Forward(x, h.tk.Get(x), h.t.period)
	h.Start(x, tm, tm.soft, Abs)
}

// schedTimer is tick_sched_timer(), in hardirq context.
//
//kernel:fn tick_sched_timer kernel/time/tick-sched.c
func (h *HRTimers) schedTimer(x *cpu.Exec, tm *HRTimer) Restart {
	now := h.tk.Get(x)
	if x.CPU().ID == h.t.owner {
		h.t.updateJiffies(x)
	}
	h.t.updateProcessTimes(x)
	tm.Forward(x, now, h.t.period)
	return Restarts
}

// tickOffset is by how much a CPU ticks behind the others.
func (h *HRTimers) tickOffset(c int) sim.Time {
	if !h.skew {
		return 0
	}
	return h.t.period / 2 / sim.Time(len(h.bases)) * sim.Time(c)
}
