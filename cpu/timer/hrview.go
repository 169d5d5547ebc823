package timer

import (
	"lockstep/cpu"
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
	Name       string      // as it was made, empty for a timer of its maker's own
	Due        sim.Time    // when the hardware is to come, by the counter
	// Fn is the timer's function.
	Fn func(x *cpu.Exec, tm *HRTimer) Restart
}

// HRBaseView is what a CPU's base is up to.
type HRBaseView struct {
	Next                   sim.Time // what its event device is programmed for
	Running                bool     // a timer's function runs
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
				fn(h.view(tm, i))
			}
		}
	}
}

func (h *HRTimers) view(tm *HRTimer, c int) HRView {
	v := HRView{CPU: c, Clock: tm.clock, Soft: tm.soft, Hard: tm.hard, Tick: tm.tick, Sleeper: tm.sleeper, Name: tm.name, Fn: tm.fn, Due: tm.hard}
	if tm.clock == Realtime {
		v.Due -= h.tk.real.Peek()
	}
	return v
}

// Base returns what CPU c's base is up to.
func (h *HRTimers) Base(c int) HRBaseView {
	b := &h.bases[c]
	return HRBaseView{
		Next: b.expiresNext, Running: b.running != nil, Hang: b.hang,
		Events: b.events, Retries: b.retries, Hangs: b.hangs, MaxHang: b.maxHang,
	}
}

// TickView is a CPU's tick.
type TickView struct {
	Stopped bool     // while the CPU is idle
	Expires sim.Time // until when
}

// Tick returns what CPU c's tick is up to.
func (h *HRTimers) Tick(c int) TickView {
	ts := &h.bases[c].tick
	return TickView{Stopped: ts.stopped, Expires: ts.expires}
}

// Running returns the timer whose function runs on CPU c; ok is false if there
// is none.
func (h *HRTimers) Running(c int) (v HRView, ok bool) {
	if tm := h.bases[c].running; tm != nil {
		return h.view(tm, c), true
	}
	return HRView{}, false
}
