package timer

import (
	"slices"

	"lockstep/cpu/sched"
)

// View is a pending timer as somebody outside the machine sees it.
type View struct {
	CPU     int         // whose base it is in
	Expires uint64      // in jiffies
	Level   int         // 1 to 5: in tv1 to tv5; 0: off the wheel, next to run
	Sleeper *sched.Task // whose schedule_timeout it ends, nil for another timer
	Name    string      // of the timer, "" if it has none
	Lazy    bool        // it is deferrable
}

// BaseView is a CPU's tvec_base.
type BaseView struct {
	Jiffies uint64 // timer_jiffies: the next to be done
	All     int    // pending timers
	Active  int    // those of them that are not deferrable
	Running bool   // a timer's function runs, and del_timer_sync would wait for it
	Timer   string // whose function that is
	Waiting int    // how many CPUs wait for it
}

// Base returns CPU c's base.
func (t *Timers) Base(c int) BaseView {
	b := &t.bases[c]
	v := BaseView{Jiffies: b.jiffies, All: b.all, Active: b.active, Waiting: len(b.waiters)}
	if tm := b.running.Peek(); tm != nil {
		v.Running, v.Timer = true, timerName(tm.name, tm.sleeper)
	}
	return v
}

// timerName is what views call a timer: its name, or the function of one on a
// sleeper's stack.
func timerName(name string, sleeper *sched.Task) string {
	if name == "" && sleeper != nil {
		return "process_timeout"
	}
	return name
}

// EachPending calls fn for every pending timer, by CPU and then expiry.
func (t *Timers) EachPending(fn func(View)) {
	if t.pending == 0 {
		return
	}
	for i := range t.bases {
		b := &t.bases[i]
		if b.all == 0 {
			continue
		}
		t.viewed = t.viewed[:0]
		add := func(level int, tm *Timer) {
			t.viewed = append(t.viewed, View{CPU: i, Expires: tm.expires, Level: level, Sleeper: tm.sleeper, Name: timerName(tm.name, tm.sleeper), Lazy: tm.lazy()})
		}
		for tm := b.expired; tm != nil; tm = tm.next {
			add(0, tm)
		}
		b.wheel.each(add)
		slices.SortStableFunc(t.viewed, func(a, b View) int { return int(int64(a.Expires - b.Expires)) })
		for _, v := range t.viewed {
			fn(v)
		}
	}
}

// DoTimer returns the CPU with the duty of advancing jiffies, -1 if every
// CPU's tick is stopped.
func (t *Timers) DoTimer() int { return t.jiffies.doTimer.Peek() }
