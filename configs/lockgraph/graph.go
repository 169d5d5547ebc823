package lockgraph

import (
	"slices"

	"lockstep/cpu/lockdep"
)

// Graph is a graph of lock classes.
type Graph struct {
	Title   string  // stands above the drawing
	Classes []Class // in a stable order, as the edges
	Edges   []Edge  // any number between two classes
}

// Class is a lock class.
type Class struct {
	Name  string // as reports print it
	Usage string // the usage characters
	Cycle bool   // part of a reported cycle
}

// Edge says that From was held when To was taken; both index Graph.Classes.
type Edge struct {
	From  int    // who was held
	To    int    // who was taken
	Label string // the function that took To, "" if not known
	Kind  Kind   // what the reports say of it
}

// Kind is what an edge is to the reports.
type Kind uint8

// The kinds of edge.
const (
	// Seen is an edge of no cycle.
	Seen Kind = iota
	// Cycle is an edge of a reported cycle.
	Cycle
	// Closing is the edge whose order was refused: it closes the cycle.
	Closing
	// Interrupt is no order that was seen, but what an interrupt may do: hit the
	// holder of From and ask for To.
	Interrupt
)

// Labels say which function did something; either may be nil for no labels.
type Labels struct {
	Stack func(lockdep.Stack) string // of what is stored
	Site  func(lockdep.Site) string  // of what a report is about
}

// New makes the graph of a view with the cycles of the reports in it. Reports
// of what is no cycle change nothing.
func New(title string, view lockdep.View, reports []*lockdep.Report, labels Labels) *Graph {
	g := &Graph{Title: title}
	for _, c := range view.Classes {
		g.Classes = append(g.Classes, Class{Name: c.Name, Usage: c.Usage})
	}
	for _, e := range view.Edges {
		label := ""
		if labels.Stack != nil && e.Stack != 0 {
			label = labels.Stack(e.Stack)
		}
		g.Edges = append(g.Edges, Edge{From: e.From, To: e.To, Label: label})
	}
	for _, r := range reports {
		g.report(r, labels.Site)
	}
	return g
}

// report marks the cycle of a report. The classes of a circular one begin with
// the new lock and end with the held one; those of interrupts lead from the
// safe class to the unsafe one (docs/kernel/lockdep.md §2.2 to §2.6).
func (g *Graph) report(r *lockdep.Report, site func(lockdep.Site) string) {
	var path []int
	for _, name := range r.Classes {
		i := slices.IndexFunc(g.Classes, func(c Class) bool { return c.Name == name })
		if i < 0 {
			return
		}
		path = append(path, i)
	}
	if len(path) == 0 {
		return
	}
	last := Interrupt
	switch r.Kind {
	case lockdep.Circular, lockdep.Recursive:
		last = Closing
	case lockdep.SafeUnsafe, lockdep.Inversion, lockdep.Inconsistent:
	default:
		return
	}
	where := ""
	if i := slices.IndexFunc(r.Lines, func(l lockdep.Line) bool { return l.At }); i >= 0 && site != nil && r.Lines[i].Site != 0 {
		where = site(r.Lines[i].Site)
	}
	for _, c := range path {
		g.Classes[c].Cycle = true
	}
	for i := range path[1:] {
		// What is not there is the edge that was refused for being unsafe.
		g.mark(path[i], path[i+1], Cycle, Closing, where)
	}
	label := where
	if last == Interrupt {
		label = "interrupt"
	}
	g.mark(path[len(path)-1], path[0], last, last, label)
}

// mark makes an edge one of a cycle: of kind as if it is there, else missing is
// added with its label. An interrupt is an edge beside the orders.
func (g *Graph) mark(from, to int, as, missing Kind, label string) {
	for i := range g.Edges {
		e := &g.Edges[i]
		if e.From == from && e.To == to && (e.Kind == Interrupt) == (as == Interrupt) {
			e.Kind = max(e.Kind, as)
			return
		}
	}
	g.Edges = append(g.Edges, Edge{From: from, To: to, Label: label, Kind: missing})
}

// Around cuts out what is around classes: these, the cycles that lead through
// them, and the neighbours of all of those.
func (g *Graph) Around(classes ...int) *Graph {
	core := make([]bool, len(g.Classes))
	for _, c := range classes {
		core[c] = true
	}
	for grown := true; grown; {
		grown = false
		for _, e := range g.Edges {
			if e.Kind != Seen && core[e.From] != core[e.To] {
				core[e.From], core[e.To], grown = true, true, true
			}
		}
	}
	keep := slices.Clone(core)
	for _, e := range g.Edges {
		keep[e.From] = keep[e.From] || core[e.To]
		keep[e.To] = keep[e.To] || core[e.From]
	}
	out := &Graph{Title: g.Title}
	number := make([]int, len(g.Classes))
	for i, c := range g.Classes {
		if keep[i] {
			number[i] = len(out.Classes)
			out.Classes = append(out.Classes, c)
		}
	}
	for _, e := range g.Edges {
		if keep[e.From] && keep[e.To] && (core[e.From] || core[e.To]) {
			e.From, e.To = number[e.From], number[e.To]
			out.Edges = append(out.Edges, e)
		}
	}
	return out
}

// Cyclic lists the classes that are part of a reported cycle.
func (g *Graph) Cyclic() []int {
	var out []int
	for i, c := range g.Classes {
		if c.Cycle {
			out = append(out, i)
		}
	}
	return out
}

// Names lists the names of the classes.
func (g *Graph) Names() []string {
	var out []string
	for _, c := range g.Classes {
		out = append(out, c.Name)
	}
	return out
}
