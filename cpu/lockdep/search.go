package lockdep

type outcome uint8

const (
	notFound outcome = iota
	found
	queueFull
)

// hop is a step of a path that a search found: a vertex and the list entry
// that led to it, 0 for the root.
type hop struct{ to, edge int32 }

// search goes breadth first from root and stops at the first vertex that is
// target or has one of the bits of mask (0 switches either off). It returns
// the shortest path, leaf first, root last. The mark is per vertex and per
// search, and a full queue is an error as in v4.4: the kernel's circular
// buffer of 4096 holds one less (docs/kernel/lockdep.md §1.4).
//
//kernel:fn __bfs kernel/locking/lockdep.c
func (g *graph) search(root int32, dir direction, target int32, mask usageMask) ([]hop, outcome) {
	if root == target || g.verts[root].usage&mask != 0 {
		return []hop{{to: root}}, found
	}
	g.gen++
	g.verts[root].gen[0] = g.gen
	g.queue = append(g.queue[:0], 0)
	g.reserveParents()
	for head := 0; head < len(g.queue); head++ {
		from := g.queue[head]
		for e := g.list(g.at(root, from), dir); e != 0; e = g.edges[e].next {
			to := g.edges[e].to
			c := &g.verts[to]
			if c.gen[0] == g.gen {
				continue
			}
			c.gen[0] = g.gen
			g.parents[e] = from
			if to == target || c.usage&mask != 0 {
				return g.path(root, e), found
			}
			if len(g.queue)-head-1 >= bfsQueue-1 {
				return nil, queueFull
			}
			g.queue = append(g.queue, e)
			g.maxQueue = max(g.maxQueue, len(g.queue)-head-1)
		}
	}
	return nil, notFound
}

// reserveParents makes parents as long as edges.
func (g *graph) reserveParents() {
	if n := len(g.edges) - len(g.parents); n > 0 {
		g.parents = append(g.parents, make([]int32, n)...)
	}
}

// at returns the vertex of a search entry, where 0 is the root.
func (g *graph) at(root, e int32) int32 {
	if e == 0 {
		return root
	}
	return g.edges[e].to
}

// path lists the steps from entry leaf back to the root. Its length less one
// is the depth of leaf.
//
//kernel:fn get_lock_depth kernel/locking/lockdep.c
func (g *graph) path(root, leaf int32) []hop {
	var p []hop
	for e := leaf; e != 0; e = g.parents[e] {
		p = append(p, hop{g.edges[e].to, e})
	}
	return append(p, hop{to: root})
}

// reach counts the vertices that can be reached from root, root included.
//
//kernel:fn lockdep_count_forward_deps kernel/locking/lockdep.c
func (g *graph) reach(root int32, dir direction) int {
	g.gen++
	g.verts[root].gen[0] = g.gen
	g.queue = append(g.queue[:0], root)
	for head := 0; head < len(g.queue); head++ {
		for e := g.list(g.queue[head], dir); e != 0; e = g.edges[e].next {
			if c := &g.verts[g.edges[e].to]; c.gen[0] != g.gen {
				c.gen[0] = g.gen
				g.queue = append(g.queue, g.edges[e].to)
			}
		}
	}
	return len(g.queue)
}
