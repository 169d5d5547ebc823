package lockgraph

import (
	"fmt"
	"regexp"
	"strings"
)

// edgeStyle is how a kind of edge looks, in both forms: not by its colour
// alone, but also by width and dashes.
type edgeStyle struct {
	colour, dot, dashes string
	width               int
	meaning             string
}

var edgeStyles = [...]edgeStyle{
	Seen:      {"#404040", "solid", "", 1, "held, then taken"},
	Cycle:     {"#b00020", "bold", "", 3, "the same, on the reported cycle"},
	Closing:   {"#b00020", "dashed", "9 5", 3, "the order that was reported"},
	Interrupt: {"#b00020", "dotted", "2 4", 3, "an interrupt of the holder may take it"},
}

// DOT writes the graph for Graphviz.
func (g *Graph) DOT() string {
	var b strings.Builder
	b.WriteString("digraph lockdep {\n")
	fmt.Fprintf(&b, "\tgraph [label=%s, labelloc=t, fontname=\"monospace\"];\n", quoteLabel(g.Title))
	b.WriteString("\tnode [shape=box, fontname=\"monospace\"];\n\tedge [fontname=\"monospace\", fontsize=10];\n")
	for _, c := range g.Classes {
		fmt.Fprintf(&b, "\t%s [label=%s", quoteID(c.Name), quoteLabel(c.Name, "{"+c.Usage+"}"))
		if c.Cycle {
			fmt.Fprintf(&b, ", color=%q, penwidth=3", edgeStyles[Cycle].colour)
		}
		b.WriteString("];\n")
	}
	for _, e := range g.Edges {
		fmt.Fprintf(&b, "\t%s -> %s [label=%s", quoteID(g.Classes[e.From].Name), quoteID(g.Classes[e.To].Name), quoteLabel(e.Label))
		if s := edgeStyles[e.Kind]; e.Kind != Seen {
			fmt.Fprintf(&b, ", color=%q, penwidth=%d, style=%s", s.colour, s.width, s.dot)
		}
		b.WriteString("];\n")
	}
	b.WriteString("}\n")
	return b.String()
}

// quoteID quotes a name. Backslashes are doubled, lest one escapes a quote; in a
// name Graphviz keeps both, which nobody sees, for labels are shown.
func quoteID(s string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) + `"`
}

// entity is what Graphviz would read as a character in a label.
var entity = regexp.MustCompile(`&(#?\w+;)`)

// quoteLabel quotes the lines of a label, where backslashes mean something.
func quoteLabel(lines ...string) string {
	for i, s := range lines {
		s = strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`)
		lines[i] = entity.ReplaceAllString(s, "&amp;$1")
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}
