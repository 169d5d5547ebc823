package snapshot

import (
	"lockstep/cpu/lockdep"
)

// graphCache is the validator's graph as it was last seen.
type graphCache struct {
	graph   *Graph
	version lockdep.Version
	reports int // findings looked at for cycles
	cycles  []*lockdep.Report
}

// takeGraph takes the validator's graph, again only if it has changed.
func (t *Taker) takeGraph() *Graph {
	ld := t.m.CPU.Lockdep
	if ld == nil {
		return nil
	}
	c := &t.graph
	reports := len(c.cycles)
	for all := t.m.CPU.Findings(); c.reports < len(all); c.reports++ {
		if r := all[c.reports].Report; r != nil && len(r.Classes) > 0 {
			c.cycles = append(c.cycles, r)
		}
	}
	v := ld.Version()
	t.regraph = c.graph == nil || v != c.version || reports != len(c.cycles)
	if t.regraph {
		c.version = v
		c.graph = t.makeGraph(ld.View())
	}
	return c.graph
}

func (t *Taker) makeGraph(v lockdep.View) *Graph {
	g := &Graph{On: v.On, Classes: make([]Class, len(v.Classes)), Edges: make([]Edge, len(v.Edges))}
	index := map[string]int{}
	for i, c := range v.Classes {
		g.Classes[i] = Class{Name: c.Name, Usage: "{" + c.Usage + "}"}
		index[c.Name] = i
	}
	for i, e := range v.Edges {
		g.Edges[i] = Edge{From: e.From, To: e.To}
		if tr := t.m.CPU.Tracer; tr != nil && e.Stack != 0 {
			g.Edges[i].Site = tr.Site(e.Stack)
		}
	}
	for _, r := range t.graph.cycles {
		for i := range r.Classes[1:] {
			g.mark(index[r.Classes[i]], index[r.Classes[i+1]])
		}
		if r.Kind == lockdep.Circular || r.Kind == lockdep.Recursive {
			g.mark(index[r.Classes[len(r.Classes)-1]], index[r.Classes[0]])
		}
	}
	return g
}

// mark says that an edge is part of what a report is about. The one that
// closes a cycle is not stored by a validator that goes quiet at it.
func (g *Graph) mark(from, to int) {
	for i := range g.Edges {
		if e := &g.Edges[i]; e.From == from && e.To == to {
			e.Cycle = true
			return
		}
	}
	g.Edges = append(g.Edges, Edge{From: from, To: to, Cycle: true})
}
