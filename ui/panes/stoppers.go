package panes

import (
	"fmt"
	"strings"

	"lockstep/cpu/stop"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// stopping is how many stoppers have something to do.
func stopping(s *snapshot.Snapshot) int {
	n := 0
	if s.Stop != nil {
		for i := range s.Stop.Stoppers {
			if p := &s.Stop.Stoppers[i]; p.Running != "" || len(p.Queued) > 0 {
				n++
			}
		}
	}
	return n
}

// stopRows are the stoppers with something to do or without a thread at work,
// and those who meet in them.
func stopRows(c *Context, v *stop.View) []row {
	var rows []row
	for i := range v.Stoppers {
		p := &v.Stoppers[i]
		var facts []text.Line
		if p.Running != "" {
			facts = append(facts, text.L("runs for ").Add(text.Here, p.Running))
		}
		if len(p.Queued) > 0 {
			facts = append(facts, text.L("then for ").Add(text.Wait, strings.Join(p.Queued, ", ")))
		}
		if !p.Enabled {
			facts = append(facts, text.Line{{Text: "takes no works", Role: text.Free}})
		}
		if len(facts) == 0 {
			continue
		}
		to := NoTarget
		to.CPU = i
		if t := c.taskOfPID(p.Thread); t != nil {
			to.Task = t.ID
			facts = append([]text.Line{{{Text: taskName(t), Role: text.Strong}}}, facts...)
		} else {
			facts = append([]text.Line{{{Text: "stopper", Role: text.Strong}}}, facts...)
		}
		for _, l := range factLines(c, text.Span{Text: cpuName(i), Role: ofCPU(i)}, facts) {
			rows = append(rows, row{l, to})
		}
	}
	for i := range v.Meetings {
		rows = append(rows, meetingRows(c, &v.Meetings[i])...)
	}
	return rows
}

// meetingRows are a rendezvous: how far it is, and who holds it up.
func meetingRows(c *Context, m *stop.MeetingView) []row {
	to := NoTarget
	if t := c.taskOfPID(m.Caller); t != nil {
		to.Task = t.ID
	}
	state := text.L("at ").Add(text.Here, stateName(m.State))
	left := text.Line{{Text: fmt.Sprintf("%d of %s to acknowledge", m.Left, count(len(m.CPUs), "CPU")), Role: text.Plain}}
	for i, n := range m.Missing {
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		left = left.Add(text.Plain, sep).Add(ofCPU(n), cpuName(n))
	}
	facts := []text.Line{{{Text: "rendezvous of " + c.commOfPID(m.Caller), Role: text.Strong}}, state, left}
	var rows []row
	for _, l := range factLines(c, text.Span{Text: "stop", Role: text.Dim}, facts) {
		rows = append(rows, row{l, to})
	}
	return rows
}

// stateName is a rendezvous' state for whatever number is recorded.
func stateName(s stop.State) string {
	if s < stop.None || s > stop.Exit {
		return fmt.Sprintf("state %d", s)
	}
	return s.String()
}
