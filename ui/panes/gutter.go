package panes

import (
	"strconv"

	"lockstep/ui/text"
)

// gutter is what stands left of a source's lines: a break point, the
// processors that stand there, the line's number, and a pointer.
type gutter struct {
	file   string
	digits int // of line numbers, 0 for none
	at     int // the chosen processor's line, 0 if it is elsewhere
	stand  map[int][]stander
}

// stander is a processor with a frame at a line.
type stander struct {
	cpu   int
	inner bool // its innermost frame; else it has called on from here
}

// gutterCPUs is how many cells processors have.
const gutterCPUs = 3

func newGutter(c *Context, at place, lines int) *gutter {
	g := &gutter{file: at.file, stand: map[int][]stander{}}
	if c.W >= 44 { // else the code is worth more; a row's number is its line's
		g.digits = len(strconv.Itoa(lines))
	}
	for i := range c.now().CPUs {
		p := &c.now().CPUs[i]
		inner := innermost(p)
		for k, f := range p.Frames {
			if f.Source != at.file {
				continue
			}
			if list := g.stand[f.Line]; len(list) > 0 && list[len(list)-1].cpu == p.ID {
				continue // it called itself from here
			}
			g.stand[f.Line] = append(g.stand[f.Line], stander{p.ID, k == inner})
		}
	}
	if at.frame != nil || c.File != "" {
		g.at = at.line
	}
	return g
}

// here reports whether a line is the one to be seen.
func (g *gutter) here(line int) bool { return line == g.at }

// line is the gutter of a line. Processors get their digit; one alone may have
// a longer number, of several those that do not fit become a plus.
func (g *gutter) line(c *Context, n int) text.Line {
	l := text.Line{{Text: " ", Role: text.Plain}}
	if c.Stops[g.file+":"+strconv.Itoa(n)] {
		l[0] = text.Span{Text: "B", Role: text.Warn}
	}
	l = append(l, standers(g.stand[n])...).Pad(1 + gutterCPUs)
	if g.digits > 0 {
		l = l.Add(text.Dim, " "+number(n, g.digits))
	}
	return append(l, g.pointer(c, n))
}

// standers are the processors at a line: those that are about to go on from
// it in their colour, those that called from it dim.
func standers(list []stander) text.Line {
	var l text.Line
	room := gutterCPUs
	for i, s := range list {
		id := strconv.Itoa(s.cpu)
		left := len(list) - i - 1
		if len(id) > room || left > 0 && len(id) == room {
			return l.Add(text.Dim, "+")
		}
		role := text.Dim
		if s.inner {
			role = ofCPU(s.cpu)
		}
		l = l.Add(role, id)
		if room -= len(id); len(id) > 1 && left > 0 {
			return l.Add(text.Dim, "+")
		}
	}
	return l
}

// pointer points at the line to be seen, and less boldly at those where other
// processors are about to go on.
func (g *gutter) pointer(c *Context, n int) text.Span {
	if g.here(n) {
		return text.Span{Text: c.pick("▶", ">"), Role: text.Here}
	}
	for _, s := range g.stand[n] {
		if s.inner {
			return text.Span{Text: c.pick("▷", "-"), Role: ofCPU(s.cpu)}
		}
	}
	return text.Span{Text: " ", Role: text.Plain}
}
