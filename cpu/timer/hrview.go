package timer

import (
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// HRView is a queued high-resolution timer as somebody outside sees it.
type HRView struct {
	CPU        int         // whose base it is in
	Clock      ClockID     // by which it expires
	Soft, Hard sim.Time    // may run from, hardware programmed for, on that clock
	Tick       bool        // it is the CPU's tick
	Sleeper    *sched.Task // whom it wakes, nil for another timer
	Name       string      // of the timer, or of its function
}

// HRBaseView is what a CPU's base is up to.
type HRBaseView struct {
	Next                   sim.Time // what its event device is programmed for
	Running                bool     // a timer's function runs
	Timer                  string   // whose
	Hang                   bool     // it hangs in its timers
	Events, Retries, Hangs uint64   // interrupts, rounds that came too late, and hangs
	MaxHang                sim.Time // the longest
}

// HR returns the machine's high-resolution timers, nil if it has none.
func (t *Timers) HR() *HRTimers { return t.hr }

// Timekeeper returns the machine's timekeeper, nil if it has none.
func (t *Timers) Timekeeper() *Timekeeper { return t.tk }

// EachQueued calls fn for every queued timer, by CPU, clock and expiry.
func (h *HRTimers) EachQueued(fn func(HRView)) {
	for i := range h.bases {
		for c := range h.bases[i].queues {
			for _, tm := range h.bases[i].queues[c].timers {
				fn(HRView{CPU: i, Clock: tm.clock, Soft: tm.soft, Hard: tm.hard, Tick: tm.tick, Sleeper: tm.sleeper, Name: tm.viewName()})
			}
		}
	}
}

// Base returns what CPU c's base is up to.
func (h *HRTimers) Base(c int) HRBaseView {
	b := &h.bases[c]
	v := HRBaseView{
		Next: b.expiresNext, Running: b.running != nil, Hang: b.hang,
		Events: b.events, Retries: b.retries, Hangs: b.hangs, MaxHang: b.maxHang,
	}
	if b.running != nil {
		v.Timer = b.running.viewName()
	}
	return v
}

// viewName is what views call a timer.
func (tm *HRTimer) viewName() string {
	switch {
	case tm.tick:
		return "tick_sched_timer"
	case tm.sleeper != nil:
		return "hrtimer_wakeup"
	}
	return tm.name
}

// TickView is a CPU's tick_sched.
type TickView struct {
	InIdle  bool     // in the idle loop
	Stopped bool     // tick_stopped
	Until   sim.Time // idle_expires: until when it was stopped last, Forever for good
	Calls   uint64   // idle_calls: looks whether it can be stopped
	Sleeps  uint64   // idle_sleeps: of them those behind which it was
	Slept   sim.Time // idle_sleeptime: how long the CPU was idle, as of when that ended last
}

// Tick returns CPU c's tick.
func (h *HRTimers) Tick(c int) TickView {
	ts := &h.bases[c].tick
	return TickView{InIdle: ts.inIdle, Stopped: ts.stopped, Until: ts.expires, Calls: ts.calls, Sleeps: ts.sleeps, Slept: ts.slept}
}
