package timer

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// maxDeferment is timekeeping_max_deferment(): how long the time stamp counter
// may go unread, which is how long the CPU may sleep that has the duty of
// advancing jiffies and with them the time of day.
const maxDeferment = 440 * sim.Second

// stopTick is tick_nohz_stop_sched_tick(): put the tick off until something
// needs it, for good if nothing does. It returns until when, 0 if it goes on.
//
//kernel:fn tick_nohz_stop_sched_tick kernel/time/tick-sched.c
func (h *HRTimers) stopTick(x *cpu.Exec, b *hrBase, now sim.Time) sim.Time {
	ts := &b.tick
	jiffy, base := h.t.snapshot(x)
	next := h.nextTick(x, jiffy, base)
	if delta := next - base; delta <= h.t.period {
		if ts.stopped && delta == 0 {
			h.restart(x, ts, now)
			return 0
		}
		if !ts.stopped {
			return 0
		}
	}
	expires := min(h.giveDuty(x, ts, base), next)
	if ts.stopped && expires == b.event {
		return expires
	}
	if !ts.stopped {
		h.s.NohzBalanceEnterIdle(x)
		ts.lastTick = ts.timer.soft
		ts.stopped = true
	}
	if expires == sim.Forever {
		h.Cancel(x, &ts.timer)
	} else {
		h.Start(x, &ts.timer, expires, AbsPinned)
	}
	return expires
}

// nextTick is when this CPU next needs a tick: in a jiffy, for whom it has to
// be looked every time; for a timer of the wheel; or never.
//
//kernel:fn get_next_timer_interrupt kernel/time/timer.c
func (h *HRTimers) nextTick(x *cpu.Exec, jiffy uint64, base sim.Time) sim.Time {
	if h.m.Hooks.RCUNeedsCPU(x) || h.m.Hooks.WorkNeedsCPU(x) {
		return base + h.t.period
	}
	at, ok := h.t.NextTimerInterrupt(x)
	switch {
	case !ok:
		return sim.Forever
	case int64(at-jiffy) <= 0:
		return base
	}
	return base + sim.Time(at-jiffy)*h.t.period
}

// giveDuty gives up the duty of advancing jiffies, if it is this CPU's, and
// returns how long it may sleep. The last that had the duty wakes up now and
// then while nobody has it; who stops behind it sleeps without limit.
//
//kernel:fn tick_nohz_stop_sched_tick kernel/time/tick-sched.c
func (h *HRTimers) giveDuty(x *cpu.Exec, ts *tickSched, base sim.Time) sim.Time {
	switch owner := h.t.jiffies.doTimer.ReadOnce(x); {
	case owner == x.CPU().ID:
		if !h.m.Mutated("timer.nohz-keeps-duty") {
			h.t.jiffies.doTimer.WriteOnce(x, noDoTimer)
		}
		ts.doTimerLast = true
	case owner != noDoTimer:
		ts.doTimerLast = false
		return sim.Forever
	case !ts.doTimerLast:
		return sim.Forever
	}
	return base + maxDeferment
}

// restartSchedTick is tick_nohz_restart_sched_tick(): jiffies first, then the
// tick, at the instants it always had.
//
//kernel:fn tick_nohz_restart_sched_tick kernel/time/tick-sched.c
func (h *HRTimers) restartSchedTick(x *cpu.Exec, ts *tickSched, now sim.Time) {
	h.t.updateJiffies(x, now)
	h.m.Hooks.TouchSoftlockup(x)
	ts.stopped = false
	h.restart(x, ts, now)
}

// restart is tick_nohz_restart().
//
//kernel:fn tick_nohz_restart kernel/time/tick-sched.c
func (h *HRTimers) restart(x *cpu.Exec, ts *tickSched, now sim.Time) {
	h.Cancel(x, &ts.timer)
	ts.timer.soft, ts.timer.hard = ts.lastTick, ts.lastTick
	ts.timer.Forward(x, now, h.t.period)
	h.Start(x, &ts.timer, ts.timer.soft, AbsPinned)
}
