package model

import (
	"fmt"
	"strings"

	"lockstep/ui/text"
)

// header says what is run and where one stands in it. On a narrow screen parts
// go in this order: the program's name, the seed, the time, the last step,
// who chose, the scenario, the verdict. The step stays.
func (m *Model) header(w int) text.Line {
	step := text.L("step ").Add(text.Strong, fmt.Sprint(m.s.Step()))
	total := text.Line(nil)
	if last, known := m.s.Last(); known {
		total = text.Line{{Text: fmt.Sprintf("/%d", last), Role: text.Plain}}
	}
	verdict := text.Line(nil)
	if m.now.End != "" {
		verdict = text.Line{m.endWords()[1]}
	}
	parts := []text.Line{
		{{Text: "lockstep", Role: text.Title}},
		{{Text: m.scenario, Role: text.Strong}},
		append(step, total...),
		text.L("t=" + milliseconds(m.now.Time)),
		text.L(fmt.Sprintf("seed %d", m.seed)),
		{{Text: m.mode(), Role: text.Here}},
		verdict,
	}
	for _, drop := range []int{0, 4, 3, -1, 5, 1, 6} {
		if l := joined(parts); width(l) <= w {
			return l
		}
		if drop < 0 {
			parts[2] = step
		} else {
			parts[drop] = nil
		}
	}
	if l := joined(parts); width(l) <= w {
		return l
	}
	return text.Line{step[1]}
}

// joined puts two blanks between parts and one before the first.
func joined(parts []text.Line) text.Line {
	var l text.Line
	for _, p := range parts {
		switch {
		case len(p) == 0:
			continue
		case len(l) > 0:
			l = l.Add(text.Plain, "  ")
		}
		l = append(l, p...)
	}
	return l
}

// mode says who made the choices.
func (m *Model) mode() string {
	n := len(m.s.Choices())
	switch {
	case m.replay:
		return "REPLAY"
	case n > 0:
		return fmt.Sprintf("CHOSEN %d", n)
	}
	return strings.ToUpper(m.chooser)
}
