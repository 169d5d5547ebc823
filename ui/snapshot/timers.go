package snapshot

import (
	"cmp"
	"slices"

	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// TimerBase is a CPU's timer wheel and its high-resolution timers.
type TimerBase struct {
	CPU         int    // whose
	Jiffies     uint64 // timer_jiffies: the next to be done
	Pending     int    // timers on the wheel
	Deferrable  int    // those of them that wake no CPU
	Running     string // the timer whose function runs, empty for none
	DoTimer     bool   // jiffies are this CPU's duty
	TickStopped bool   // its tick is, while it is idle
	// Next is what the event device is programmed for by high-resolution
	// timers: Forever if it is not, 0 on a machine without them.
	Next      sim.Time
	HRRunning string // likewise of a high-resolution timer
	Hang      bool   // it hangs in its high-resolution timers
	Events    uint64 // interrupts for them
	Retries   uint64 // rounds that came too late
	Hangs     uint64 // and hangs
}

// Timer is a pending timer of the wheel.
type Timer struct {
	CPU        int    // whose base it is in
	Expires    uint64 // jiffies
	Level      int    // 1 to 5: in tv1 to tv5; 0: off the wheel, next to run
	Deferrable bool   // it wakes no CPU
	Name       string // its function or what it is for
}

// HRTimer is a queued high-resolution timer.
type HRTimer struct {
	CPU   int      // whose base it is in
	Clock string   // by which it expires: mono, real
	Soft  sim.Time // may run from then on, by that clock
	Hard  sim.Time // for this the hardware is programmed
	Due   sim.Time // that in the time of the machine
	Tick  bool     // it is the CPU's tick
	Name  string   // its function or what it is for
}

// clockWords are the clocks, shorter than their names.
var clockWords = map[timer.ClockID]string{timer.Monotonic: "mono", timer.Realtime: "real"}

// timerCache is scratch for the timers, and what sleepers' are called.
type timerCache struct {
	wheel  []Timer
	hr     []HRTimer
	sleeps []string          // by Exec.ID: name of the timer that ends its sleep
	wakes  []string          // likewise of the high-resolution one
	names  map[string]string // what others are called, by their own name
}

// takeTimers takes the pending timers of all wheels.
func (t *Taker) takeTimers() []Timer {
	c := &t.timer
	c.wheel = c.wheel[:0]
	t.m.Timers.EachPending(func(v timer.View) {
		c.wheel = append(c.wheel, Timer{CPU: v.CPU, Expires: v.Expires, Level: v.Level, Deferrable: v.Lazy, Name: t.timerName(&v)})
	})
	slices.SortStableFunc(c.wheel, func(a, b Timer) int { return cmp.Compare(a.Expires, b.Expires) })
	return reuse(t.prev.Timers, len(c.wheel), func(i int, out *Timer) { *out = c.wheel[i] }, equal[Timer])
}

// timerName says what a timer is for.
func (t *Taker) timerName(v *timer.View) string {
	if v.Sleeper != nil {
		return t.sleeperName(&t.timer.sleeps, "process_timeout ", v.Sleeper)
	}
	return t.named(v.Name, v.Fn, "timer")
}

// named is a timer's own name with its function behind it, or one of both.
func (t *Taker) named(name string, fn any, otherwise string) string {
	if name == "" {
		return t.funcs.name(fn, otherwise)
	}
	c := &t.timer
	text, ok := c.names[name]
	if !ok {
		if text = name; t.funcs.name(fn, "") != "" {
			text += ": " + t.funcs.name(fn, "")
		}
		if c.names == nil {
			c.names = map[string]string{}
		}
		c.names[name] = text
	}
	return text
}

func (t *Taker) sleeperName(known *[]string, what string, sleeper *sched.Task) string {
	for sleeper.ID >= len(*known) {
		*known = append(*known, "")
	}
	name := &(*known)[sleeper.ID]
	if *name == "" {
		*name = what + t.names.of(&sleeper.Exec)
	}
	return *name
}

// takeHRTimers takes the queued high-resolution timers, by CPU and clock.
func (t *Taker) takeHRTimers() []HRTimer {
	c := &t.timer
	c.hr = c.hr[:0]
	h := t.m.Timers.HR()
	if h == nil {
		return nil
	}
	h.EachQueued(func(v timer.HRView) {
		c.hr = append(c.hr, HRTimer{CPU: v.CPU, Clock: clockWords[v.Clock], Soft: v.Soft, Hard: v.Hard, Due: v.Due, Tick: v.Tick, Name: t.hrTimerName(&v)})
	})
	return reuse(t.prev.HRTimers, len(c.hr), func(i int, out *HRTimer) { *out = c.hr[i] }, equal[HRTimer])
}

func (t *Taker) hrTimerName(v *timer.HRView) string {
	if v.Sleeper != nil {
		return t.sleeperName(&t.timer.wakes, "hrtimer_wakeup ", v.Sleeper)
	}
	return t.named(v.Name, v.Fn, "hrtimer")
}

// takeBases takes the CPUs' bases.
func (t *Taker) takeBases() []TimerBase {
	tm := t.m.Timers
	return reuse(t.prev.Bases, len(t.m.CPU.CPUs), func(i int, out *TimerBase) {
		b := tm.Base(i)
		*out = TimerBase{CPU: i, Jiffies: b.Jiffies, Pending: b.All, Deferrable: b.All - b.Active, DoTimer: i == tm.DoTimer()}
		if b.Running {
			out.Running = cmp.Or(b.Timer, "a timer")
		}
		h := tm.HR()
		if h == nil {
			return
		}
		v := h.Base(i)
		out.TickStopped = h.Tick(i).Stopped
		out.Next, out.Hang, out.Events, out.Retries, out.Hangs = v.Next, v.Hang, v.Events, v.Retries, v.Hangs
		if v.Running {
			out.HRRunning = cmp.Or(v.Timer, "an hrtimer")
		}
	}, equal[TimerBase])
}
