package panes

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"lockstep/sim"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// baseTimers are the timers of one CPU.
type baseTimers struct {
	wheel []*snapshot.Timer
	hr    []*snapshot.HRTimer // but for the tick
	tick  *snapshot.HRTimer   // nil: it is stopped, or no high-resolution timer
}

// timersByCPU sorts the timers into their bases; the high-resolution ones of
// all clocks in one order.
func timersByCPU(s *snapshot.Snapshot) map[int]*baseTimers {
	of := map[int]*baseTimers{}
	get := func(cpu int) *baseTimers {
		if of[cpu] == nil {
			of[cpu] = &baseTimers{}
		}
		return of[cpu]
	}
	for i := range s.Timers {
		t := &s.Timers[i]
		get(t.CPU).wheel = append(get(t.CPU).wheel, t)
	}
	for i := range s.HRTimers {
		t := &s.HRTimers[i]
		if b := get(t.CPU); t.Tick {
			b.tick = t
		} else {
			b.hr = append(b.hr, t)
		}
	}
	for _, b := range of {
		slices.SortStableFunc(b.hr, func(x, y *snapshot.HRTimer) int { return cmp.Compare(x.Due, y.Due) })
	}
	return of
}

// baseRows has each CPU whose base has something in it or does something, and
// below it its timers: those of the wheel, then the high-resolution ones.
func baseRows(c *Context) []row {
	of := timersByCPU(c.now())
	var rows []row
	for i := range c.now().Bases {
		b := &c.now().Bases[i]
		timers := of[b.CPU]
		if timers == nil {
			timers = &baseTimers{}
		}
		facts := baseFacts(c, b, timers)
		if len(timers.wheel)+len(timers.hr)+len(facts) == 0 {
			continue
		}
		to := NoTarget
		to.CPU = b.CPU
		for _, l := range factLines(c, text.Span{Text: cpuName(b.CPU), Role: ofCPU(b.CPU)}, facts) {
			rows = append(rows, row{l, to})
		}
		for _, t := range timers.wheel {
			rows = append(rows, row{wheelLine(c, t), to})
		}
		for _, t := range timers.hr {
			rows = append(rows, row{hrLine(c, t), to})
		}
	}
	return rows
}

// baseFacts are what a CPU's base is up to, beyond its list of timers.
func baseFacts(c *Context, b *snapshot.TimerBase, timers *baseTimers) []text.Line {
	var facts []text.Line
	add := func(is bool, role text.Role, s string) {
		if is {
			facts = append(facts, text.Line{{Text: s, Role: role}})
		}
	}
	add(b.DoTimer, text.Good, "do_timer")
	add(b.Running != "", text.Here, "runs "+b.Running)
	add(b.HRRunning != "", text.Here, "runs "+b.HRRunning)
	add(b.Hang, text.Warn, "hangs in its hrtimers")
	behind := int64(c.now().Jiffies + 1 - b.Jiffies) // 1 until the softirq of this tick
	add(b.Pending > 0 && behind > 1, text.Wait, "wheel "+jiffies(behind)+" behind")
	next := b.Next
	switch t := timers.tick; {
	case t != nil && b.TickStopped:
		add(true, text.Free, "tick stopped, next "+c.due(t.Due).Text)
	case t != nil:
		add(true, text.Plain, "tick "+c.due(t.Due).Text)
	case b.TickStopped:
		add(true, text.Free, "tick stopped")
	}
	if t := timers.tick; t != nil && t.Due == next {
		next = 0 // said already
	}
	add(c.now().HighRes && next >= sim.Forever, text.Dim, "no event programmed")
	add(next > 0 && next < sim.Forever, text.Dim, "event "+c.due(next).Text)
	add(b.Retries > 0 || b.Hangs > 0, text.Dim, fmt.Sprintf("retried %dx, hung %dx", b.Retries, b.Hangs))
	return facts
}

// jiffies is a number of them.
func jiffies(n int64) string {
	if n == 1 {
		return "1 jiffy"
	}
	return strconv.FormatInt(n, 10) + " jiffies"
}

// wheelLine is a timer of the wheel.
func wheelLine(c *Context, t *snapshot.Timer) text.Line {
	d := int64(t.Expires - c.now().Jiffies)
	when := cell{Text: "in " + jiffies(d), Role: text.Plain}
	switch {
	case t.Level == 0:
		when = cell{Text: "expired", Role: text.Here}
	case d == 0:
		when.Text = "in this jiffy"
	case d < 0:
		when = cell{Text: "late " + jiffies(-d), Role: text.Warn}
	}
	name := t.Name
	if t.Deferrable {
		name += ", deferrable"
	}
	return timerLine(c, when, "tv"+strconv.Itoa(t.Level), name, strconv.FormatUint(t.Expires, 10))
}

// hrLine is a high-resolution timer.
func hrLine(c *Context, t *snapshot.HRTimer) text.Line {
	name := t.Name
	if t.Hard > t.Soft {
		name += ", slack " + duration(t.Hard-t.Soft)
	}
	return timerLine(c, cell(c.due(t.Due)), t.Clock, name, seconds(t.Soft))
}

// seconds is a point in time in seconds.
func seconds(t sim.Time) string {
	t = max(t, 0)
	return fmt.Sprintf("%d.%06d", t/sim.Second, t%sim.Second/sim.Microsecond)
}

// timerLine is a timer: when it comes, of which clock or part of the wheel it
// is, what it does, and when that is in its own terms.
func timerLine(c *Context, when cell, kind, name, at string) text.Line {
	widths := []int{6, 15, 4, c.W - 46, -13}
	if c.W < 64 {
		widths = []int{2, 15, 4, c.W, 0}
	}
	return cols(c, widths, cell{Text: " "}, when, cell{Text: kind, Role: text.Dim}, cell{Text: name, Role: text.Plain}, cell{Text: at, Role: text.Dim})
}
