package panes

import (
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// picture draws a class of the lock graph with its neighbours:
//
//	rq->lock  {-.-...} ──┐
//	pi_lock   {......} ──┤
//	                     ▼
//	┌────────────────────────┐
//	│ ctx->lock {......}     │
//	└──┬─────────────────────┘
//	   ├──► rcu_node_0
//	   └──► A
type picture struct {
	c       *Context
	g       *snapshot.Graph
	class   int
	in, out []snapshot.Edge
	name    int // width of names
	usage   int // of usages
	trunk   int // where the line from above comes down
}

func newPicture(c *Context, class int) *picture {
	p := &picture{c: c, g: c.now().Graph, class: class}
	for _, e := range p.g.Edges {
		if e.From < 0 || e.To < 0 || e.From >= len(p.g.Classes) || e.To >= len(p.g.Classes) {
			continue
		}
		if e.To == class {
			p.in = append(p.in, e)
		}
		if e.From == class {
			p.out = append(p.out, e)
		}
	}
	others := append(p.in[:len(p.in):len(p.in)], p.out...)
	end := func(i int) string {
		if i < len(p.in) {
			return p.g.Classes[others[i].From].Name
		}
		return p.g.Classes[others[i].To].Name
	}
	p.name = widest(4, min(24, max(c.W-20, 4)), len(others), end)
	if c.W >= 30 {
		p.usage = widest(0, 10, len(p.g.Classes), func(i int) string { return p.g.Classes[i].Usage })
	}
	p.trunk = 2 + p.name + 2 + p.usage + 4
	return p
}

// glyphs draws with box characters or their ASCII forms.
func (p *picture) glyphs(s string) string {
	if !p.c.ASCII {
		return s
	}
	return strings.NewReplacer("─", "-", "│", "|", "┌", "+", "┐", "+", "└", "+", "┘", "+", "├", "+", "┤", "+", "┬", "+", "►", ">", "▼", "v").Replace(s)
}

// mark is the sign in front of an edge of a reported cycle.
func mark(e *snapshot.Edge) cell {
	if e.Cycle {
		return cell{Text: "!", Role: text.Splat}
	}
	return cell{Text: " "}
}

// ends is a neighbour's name and usage.
func (p *picture) ends(e *snapshot.Edge, k int) []cell {
	role := text.Plain
	if e.Cycle {
		role = text.Splat
	}
	return []cell{{Text: p.g.Classes[k].Name, Role: role}, {Text: p.g.Classes[k].Usage, Role: text.Dim}}
}

// before draws what was held when the class was taken.
func (p *picture) before() []row {
	var rows []row
	if len(p.in) == 0 {
		return nil
	}
	for i := range p.in {
		e := &p.in[i]
		joint := "──┤"
		if i == 0 {
			joint = "──┐"
		}
		ends := p.ends(e, e.From)
		l := cols(p.c, []int{p.name, p.usage}, ends...)
		l = append(text.Line{mark(e), {Text: " ", Role: text.Plain}}, l...).Pad(p.trunk - 2)
		rows = append(rows, p.site(l.Add(text.Dim, p.glyphs(joint)), e, e.From, true)...)
	}
	return append(rows, row{text.Line{{Text: blank(p.trunk) + p.glyphs("▼"), Role: text.Dim}}, NoTarget})
}

// box draws the class itself.
func (p *picture) box() []row {
	k := &p.g.Classes[p.class]
	name := clean(p.c, k.Name)
	inner := width(name) + width(usageWords(k.Usage)) + 2
	if len(p.in) > 0 {
		inner = max(inner, p.trunk)
	}
	inner = max(min(inner, p.c.W-2), 2)
	body := fitTo(&Context{ASCII: p.c.ASCII}, text.Line{{Text: " ", Role: text.Plain}, {Text: name, Role: text.Strong},
		{Text: usageWords(k.Usage), Role: text.Plain}}, inner).Pad(inner)
	side := text.Span{Text: p.glyphs("│"), Role: text.Dim}
	foot := strings.Repeat("─", inner)
	if len(p.out) > 0 {
		foot = "──┬" + strings.Repeat("─", max(inner-3, 0))
	}
	to := NoTarget
	to.Lock = k.Name
	return []row{
		{text.Line{{Text: p.glyphs("┌" + strings.Repeat("─", inner) + "┐"), Role: text.Dim}}, to},
		{append(append(text.Line{side}, body...), side), to},
		{text.Line{{Text: p.glyphs("└" + foot + "┘"), Role: text.Dim}}, to},
	}
}

// after draws what was taken under the class.
func (p *picture) after() []row {
	var rows []row
	for i := range p.out {
		e := &p.out[i]
		joint := "├──►"
		if i == len(p.out)-1 {
			joint = "└──►"
		}
		l := text.Line{{Text: " ", Role: text.Plain}, mark(e), {Text: " " + p.glyphs(joint) + " ", Role: text.Dim}}
		l = append(l, cols(p.c, []int{p.name, p.usage}, p.ends(e, e.To)...)...)
		rows = append(rows, p.site(l, e, e.To, i < len(p.out)-1)...)
	}
	return rows
}

// site adds where an edge was made: behind it, or below it if there is no room.
// The trunk that goes on past it is on the right above the box and on the left
// below.
func (p *picture) site(l text.Line, e *snapshot.Edge, other int, goesOn bool) []row {
	to := NoTarget
	to.Lock = p.g.Classes[other].Name
	switch {
	case e.Site == "":
		return []row{{l, to}}
	case p.c.W >= 60:
		return []row{{l.Pad(p.trunk+6).Add(text.Dim, e.Site), to}}
	}
	bar := text.Span{Text: p.glyphs("│"), Role: text.Dim}
	if other == e.From {
		s := cut(p.c, clean(p.c, e.Site), p.trunk-5)
		return []row{{l, to}, {append(text.L("    ").Add(text.Dim, s).Pad(p.trunk), bar), to}}
	}
	if !goesOn {
		bar.Text = " "
	}
	return []row{{l, to}, {text.Line{{Text: "   ", Role: text.Plain}, bar, {Text: "      " + e.Site, Role: text.Dim}}, to}}
}
