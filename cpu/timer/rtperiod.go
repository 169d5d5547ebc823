package timer

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// rtPeriod is rt_period_timer, which the scheduler arms under its own locks:
// the timer's lock is inside them.
type rtPeriod struct {
	h  *HRTimers
	tm HRTimer
}

// ThrottleRT makes the period timer of the real-time class, without which it
// throttles nobody (docs/kernel/sched-irq-printk.md §1.15). It comes before the
// machine runs.
//
//kernel:fn init_rt_bandwidth kernel/sched/rt.c
func (h *HRTimers) ThrottleRT() {
	r := &rtPeriod{h: h}
	r.tm.Init(h, "rt_period_timer", Monotonic, func(x *cpu.Exec, _ *HRTimer) Restart {
		return Restart(h.s.RTPeriod(x))
	})
	h.s.ThrottleRT(r)
}

// Start implements [sched.RTPeriodTimer].
func (r *rtPeriod) Start(x *cpu.Exec, period sim.Time) {
	r.Forward(x, period)
	r.h.Start(x, &r.tm, r.tm.Expires(), Abs)
}

// Forward implements [sched.RTPeriodTimer]: hrtimer_forward_now().
//
//kernel:fn hrtimer_forward_now include/linux/hrtimer.h
func (r *rtPeriod) Forward(x *cpu.Exec, period sim.Time) uint64 {
	return r.tm.Forward(x, r.h.now(x, Monotonic), period)
}
