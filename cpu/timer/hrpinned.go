package timer

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// InitPinned makes a timer of one CPU that only code on it starts. It is the
// kernel's own housekeeping: it keeps no machine from being quiescent.
//
//kernel:fn hrtimer_init kernel/time/hrtimer.c
func (tm *HRTimer) InitPinned(h *HRTimers, c *cpu.CPU, clock ClockID, fn func(x *cpu.Exec, tm *HRTimer) Restart) {
	tm.initOwn(h, c, clock, fn)
	tm.quiet = true
}

// ForwardNow is hrtimer_forward_now(): move the expiry on until it is behind
// the present time of the timer's clock.
//
//kernel:fn hrtimer_forward_now include/linux/hrtimer.h
func (h *HRTimers) ForwardNow(x *cpu.Exec, tm *HRTimer, interval sim.Time) uint64 {
	return tm.Forward(x, h.now(x, tm.clock), interval)
}
