package timer

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// EnableNoHZ lets idle CPUs stop their ticks (NO_HZ_IDLE,
// docs/kernel/sched-irq-printk.md §3.5). It comes before the machine runs.
func (h *HRTimers) EnableNoHZ() {
	h.nohz, h.t.nohz = true, true
	k := &h.m.Hooks
	k.TickIdleEnter, k.TickIdleExit = h.idleEnter, h.idleExit
	k.TickIrqEnter, k.TickIrqExit = h.irqEnter, h.irqExit
}

// TickStopped is tick_nohz_tick_stopped() of x's CPU.
//
//kernel:fn tick_nohz_tick_stopped include/linux/tick.h
func (h *HRTimers) TickStopped(x *cpu.Exec) bool { return h.this(x).tick.stopped }

// idleEnter is tick_nohz_idle_enter(), of the idle loop with interrupts on.
//
//kernel:fn tick_nohz_idle_enter kernel/time/tick-sched.c
func (h *HRTimers) idleEnter(x *cpu.Exec) {
	cpu.WarnOnce(x, cpu.IrqsDisabled(x), "kernel/time/tick-sched.c", "tick_nohz_idle_enter() with interrupts off")
	cpu.LocalIrqDisable(x)
	h.this(x).tick.inIdle = true
	h.enter(x)
	cpu.LocalIrqEnable(x)
}

// enter is __tick_nohz_idle_enter(), also behind every interrupt on top of
// the idle loop, which may have set a timer.
//
//kernel:fn __tick_nohz_idle_enter kernel/time/tick-sched.c
func (h *HRTimers) enter(x *cpu.Exec) {
	b := h.this(x)
	ts := &b.tick
	now := h.tk.Get(x) // tick_nohz_start_idle()
	ts.entry, ts.idleActive = now, true
	if !h.canStop(x) {
		return
	}
	ts.calls++
	if expires := h.stopTick(x, b, now); expires > 0 {
		ts.sleeps++
		ts.expires = expires
	}
}

// canStop is can_stop_idle_tick(). That somebody is to run or a softirq to be
// served is looked at with interrupts off: what comes behind it ends the sleep.
//
//kernel:fn can_stop_idle_tick kernel/time/tick-sched.c
func (h *HRTimers) canStop(x *cpu.Exec) bool {
	c := x.CPU().ID
	if !h.m.Online.Peek().Has(c) { // its own bit: only itself clears it
		if h.t.jiffies.doTimer.ReadOnce(x) == c {
			h.t.jiffies.doTimer.WriteOnce(x, noDoTimer)
		}
		return false
	}
	if x.ThreadInfo.ReadOnce(x)&cpu.TIFNeedResched != 0 {
		return false
	}
	return h.t.sq.StopsTick(x)
}

// idleExit is tick_nohz_idle_exit(), of the idle loop with interrupts on:
// something else is to run, and that wants to be interrupted.
//
//kernel:fn tick_nohz_idle_exit kernel/time/tick-sched.c
func (h *HRTimers) idleExit(x *cpu.Exec) {
	cpu.LocalIrqDisable(x)
	ts := &h.this(x).tick
	cpu.WarnOnce(x, !ts.inIdle, "kernel/time/tick-sched.c", "tick_nohz_idle_exit() outside the idle loop")
	ts.inIdle = false
	if ts.idleActive || ts.stopped {
		now := h.tk.Get(x)
		ts.stopIdle(now)
		if ts.stopped {
			h.restartSchedTick(x, ts, now)
		}
	}
	cpu.LocalIrqEnable(x)
}

// stopIdle is tick_nohz_stop_idle(): the CPU is not idle from now on, for its
// statistics.
//
//kernel:fn tick_nohz_stop_idle kernel/time/tick-sched.c
func (ts *tickSched) stopIdle(now sim.Time) {
	if ts.idleActive {
		ts.slept += max(now-ts.entry, 0)
		ts.idleActive = false
	}
}

// irqEnter is tick_irq_enter(), in an interrupt on top of an idle task: if the
// tick is stopped nobody may have advanced jiffies for long, and a handler is
// to find them right.
//
//kernel:fn tick_nohz_irq_enter kernel/time/tick-sched.c
func (h *HRTimers) irqEnter(x *cpu.Exec) {
	ts := &h.this(x).tick
	if !ts.idleActive && !ts.stopped {
		return
	}
	now := h.tk.Get(x)
	ts.stopIdle(now)
	if ts.stopped { // tick_nohz_update_jiffies()
		h.t.updateJiffies(x, now)
		h.m.Hooks.TouchSoftlockup(x)
	}
}

// irqExit is tick_irq_exit(), of every interrupt but those that nest in
// another or in a softirq: an idle CPU looks anew how long it may sleep.
//
//kernel:fn tick_irq_exit kernel/softirq.c
func (h *HRTimers) irqExit(x *cpu.Exec) {
	if !h.s.IdleCPU(x, x.CPU().ID) || x.ThreadInfo.ReadOnce(x)&cpu.TIFNeedResched != 0 || x.CPU().InInterrupt() {
		return
	}
	if h.this(x).tick.inIdle {
		h.enter(x)
	}
}
