package model

import (
	"fmt"
	"strings"

	"lockstep/cpu"
	"lockstep/sim"
	"lockstep/ui/history"
	"lockstep/ui/text"
)

// endWords says that the history is at its end, and with what verdict.
func (m *Model) endWords() text.Line {
	role := text.Splat
	if m.now.End == "clean" {
		role = text.Good
	}
	return text.Line{{Text: "end of history: ", Role: text.Strong}, {Text: m.now.End, Role: role}}
}

// happened is a step in words: "step 1204: CPU1 took irq RESCHEDULE". The name
// of the task can be left out.
func (m *Model) happened(step uint64, task bool) text.Line {
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
		if e.Task >= 0 && task {
			l = l.Add(text.Plain, " "+m.s.TaskName(int(e.Task)))
		}
		switch {
		case e.Kind == sim.KindNone && e.Flags&history.Woken != 0:
			l = l.Add(text.Plain, ": its wait is over")
		case e.Kind == sim.KindNone:
			l = l.Add(text.Plain, ": starts")
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
