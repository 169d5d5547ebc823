package timer

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// timerSlack is the default timer_slack_ns: how much longer than asked a task
// that is not of a real-time class may sleep.
const timerSlack = 50 * sim.Microsecond

// sleeper is hrtimer_sleeper, on the stack of the task that sleeps: its timer
// takes the task out of it and wakes it. Loads and stores of the task go to
// that stack's line, for which the line of the task's state stands.
type sleeper struct {
	tm   HRTimer
	h    *HRTimers
	task *sched.Task
	gone bool // task is nil
}

// init is hrtimer_init_on_stack() and hrtimer_init_sleeper().
//
//kernel:fn hrtimer_init_sleeper kernel/time/hrtimer.c
func (s *sleeper) init(x *cpu.Exec, h *HRTimers, clock ClockID) {
	s.h, s.task = h, h.s.Task(x)
	s.tm.initOwn(h, x.CPU(), clock, s.wakeup)
	s.tm.sleeper = s.task
}

// wakeup is hrtimer_wakeup(), in hardirq context. The task may return from its
// sleep as soon as it is not in the sleeper any more.
//
//kernel:fn hrtimer_wakeup kernel/time/hrtimer.c
func (s *sleeper) wakeup(x *cpu.Exec, _ *HRTimer) Restart {
	x.Op(cpu.KindWrite, s.task.State.Obj(), sim.AccessWrite, s.h.m.Costs.Store)
	s.gone = true
	s.h.s.WakeUpProcess(x, s.task)
	return NoRestart
}

// waits is a load of the sleeper's task: it has not been woken by its timer.
func (s *sleeper) waits(x *cpu.Exec) bool {
	x.Op(cpu.KindRead, s.task.State.Obj(), sim.AccessRead, s.h.m.Costs.Load)
	return !s.gone
}

// Nanosleep is hrtimer_nanosleep() without signals: sleep for at least d.
// Whoever else wakes the task does not end the sleep, and what is done to the
// time of day does not change how long a relative one is.
//
//kernel:fn hrtimer_nanosleep kernel/time/hrtimer.c
func (h *HRTimers) Nanosleep(x *cpu.Exec, d sim.Time, clock ClockID, mode Mode) {
	if mode == Rel {
		clock = Monotonic
	}
	var s sleeper
	s.init(x, h, clock)
	for at, slack := d, timerSlack; ; {
		h.s.SetCurrentState(x, sched.Interruptible)
		h.StartRange(x, &s.tm, at, slack, mode)
		if s.waits(x) {
			h.s.Schedule(x)
		}
		h.Cancel(x, &s.tm)
		at, mode = s.tm.soft, Abs
		if !s.waits(x) {
			break
		}
	}
	h.s.Task(x).State.WriteOnce(x, sched.Running)
}

// ScheduleHRTimeout is schedule_hrtimeout_range() on CLOCK_MONOTONIC: sleep in
// the state that the task has set until woken, or until between at and slack
// behind it. It reports whether it was the time that woke it.
//
//kernel:fn schedule_hrtimeout_range_clock kernel/time/hrtimer.c
func (h *HRTimers) ScheduleHRTimeout(x *cpu.Exec, at, slack sim.Time, mode Mode) bool {
	task := h.s.Task(x)
	if at == 0 {
		task.State.WriteOnce(x, sched.Running)
		return true
	}
	if at == sim.Forever {
		h.s.Schedule(x)
		return false
	}
	var s sleeper
	s.init(x, h, Monotonic)
	h.StartRange(x, &s.tm, at, slack, mode)
	if s.waits(x) {
		h.s.Schedule(x)
	}
	h.Cancel(x, &s.tm)
	task.State.WriteOnce(x, sched.Running)
	return !s.waits(x)
}

// UsleepRange is usleep_range(): uninterruptible, from least to most.
//
//kernel:fn usleep_range kernel/time/timer.c
func (h *HRTimers) UsleepRange(x *cpu.Exec, least, most sim.Time) {
	h.s.SetCurrentState(x, sched.Uninterruptible)
	h.ScheduleHRTimeout(x, least, most-least, Rel)
}
