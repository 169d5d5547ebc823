package panes

import (
	"fmt"
	"strconv"

	"lockstep/sim"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// baseRows has each CPU whose base has something in it or does something, and
// below it its timers: those of the wheel, then the high-resolution ones.
func baseRows(c *Context) []row {
	s := c.now()
	wheel, hr := map[int][]*snapshot.Timer{}, map[int][]*snapshot.HRTimer{}
	for i := range s.Timers {
		t := &s.Timers[i]
		wheel[t.CPU] = append(wheel[t.CPU], t)
	}
	for i := range s.HRTimers {
		t := &s.HRTimers[i]
		hr[t.CPU] = append(hr[t.CPU], t)
	}
	var rows []row
	for i := range s.Bases {
		b := &s.Bases[i]
		facts := baseFacts(c, b)
		if len(wheel[b.CPU]) == 0 && len(hr[b.CPU]) == 0 && len(facts) == 0 {
			continue
		}
		to := NoTarget
		to.CPU = b.CPU
		for _, l := range factLines(c, text.Span{Text: cpuName(b.CPU), Role: ofCPU(b.CPU)}, facts) {
			rows = append(rows, row{l, to})
		}
		for _, t := range wheel[b.CPU] {
			rows = append(rows, row{wheelLine(c, t), to})
		}
		for _, t := range hr[b.CPU] {
			rows = append(rows, row{hrLine(c, t), to})
		}
	}
	return rows
}

// baseFacts are what a CPU's base is up to, beyond its list of timers.
func baseFacts(c *Context, b *snapshot.TimerBase) []text.Line {
	var facts []text.Line
	add := func(role text.Role, s string) { facts = append(facts, text.Line{{Text: s, Role: role}}) }
	if b.DoTimer {
		add(text.Good, "do_timer")
	}
	if b.TickStopped {
		add(text.Free, "tick stopped")
	}
	if b.Running != "" {
		add(text.Here, "runs "+b.Running)
	}
	if b.HRRunning != "" {
		add(text.Here, "runs "+b.HRRunning)
	}
	if b.Hang {
		add(text.Warn, "hangs in its hrtimers")
	}
	if behind := c.now().Jiffies + 1 - b.Jiffies; b.Pending > 0 && behind > 0 && behind < 1<<63 {
		add(text.Wait, fmt.Sprintf("wheel %d jiffies behind", behind))
	}
	switch {
	case !c.now().HighRes:
	case b.Next >= sim.Forever:
		add(text.Dim, "no event programmed")
	case b.Next > 0:
		add(text.Dim, "event "+c.due(b.Next).Text)
	}
	if b.Retries > 0 || b.Hangs > 0 {
		add(text.Dim, fmt.Sprintf("%d retries, %d hangs", b.Retries, b.Hangs))
	}
	return facts
}

// wheelLine is a timer of the wheel.
func wheelLine(c *Context, t *snapshot.Timer) text.Line {
	d := int64(t.Expires - c.now().Jiffies)
	when := cell{Text: "in " + count(int(d), "jiffy"), Role: text.Plain}
	switch {
	case t.Level == 0:
		when = cell{Text: "expired", Role: text.Here}
	case d == 0:
		when.Text = "in this jiffy"
	case d == 1:
	case d < 0:
		when = cell{Text: "late " + strconv.FormatInt(-d, 10) + " jiffies", Role: text.Warn}
	default:
		when.Text = "in " + strconv.FormatInt(d, 10) + " jiffies"
	}
	name := t.Name
	if t.Deferrable {
		name += ", deferrable"
	}
	return timerLine(c, when, "tv"+strconv.Itoa(t.Level), name, "jiffy "+strconv.FormatUint(t.Expires, 10))
}

// hrLine is a high-resolution timer.
func hrLine(c *Context, t *snapshot.HRTimer) text.Line {
	name, at := t.Name, instant(t.Soft)+" us"
	if t.Tick {
		name += " (the tick)"
	}
	if t.Hard > t.Soft {
		at += ", slack " + duration(t.Hard-t.Soft)
	}
	return timerLine(c, cell(c.due(t.Due)), t.Clock, name, at)
}

// timerLine is a timer: when it comes, of which clock or part of the wheel it
// is, what it does, and when that is in its own terms.
func timerLine(c *Context, when cell, kind, name, at string) text.Line {
	widths := []int{4, 16, 4, 34, c.W}
	if c.W < 60 {
		widths = []int{2, 14, 4, c.W, 0}
	}
	return cols(c, widths, cell{Text: " "}, when, cell{Text: kind, Role: text.Dim}, cell{Text: name, Role: text.Plain}, cell{Text: at, Role: text.Dim})
}
