package lockdep

// goal is what a search along strong paths looks for.
type goal struct {
	target int32 // the vertex, 0 for none
	// reader: target is held by a reader, so that whoever arrives there as a
	// recursive reader does not wait for it.
	reader bool
	mask   usageMask // or a vertex with one of these bits
	// gather: do not stop, but collect the usage of all that is reached.
	gather   bool
	skip     bool // stop at local locks, with everything behind them
	gathered usageMask
}

// match tells whether vertex n, entered only by recursive reads if onlyXR, is
// what is looked for. Read usage needs an entry of another kind.
//
//kernel:fn hlock_conflict kernel/locking/lockdep.c
func (q *goal) match(n int32, c *vertex, onlyXR bool) bool {
	usage := c.usage
	if onlyXR {
		usage &= irqWrites
	}
	if q.gather {
		q.gathered |= usage
		return false
	}
	if n == q.target {
		return !q.reader || !onlyXR
	}
	return usage&q.mask != 0
}

// node is a vertex that a search has entered.
type node struct {
	hop
	parent int32
	onlyXR bool // every way in is a recursive read
}

// pending is a list of entries still to be followed: as in the kernel, only
// the first of siblings is in the queue, since it leads to the others.
type pending struct{ edge, parent int32 }

// strong goes breadth first from root along strong paths: a step that enters
// a vertex only by recursive reads must not be followed by a step that needs
// somebody to wait for the reader, so after (*R) no (S*) counts. onlyXR is the
// state of the root.
//
// RulesNew marks a vertex as visited before it looks at the kind of the step,
// so that a vertex first seen through a weak step is never entered through a
// better one: strong cycles can be missed. With exact the visited states are
// (vertex, onlyXR), and a vertex entered without onlyXR needs no other visit:
// whatever could follow then follows now (docs/kernel/lockdep.md §1.7).
//
//kernel:fn __bfs kernel/locking/lockdep.c
func (g *graph) strong(root int32, onlyXR bool, dir direction, q *goal, exact bool) ([]hop, outcome) {
	g.gen++
	g.nodes, g.pending = g.nodes[:0], g.pending[:0]
	g.verts[root].gen[0] = g.gen
	if exact && onlyXR {
		g.verts[root].gen = [2]uint32{0, g.gen}
	}
	if p := g.enter(node{hop{to: root}, -1, onlyXR}, dir, q); p != nil {
		return p, found
	}
	for head := 0; head < len(g.pending); head++ {
		parent := g.pending[head].parent
		for e := g.pending[head].edge; e != 0; e = g.edges[e].next {
			n := node{hop{g.edges[e].to, e}, parent, false}
			if !g.admit(&n, g.nodes[parent].onlyXR, exact) {
				continue
			}
			if p := g.enter(n, dir, q); p != nil {
				return p, found
			}
			if len(g.pending)-head-1 > bfsQueue-1 {
				return nil, queueFull
			}
			g.maxQueue = max(g.maxQueue, len(g.pending)-head-1)
		}
	}
	return nil, notFound
}

// admit tells whether n is to be entered, and sets its onlyXR.
func (g *graph) admit(n *node, afterXR, exact bool) bool {
	c := &g.verts[n.to]
	if c.gen[0] == g.gen {
		return false
	}
	if !exact {
		c.gen[0] = g.gen
	}
	d := g.edges[n.edge].dep
	if afterXR {
		d &^= depS
	}
	if d == 0 {
		return false
	}
	n.onlyXR = d&depN == 0
	if exact {
		seen := &c.gen[bool2int(n.onlyXR)]
		if *seen == g.gen {
			return false
		}
		*seen = g.gen
	}
	return true
}

// enter looks at a node and queues its neighbours. It returns the path if the
// node is what the search is for.
func (g *graph) enter(n node, dir direction, q *goal) []hop {
	c := &g.verts[n.to]
	if q.skip && c.perCPU {
		return nil
	}
	if q.match(n.to, c, n.onlyXR) {
		p := []hop{n.hop}
		for i := n.parent; i >= 0; i = g.nodes[i].parent {
			p = append(p, g.nodes[i].hop)
		}
		return p
	}
	g.nodes = append(g.nodes, n)
	if first := g.list(n.to, dir); first != 0 {
		g.pending = append(g.pending, pending{first, int32(len(g.nodes) - 1)})
	}
	return nil
}
