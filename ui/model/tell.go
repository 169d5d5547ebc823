package model

import (
	"fmt"
	"slices"
	"strings"

	"lockstep/ui/panes"
	"lockstep/ui/text"
)

// totals is what a walk may add to.
type totals struct{ findings, lines int }

func (m *Model) total() totals { return totals{len(m.now.Findings), len(m.now.Console)} }

// tell puts into words how a walk from a step ended: at what, what happened in
// the latest step, and what changed out of sight. On a narrow screen the task's
// name goes first; of what is out of sight there is as much as fits.
func (m *Model) tell(from uint64, seen totals, hit string, err error) {
	why, end := m.whyHere(hit, err), m.endHere()
	if m.s.Step() == from && err != nil {
		end = nil
	}
	found := text.Line(nil)
	if n := len(m.now.Findings); n > seen.findings && m.now.End == "" {
		found = text.Line{{Text: m.now.Findings[n-1].Title, Role: text.Splat}}
	}
	for _, task := range []bool{true, false} {
		m.msg = append(why[:len(why):len(why)], m.here(from, task, found, err)...)
		if m.msg = append(m.msg, end...); width(m.msg) <= m.w {
			break
		}
	}
	room := func() int { return m.w - width(m.msg) - len("; ") }
	for _, part := range m.unseen() {
		if width(part) <= room() {
			m.msg = append(m.msg.Add(text.Plain, "; "), part...)
		}
	}
	if n := len(m.now.Console); n > seen.lines && !m.shows("console") && room() >= printedW {
		printed := cut(text.L("printed: "+m.now.Console[n-1].Text), room(), m.opt.ASCII)
		m.msg = append(m.msg.Add(text.Plain, "; "), printed...)
	}
}

// printedW is how much room a line of the log must have, at least, for its
// beginning to be told.
const printedW = 24

// greet says where a session begins, and how to go on.
func (m *Model) greet() {
	step := m.s.Step()
	switch n := len(m.now.Findings); {
	case n > 0 || m.now.End != "":
		m.msg = m.endWords()
		if n > 0 {
			m.msg = text.L(fmt.Sprintf("step %d: ", step)).Add(text.Splat, m.now.Findings[n-1].Title)
		}
		for _, hint := range []string{"; S goes back", ", a asks why", ", ? lists the keys"} {
			if width(m.msg)+len(hint) > m.w {
				break
			}
			m.msg = m.msg.Add(text.Plain, hint)
		}
	case step == m.s.Start():
		m.say(fmt.Sprintf("step %d: the start line; s performs the next step, ? lists the keys", step))
	default:
		m.say("s performs the next step, ? lists the keys, : takes commands")
	}
}

// whyHere says why a walk ended, empty if it went where it was to go.
func (m *Model) whyHere(hit string, err error) text.Line {
	switch {
	case interrupted(err):
		return text.Line{{Text: "interrupted", Role: text.Warn}, {Text: " at ", Role: text.Plain}}
	case err != nil && !atEnd(err):
		return text.Line{{Text: err.Error(), Role: text.Splat}, {Text: "; at ", Role: text.Plain}}
	case hit != "":
		return text.Line{{Text: "stopped at " + hit, Role: text.Strong}, {Text: ": ", Role: text.Plain}}
	case atEnd(err) && m.sought != "":
		return text.Line{{Text: m.sought, Role: text.Warn}, {Text: "; ", Role: text.Plain}}
	}
	return nil
}

// here is where a walk from a step ended, and what was found there or else
// happened.
func (m *Model) here(from uint64, task bool, found text.Line, err error) text.Line {
	switch step := m.s.Step(); {
	case step == from && m.now.End != "" && err != nil:
		return m.endWords()
	case step == 0:
		return text.Line{{Text: "start of history", Role: text.Strong}, {Text: ": the machine is about to boot", Role: text.Plain}}
	case atEnd(err) && m.sought != "" && step != m.s.Start():
		return text.L("step ").Add(text.Strong, fmt.Sprint(step))
	case step == m.s.Start():
		return text.L("step ").Add(text.Strong, fmt.Sprint(step)).Add(text.Plain, ": the start line")
	case found != nil:
		return append(text.L("step ").Add(text.Strong, fmt.Sprint(step)).Add(text.Plain, ": "), found...)
	default:
		return m.happened(step, task)
	}
}

// endHere says that the history ends here, if so.
func (m *Model) endHere() text.Line {
	if m.now.End == "" {
		return nil
	}
	return append(text.L("; "), m.endWords()...)
}

// unseen tells what the last step changed where nobody looks: readers, locks
// and variables.
func (m *Model) unseen() []text.Line {
	var parts []text.Line
	if s := m.askedReader(); s != "" {
		parts = append(parts, text.Line{{Text: s, Role: text.Changed}})
	}
	var names []string
	for i := range m.now.Locks {
		if k := &m.now.Locks[i]; k.Changed {
			names = append(names, k.Name)
		}
	}
	if s := m.notInSight("lock", "locks", names, func(t panes.Target) string { return t.Lock }); s != "" {
		parts = append(parts, text.Line{{Text: s, Role: text.Changed}})
	}
	names = nil
	for i := range m.now.Vars {
		if v := &m.now.Vars[i]; v.Changed {
			names = append(names, v.Name)
		}
	}
	if s := m.notInSight("variable", "vars", names, func(t panes.Target) string { return t.Var }); s != "" {
		parts = append(parts, text.Line{{Text: s, Role: text.Changed}})
	}
	return parts
}

// askedReader says that the last step asked an RCU reader for a quiescent state,
// which is no operation, or that it was preempted; empty if it did not.
func (m *Model) askedReader() string {
	if m.before == nil {
		return ""
	}
	for i := range min(len(m.now.CPUs), len(m.before.CPUs)) {
		now, was := &m.now.CPUs[i], &m.before.CPUs[i]
		if now.Task == was.Task && len(now.Special) > 0 && !slices.Equal(now.Special, was.Special) {
			return cpuName(i) + " reader: " + strings.Join(now.Special, " ")
		}
	}
	return ""
}

// notInSight says which of the names have no row in sight in a view, empty if
// none is missing.
func (m *Model) notInSight(what, view string, names []string, of func(panes.Target) string) string {
	if len(names) == 0 {
		return ""
	}
	sight := map[string]bool{}
	a := m.arrange()
	for i := range m.slots {
		s := &m.slots[i]
		if s.view.Name != view || a.Slots[i].H == 0 {
			continue
		}
		c := m.context(a.Slots[i])
		for row := s.from; row < min(s.from+s.height(c, a.Slots[i].Inner()), s.view.Rows(c)); row++ {
			sight[of(s.view.Target(c, row))] = true
		}
	}
	var missing []string
	for _, n := range names {
		if !sight[n] {
			missing = append(missing, n)
		}
	}
	switch len(missing) {
	case 0:
		return ""
	case 1:
		return what + " " + missing[0] + " changed (not in sight)"
	}
	return fmt.Sprintf("%s %s and %d more changed (not in sight)", what, missing[0], len(missing)-1)
}

// shows reports whether a view is in sight.
func (m *Model) shows(view string) bool {
	a := m.arrange()
	for i := range m.slots {
		if m.slots[i].view.Name == view && a.Slots[i].H > 0 {
			return true
		}
	}
	return false
}
