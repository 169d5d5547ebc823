package timer

import (
	"slices"

	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// View is a pending timer as somebody outside the machine sees it.
type View struct {
	CPU     int         // whose base it is in
	Expires uint64      // in jiffies
	Level   int         // 1 to 5: in tv1 to tv5; 0: off the wheel, next to run
	Sleeper *sched.Task // whose schedule_timeout it ends, nil for another timer
	Lazy    bool        // it is deferrable
	Name    string      // as it was made, empty for a timer of its maker's own
	// Fn is the timer's function.
	Fn func(x *cpu.Exec)
}

// BaseView is a CPU's tvec_base.
type BaseView struct {
	Jiffies uint64 // timer_jiffies: the next to be done
	All     int    // pending timers
	Active  int    // those of them that are not deferrable
	Running bool   // a timer's function runs, and del_timer_sync would wait for it
}

// DoTimer returns the CPU whose duty it is to advance jiffies
// (tick_do_timer_cpu), -1 for none.
func (t *Timers) DoTimer() int { return t.jiffies.doTimer.Peek() }

// Base returns CPU c's base.
func (t *Timers) Base(c int) BaseView {
	b := &t.bases[c]
	return BaseView{Jiffies: b.jiffies, All: b.all, Active: b.active, Running: b.running.Peek() != nil}
}

// Running returns the timer whose function runs on CPU c; ok is false if there
// is none.
func (t *Timers) Running(c int) (v View, ok bool) {
	if tm := t.bases[c].running.Peek(); tm != nil {
		return tm.view(c, 0), true
	}
	return View{}, false
}

func (tm *Timer) view(c, level int) View {
	return View{CPU: c, Expires: tm.expires, Level: level, Sleeper: tm.sleeper, Lazy: tm.lazy(), Name: tm.name, Fn: tm.fn}
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
			t.viewed = append(t.viewed, tm.view(i, level))
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
