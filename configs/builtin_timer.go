package configs

import (
	"fmt"

	"go.starlark.net/starlark"

	"lockstep/cpu/timer"
	"lockstep/sim"
)

// wheelTimer returns argument i, a timer of the wheel.
func (a args) wheelTimer(i int) (*timer.Timer, error) {
	t, err := find(a, i, KindTimer, a.b.m.timers)
	if name, _ := a.text(i); err != nil && a.b.m.hrTimers[name] != nil {
		err = fmt.Errorf("%s: %s is an hr timer", a.name, name)
	}
	return t, err
}

// hrTimer returns argument i, an hr timer.
func (a args) hrTimer(i int) (*timer.HRTimer, error) {
	t, err := find(a, i, KindTimer, a.b.m.hrTimers)
	if name, _ := a.text(i); err != nil && a.b.m.timers[name] != nil {
		err = fmt.Errorf("%s: %s is a timer of the wheel", a.name, name)
	}
	return t, err
}

// hr returns the machine's high-resolution timers.
func (a args) hr() (*timer.HRTimers, error) {
	if hr := a.b.m.Timers.HR(); hr != nil {
		return hr, nil
	}
	return nil, fmt.Errorf("%s: it needs machine.hrtimers", a.name)
}

// onTimer makes a builtin of a timer of the wheel and nothing else.
func onTimer(name, doc string, fn func(b *body, t *timer.Timer) starlark.Value) Builtin {
	return Builtin{
		Name: name, Args: "timer", Group: "timers", Doc: doc, min: -1, kinds: []ArgKind{KindTimer},
		fn: func(b *body, a args) (starlark.Value, error) {
			t, err := a.wheelTimer(0)
			if err != nil {
				return nil, err
			}
			return fn(b, t), nil
		},
	}
}

// arms makes a builtin that arms a timer of the wheel for a jiffy.
func arms(name, doc string, fn func(b *body, t *timer.Timer, expires uint64) bool) Builtin {
	return Builtin{
		Name: name, Args: "timer, expires", Group: "timers", Doc: doc, min: -1, kinds: []ArgKind{KindTimer},
		fn: func(b *body, a args) (starlark.Value, error) {
			t, at, err := a.timerAt()
			if err != nil {
				return nil, err
			}
			return starlark.Bool(fn(b, t, at)), nil
		},
	}
}

// timerAt returns a timer of the wheel and the jiffy behind it.
func (a args) timerAt() (*timer.Timer, uint64, error) {
	t, err := a.wheelTimer(0)
	if err != nil {
		return nil, 0, err
	}
	at, err := a.number(1, 0)
	return t, uint64(at), err
}

// onHR makes a builtin of an hr timer and, if more says so, a time.
func onHR(name, more, doc string, fn func(b *body, h *timer.HRTimers, t *timer.HRTimer, ns sim.Time) starlark.Value) Builtin {
	bt := Builtin{Name: name, Args: "timer" + more, Group: "timers", Doc: doc, min: -1, kinds: []ArgKind{KindTimer}}
	bt.fn = func(b *body, a args) (starlark.Value, error) {
		t, err := a.hrTimer(0)
		if err != nil {
			return nil, err
		}
		ns := int64(0)
		if more != "" {
			if ns, err = a.number(1, 1); err != nil {
				return nil, err
			}
		}
		return fn(b, b.m.Timers.HR(), t, sim.Time(ns)), nil
	}
	return bt
}

// clock makes a builtin that reads a clock.
func clock(name, doc string, fn func(b *body) int64) Builtin {
	return Builtin{
		Name: name, Group: "timers", Doc: doc, min: -1,
		fn: func(b *body, _ args) (starlark.Value, error) { return starlark.MakeInt64(fn(b)), nil },
	}
}

