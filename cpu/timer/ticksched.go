package timer

import "lockstep/cpu"

// StartTick starts x's CPU's tick as a timer of its own, at the same instants
// as a periodic one: all CPUs tick together.
//
//kernel:fn tick_setup_sched_timer kernel/time/tick-sched.c
func (h *HRTimers) StartTick(x *cpu.Exec) {
	tm := &h.this(x).tick
	tm.initOwn(h, x.CPU(), Monotonic, h.schedTimer)
	tm.tick = true
	tm.soft, tm.hard = 0, 0
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
