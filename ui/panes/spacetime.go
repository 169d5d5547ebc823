package panes

import (
	"fmt"
	"slices"
	"strings"

	"lockstep/cpu"
	"lockstep/ui/history"
	"lockstep/ui/text"
)

var spacetimeView = list("spacetime", "space-time",
	"The latest steps: time goes down, bars are held locks, arrows IPIs.",
	spacetimeSum, spacetimeHead, openSpacetime)

func spacetimeSum(c *Context) text.Line {
	last := min(c.now().Step, c.events())
	return text.L(fmt.Sprintf("the last %s up to %s us", count(int(min(last, windowSteps)), "step"), instant(c.now().Time)))
}

// grid is the geometry of the diagram: which processors have a column.
type grid struct {
	c        *Context
	time     int // width of the time, 0 for none
	from, to int // processors from..to-1
	w        int // of a column
}

// minColumn is the least width of a column that says anything.
const minColumn = 8

func newGrid(c *Context) *grid {
	g := &grid{c: c}
	room := c.W - 2 // the pointer, and the last column's gap
	if c.W >= 60 {
		g.time = 10
		room -= g.time + 1
	}
	n := len(c.now().CPUs)
	fit := min(max(room/(minColumn+1), 1), n)
	if fit < n { // how many more there are is said at the right
		room -= len(" +4095")
		fit = max(room/(minColumn+1), 1)
	}
	if fit == 0 {
		return g
	}
	g.from = max(min(c.CPU-fit/2, n-fit), 0)
	g.to = g.from + fit
	g.w = max(min(room/fit-1, 32), 1)
	return g
}

func spacetimeHead(c *Context) []text.Line {
	g := newGrid(c)
	l := text.L(" ")
	if g.time > 0 {
		l = l.Add(text.Dim, blank(g.time-len("time us"))+"time us ")
	}
	for n := g.from; n < g.to; n++ {
		l = append(l, text.Line{{Text: " ", Role: text.Plain}, {Text: cut(c, cpuName(n), g.w), Role: ofCPU(n)}}.Pad(g.w+1)...)
	}
	if hidden := len(c.now().CPUs) - (g.to - g.from); hidden > 0 {
		l = l.Add(text.Dim, fmt.Sprintf(" +%d", hidden))
	}
	return []text.Line{l}
}

// openSpacetime has a row for each step of the window; the last is now.
func openSpacetime(c *Context) page {
	g, w := newGrid(c), newWindow(c)
	return page{
		n:    len(w.events),
		look: len(w.events) - 1,
		row:  func(i int) text.Line { return g.line(w, i) },
		to: func(i int) Target {
			e := &w.events[i]
			to := NoTarget
			to.Step, to.CPU, to.Task = w.first+uint64(i), int(e.CPU), int(e.Task)
			return to
		},
	}
}

// line is one step.
func (g *grid) line(w *window, i int) text.Line {
	c, e := g.c, &w.events[i]
	l := text.L(" ")
	if w.first+uint64(i) == c.now().Step {
		l[0] = text.Span{Text: c.pick("▶", ">"), Role: text.Here}
	}
	if g.time > 0 {
		s := instant(e.Time)
		if i > 0 && w.events[i-1].Time == e.Time {
			s = ""
		}
		l = l.Add(text.Dim, blank(g.time-width(s))+s+" ")
	}
	from, to := g.flight(e)
	for n := g.from; n < g.to; n++ {
		l = append(l, g.gap(n, from, to))
		l = append(l, g.cell(w, i, n, from, to)...)
	}
	return append(l, g.gap(g.to, from, to))
}

// flight is the sender and the receiver of an IPI; both are -1 if the step
// sends none to somebody else.
func (g *grid) flight(e *history.Event) (from, to int) {
	var n int
	if e.Source != 0 || e.Kind != cpu.KindSend || e.Flags&history.Took != 0 {
		return -1, -1
	}
	if _, err := fmt.Sscanf(g.c.Log.ObjName(e.Obj), "apic%d", &n); err != nil || n == int(e.CPU) || n < 0 || e.CPU < 0 {
		return -1, -1
	}
	return int(e.CPU), n
}

// gap is the cell left of processor n's column: empty, or part of an arrow. One
// to the right ends there, one to the left in the receiver's column.
func (g *grid) gap(n, from, to int) text.Span {
	s := " "
	switch {
	case from < 0:
	case from < to && n == to:
		s = g.c.pick("►", ">")
	case from < n && n < to || to < n && n <= from:
		s = g.shaft(1)
	}
	return text.Span{Text: s, Role: ofCPU(from)}
}

// shaft is an arrow's body.
func (g *grid) shaft(n int) string { return strings.Repeat(g.c.pick("─", "-"), max(n, 0)) }

// cell is processor n's column at a step: bars for what it holds, then what it
// does. An arrow that goes past fills what is left.
func (g *grid) cell(w *window, i, n, from, to int) text.Line {
	c, e, m := g.c, &w.events[i], &w.cpus[i][n]
	moves := c.moved(e) == n
	l := g.bars(m, moves && e.Source == 0)
	var s string
	role := ofCPU(n)
	switch {
	case moves:
		s = g.words(e)
	case m.does == idle:
		s, role = c.pick("·", "."), text.Free
	case m.does == spin:
		s, role = c.pick("┆", ":"), text.Wait
	}
	if e.Flags&history.Found != 0 && moves {
		s, role = "!"+s, text.Splat
	}
	l = l.Add(role, s)
	l = fitTo(&Context{ASCII: c.ASCII}, l, g.w)
	switch {
	case from < 0:
	case to < from && n == to:
		return l.Add(ofCPU(from), c.pick("◄", "<")+g.shaft(g.w-1-lineWidth(l)))
	case from <= n && n < to || to < n && n < from:
		return l.Add(ofCPU(from), g.shaft(g.w-lineWidth(l)))
	}
	return l.Add(text.Plain, blank(g.w-lineWidth(l)))
}

// maxBars is how many locks are drawn; who holds more has the last bars.
const maxBars = 3

// bars are the locks a processor holds: one begins where it takes the lock and
// ends where it releases it.
func (g *grid) bars(m *moment, moves bool) text.Line {
	held, c := m.before, g.c
	if len(m.held) > len(held) || !moves {
		held = m.held
	}
	var s strings.Builder
	for k, obj := range held {
		if k < len(held)-maxBars {
			continue
		}
		switch {
		case moves && len(m.held) > len(m.before) && !slices.Contains(m.before, obj):
			s.WriteString(c.pick("┌", ","))
		case moves && len(m.held) < len(m.before) && !slices.Contains(m.held, obj):
			s.WriteString(c.pick("└", "'"))
		default:
			s.WriteString(c.pick("│", "|"))
		}
	}
	if s.Len() == 0 {
		return nil
	}
	return text.Line{{Text: s.String(), Role: text.Held}}
}

// words are a step in short; where an arrow begins it says the rest.
func (g *grid) words(e *history.Event) string {
	switch from, to := g.flight(e); {
	case from < to:
		return "ipi "
	case to < from:
		return " ipi"
	}
	return eventWords(g.c, e)
}