var timerBuiltins = []Builtin{
	clock("jiffies", "Read jiffies.", func(b *body) int64 { return int64(b.m.CPU.Jiffies.ReadOnce(b.x)) }),
	clock("ktime_get", "Read CLOCK_MONOTONIC in nanoseconds; waits for who updates it.", func(b *body) int64 { return int64(b.m.Timers.Timekeeper().Get(b.x)) }),
	clock("ktime_get_mono_fast_ns", "The same for any context, NMIs included.", func(b *body) int64 { return int64(b.m.Timers.Timekeeper().GetMonoFast(b.x)) }),
	arms("mod_timer", "Arm a timer for a jiffy, whether or not it is armed; returns whether it was.",
		func(b *body, t *timer.Timer, at uint64) bool { return b.m.Timers.Mod(b.x, t, at) }),
	arms("mod_timer_pinned", "The same, and it expires on this CPU.",
		func(b *body, t *timer.Timer, at uint64) bool { return b.m.Timers.ModPinned(b.x, t, at) }),
	{Name: "add_timer_on", Args: "timer, expires, cpu", Group: "timers", Doc: "Arm a timer that is not armed for a jiffy on a CPU.", min: -1, kinds: []ArgKind{KindTimer},
		fn: func(b *body, a args) (starlark.Value, error) {
			t, at, err := a.timerAt()
			if err != nil {
				return nil, err
			}
			c, err := a.cpu(2)
			if err == nil {
				b.m.Timers.AddOn(b.x, t, at, c)
			}
			return nil, err
		}},
	onTimer("del_timer", "Disarm a timer; its function may be running. Returns whether it was armed.",
		func(b *body, t *timer.Timer) starlark.Value { return starlark.Bool(b.m.Timers.Del(b.x, t)) }),
	onTimer("try_to_del_timer_sync", "The same, but -1 if its function runs.",
		func(b *body, t *timer.Timer) starlark.Value { return starlark.MakeInt(b.m.Timers.TryToDelSync(b.x, t)) }),
	onTimer("del_timer_sync", "Disarm it and spin until its function does not run.",
		func(b *body, t *timer.Timer) starlark.Value { return starlark.Bool(b.m.Timers.DelSync(b.x, t)) }),
	onTimer("timer_pending", "Whether it is armed.",
		func(b *body, t *timer.Timer) starlark.Value { return starlark.Bool(t.Pending(b.x)) }),
	onHR("hrtimer_start", ", ns", "Start an hr timer anew, to expire in so many nanoseconds.",
		func(b *body, h *timer.HRTimers, t *timer.HRTimer, ns sim.Time) starlark.Value {
			h.Start(b.x, t, ns, timer.Rel)
			return nil
		}),
	onHR("hrtimer_forward_now", ", ns", "Move its expiry on by whole intervals until it lies ahead; returns by how many.",
		func(b *body, h *timer.HRTimers, t *timer.HRTimer, ns sim.Time) starlark.Value {
			return starlark.MakeUint64(t.Forward(b.x, b.m.Timers.Timekeeper().Get(b.x), ns))
		}),
	onHR("hrtimer_cancel", "", "Stop it and spin until its function does not run; returns whether it was active.",
		func(b *body, h *timer.HRTimers, t *timer.HRTimer, _ sim.Time) starlark.Value {
			return starlark.Bool(h.Cancel(b.x, t))
		}),
	onHR("hrtimer_try_to_cancel", "", "The same, but -1 if its function runs.",
		func(b *body, h *timer.HRTimers, t *timer.HRTimer, _ sim.Time) starlark.Value {
			return starlark.MakeInt(h.TryToCancel(b.x, t))
		}),
	onHR("hrtimer_active", "", "Whether it is started, or its function runs.",
		func(b *body, h *timer.HRTimers, t *timer.HRTimer, _ sim.Time) starlark.Value {
			return starlark.Bool(h.Active(b.x, t))
		}),
	{Name: "usleep_range", Args: "min_us, max_us", Group: "scheduler", Doc: "Sleep for a time between two numbers of microseconds.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			least, err := a.number(0, 1)
			if err != nil {
				return nil, err
			}
			most, err := a.number(1, least)
			if err != nil {
				return nil, err
			}
			h, err := a.hr()
			if err == nil {
				h.UsleepRange(b.x, sim.Time(least)*sim.Microsecond, sim.Time(most)*sim.Microsecond)
			}
			return nil, err
		}},
	{Name: "nanosleep", Args: "ns", Group: "scheduler", Doc: "Sleep for at least some nanoseconds, as the system call does.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			ns, err := a.number(0, 1)
			if err != nil {
				return nil, err
			}
			h, err := a.hr()
			if err == nil {
				h.Nanosleep(b.x, sim.Time(ns), timer.Monotonic, timer.Rel)
			}
			return nil, err
		}},
	{Name: "schedule_timeout_uninterruptible", Args: "jiffies", Group: "scheduler", Doc: "Sleep for so many jiffies; returns what is left if somebody wakes the task before.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			n, err := a.number(0, 0)
			if err != nil {
				return nil, err
			}
			return starlark.MakeUint64(b.m.Timers.ScheduleTimeoutUninterruptible(b.x, uint64(n))), nil
		}},
}
