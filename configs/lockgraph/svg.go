package lockgraph

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// MaxClasses is the largest graph that SVG draws: more is not readable without
// a better layout than this one, which Graphviz has.
const MaxClasses = 40

// SVG draws the graph; it panics if there are more than [MaxClasses] classes.
func (g *Graph) SVG() string {
	if len(g.Classes) > MaxClasses {
		panic(fmt.Sprintf("lockgraph: %d classes, the most are %d", len(g.Classes), MaxClasses))
	}
	d := g.layOut()
	p := &page{}
	fmt.Fprintf(p, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="monospace" font-size="12">`+"\n", d.width, d.height)
	fmt.Fprintf(p, "<title>%s</title>\n", escaped(g.Title))
	p.arrows()
	fmt.Fprintf(p, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", d.width, d.height)
	p.text(margin, margin+lineHeight, true, g.Title)
	for i := range g.Edges {
		p.edge(d, i)
	}
	for i := range g.Classes {
		p.class(d, i)
	}
	p.legend(rowTop(len(d.rows)) + lineHeight)
	p.WriteString("</svg>\n")
	return p.String()
}

type page struct{ strings.Builder }

// arrows are the heads of the two colours.
func (p *page) arrows() {
	p.WriteString("<defs>\n")
	for _, k := range []Kind{Seen, Cycle} {
		fmt.Fprintf(p, `<marker id="arrow%d" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="10" markerHeight="10" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L10 5 L0 10 z" fill="%s"/></marker>`+"\n",
			k, edgeStyles[k].colour)
	}
	p.WriteString("</defs>\n")
}

func (p *page) text(x, y int, bold bool, s string) {
	weight := ""
	if bold {
		weight = ` font-weight="bold"`
	}
	fmt.Fprintf(p, `<text x="%d" y="%d"%s xml:space="preserve">%s</text>`+"\n", x, y, weight, escaped(s))
}

// line draws a path in the style of a kind, with its head at the end.
func (p *page) line(k Kind, path, hint string) {
	s, head := edgeStyles[k], min(k, Cycle)
	dashes := ""
	if s.dashes != "" {
		dashes = fmt.Sprintf(` stroke-dasharray="%s"`, s.dashes)
	}
	fmt.Fprintf(p, `<path d="%s" fill="none" stroke="%s" stroke-width="%d"%s marker-end="url(#arrow%d)"><title>%s</title></path>`+"\n",
		path, s.colour, s.width, dashes, head, escaped(hint))
}

// edge draws an edge: down through its cells, straight up and down inside of
// each row. A flipped one is drawn from its lower end.
func (p *page) edge(d *drawing, i int) {
	e := d.g.Edges[i]
	hint := d.g.Classes[e.From].Name + " -> " + d.g.Classes[e.To].Name
	if e.Label != "" {
		hint += ", " + e.Label
	}
	if e.From == e.To {
		p.toItself(d, i, hint)
		return
	}
	type point struct{ x, y int }
	var points []point
	chain := d.chains[i]
	for k, n := range chain {
		x, top := d.middle(n), rowTop(d.cells[n].row)
		bottom := top + rowHeight(d.cells[n].row)
		if k > 0 {
			points = append(points, point{x, top})
		}
		if k < len(chain)-1 {
			points = append(points, point{x, bottom})
		}
		if c := &d.cells[n]; c.class < 0 && c.label != "" {
			p.text(x+labelLeft, top+13, e.Kind != Seen, c.label)
		}
	}
	path := ""
	for k := range points {
		pt, letter := points[k], "L"
		if d.flipped[i] {
			pt = points[len(points)-1-k]
		}
		if k == 0 {
			letter = "M"
		}
		path += fmt.Sprintf("%s%d %d ", letter, pt.x, pt.y)
	}
	p.line(e.Kind, strings.TrimSpace(path), hint)
}

// toItself draws an edge of a class to itself, right of its box and of others
// of its sort.
func (p *page) toItself(d *drawing, i int, hint string) {
	c := &d.cells[d.g.Edges[i].From]
	x := c.x + d.boxWidth(c.class)
	for k, e := range d.g.Edges[:i] {
		if e.From == c.class && e.To == c.class && k < i {
			x += selfLoop + textWidth(e.Label) + 2*labelLeft
		}
	}
	right, y := x+selfLoop, rowTop(c.row)
	path := fmt.Sprintf("M%d %d L%d %d L%d %d L%d %d", c.x+d.boxWidth(c.class), y+10, right, y+10, right, y+classRow-10, c.x+d.boxWidth(c.class), y+classRow-10)
	p.line(d.g.Edges[i].Kind, path, hint)
	if label := d.g.Edges[i].Label; label != "" {
		p.text(right+labelLeft, y+classRow/2+4, true, label)
	}
}

// class draws a box with a name and its usage characters. Those of a cycle have
// a second frame.
func (p *page) class(d *drawing, i int) {
	c, w := &d.g.Classes[i], d.boxWidth(i)
	x, y := d.cells[i].x, rowTop(d.cells[i].row)
	s := edgeStyles[Seen]
	if c.Cycle {
		s = edgeStyles[Cycle]
	}
	fmt.Fprintf(p, `<rect x="%d" y="%d" width="%d" height="%d" fill="#ffffff" stroke="%s" stroke-width="%d"/>`+"\n", x, y, w, classRow, s.colour, s.width)
	p.text(x+(w-textWidth(c.Name))/2, y+17, c.Cycle, c.Name)
	usage := "{" + c.Usage + "}"
	p.text(x+(w-textWidth(usage))/2, y+33, false, usage)
}

// legend explains the lines.
func (p *page) legend(y int) {
	for k := range edgeStyles {
		p.line(Kind(k), fmt.Sprintf("M%d %d L%d %d", margin, y-4, margin+50, y-4), edgeStyles[k].meaning)
		p.text(margin+legendText, y, false, edgeStyles[k].meaning)
		y += lineHeight
	}
}

const legendText = 60

func legendWidth() int {
	w := 0
	for _, s := range edgeStyles {
		w = max(w, legendText+textWidth(s.meaning))
	}
	return w
}

// escaped is a text as XML has it.
func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err) // a Builder takes everything
	}
	return b.String()
}
