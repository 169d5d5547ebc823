package model

import (
	"fmt"
	"strings"

	"lockstep/cpu"
	"lockstep/sim"
	"lockstep/ui/history"
	"lockstep/ui/panes"
	"lockstep/ui/text"
)

// totals is what a walk may add to.
type totals struct{ findings, lines int }

func (m *Model) total() totals { return totals{len(m.now.Findings), len(m.now.Console)} }

// tell puts into words how a walk from a step ended: at what, what happened in
// the latest step, and what changed out of sight.
func (m *Model) tell(from uint64, seen totals, hit string, err error) {
	var l text.Line
	step := m.s.Step()
	switch {
	case interrupted(err):
		l = l.Add(text.Warn, "interrupted").Add(text.Plain, " at ")
	case err != nil && !atEnd(err):
		l = l.Add(text.Splat, err.Error()).Add(text.Plain, "; at ")
	case hit != "":
		l = l.Add(text.Strong, "stopped at "+hit).Add(text.Plain, ": ")
	}
	switch {
	case step == from && m.now.End != "" && err != nil:
		l = append(l, m.endWords()...)
	case step == 0:
		l = l.Add(text.Strong, "start of history").Add(text.Plain, ": step 0, the machine is about to boot")
	default:
		l = append(l, m.happened(step)...)
		if m.now.End != "" {
			l = append(l.Add(text.Plain, "; "), m.endWords()...)
		} else if step == m.s.Start() {
			l = l.Add(text.Plain, "; the start line")
		}
	}
	m.msg = append(l, m.unseen(seen)...)
}

// endWords says that the history is at its end, and with what verdict.
func (m *Model) endWords() text.Line {
	role := text.Splat
	if m.now.End == "clean" {
		role = text.Good
	}
	return text.Line{{Text: "end of history: ", Role: text.Strong}, {Text: m.now.End, Role: role}}
}

// happened is a step in words: "step 1204: CPU1 took irq RESCHEDULE".
func (m *Model) happened(step uint64) text.Line {
	l := text.L("step ").Add(text.Strong, fmt.Sprint(step))
	if step > m.s.Events() {
		return l
	}
	l = l.Add(text.Plain, ": ")
	e := m.s.Event(step)
	switch {
	case e.Source != 0:
		l = l.Add(text.Strong, m.s.SourceName(int(e.Source))).Add(text.Plain, " fired")
	case e.CPU < 0:
		l = l.Add(text.Plain, "nothing that a processor did")
	case e.Flags&history.Took != 0 || e.Kind == cpu.KindIrqEntry:
		l = l.Add(text.OfCPU(int(e.CPU)), cpuName(int(e.CPU))).Add(text.Plain, " took "+m.interruptOf(int(e.CPU)))
	default:
		l = l.Add(text.OfCPU(int(e.CPU)), cpuName(int(e.CPU)))
		if e.Task >= 0 {
			l = l.Add(text.Plain, " "+m.s.TaskName(int(e.Task)))
		}
		switch {
		case e.Kind == sim.KindNone && e.Flags&history.Woken != 0:
			l = l.Add(text.Plain, ": its wait is over")
		default:
			l = l.Add(text.Plain, ": "+kindName(e.Kind))
		}
		if e.Obj != 0 {
			l = l.Add(text.Plain, " ").Add(text.Strong, m.s.ObjName(e.Obj))
		}
	}
	if e.Flags&history.Chosen != 0 {
		l = l.Add(text.Dim, " (chosen)")
	}
	return l
}

// interruptOf names the interrupt that a processor is in.
func (m *Model) interruptOf(cpu int) string {
	if cpu < len(m.now.CPUs) {
		if cs := m.now.CPUs[cpu].Contexts; len(cs) > 0 {
			switch x := cs[len(cs)-1]; x.Kind {
			case "hardirq":
				return strings.TrimSpace("irq " + x.Name)
			case "NMI":
				return strings.TrimSpace("NMI " + x.Name)
			}
		}
	}
	return "an interrupt"
}

// unseen tells what the walk changed where nobody looks: locks, variables,
// findings and the console.
func (m *Model) unseen(seen totals) text.Line {
	var l text.Line
	add := func(role text.Role, s string) { l = l.Add(text.Plain, "; ").Add(role, s) }
	if n := len(m.now.Findings); n > seen.findings && m.now.End == "" {
		add(text.Splat, "finding: "+m.now.Findings[n-1].Title)
	}
	var names []string
	for i := range m.now.Locks {
		if k := &m.now.Locks[i]; k.Changed {
			names = append(names, k.Name)
		}
	}
	if s := m.notInSight("lock", "locks", names, func(t panes.Target) string { return t.Lock }); s != "" {
		add(text.Changed, s)
	}
	names = nil
	for i := range m.now.Vars {
		if v := &m.now.Vars[i]; v.Changed {
			names = append(names, v.Name)
		}
	}
	if s := m.notInSight("variable", "vars", names, func(t panes.Target) string { return t.Var }); s != "" {
		add(text.Changed, s)
	}
	if n := len(m.now.Console); n > seen.lines && !m.shows("console") {
		add(text.Plain, "printed: "+m.now.Console[n-1].Text)
	}
	return l
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

// cpuName is what a processor is called.
func cpuName(n int) string { return fmt.Sprintf("CPU%d", n) }

// kindName is a kind of operation in a word.
func kindName(k sim.Kind) string {
	if k > cpu.KindUserStart {
		return fmt.Sprintf("kind %d", k)
	}
	return cpu.KindName(k)
}

// milliseconds is a time as the header has it.
func milliseconds(t sim.Time) string {
	if t >= sim.Forever {
		return "never"
	}
	return fmt.Sprintf("%d.%03dms", t/sim.Millisecond, t%sim.Millisecond/sim.Microsecond)
}
