package lockdep

// depMask is the set of kinds of a dependency prev before next. The first
// letter says how prev is held: S by a reader, E exclusively. The second says
// how next was taken: R by a recursive reader, N otherwise. A backward entry
// has the letters swapped, so that one search serves both directions
// (docs/kernel/lockdep.md §1.7).
type depMask uint8

const (
	depSR depMask = 1 << iota
	depER
	depSN
	depEN

	depS = depSR | depSN // prev a reader
	depN = depSN | depEN // next not a recursive reader
)

// dep returns the kind of prev before next, and the kind as the backward
// entry has it.
//
//kernel:fn calc_dep kernel/locking/lockdep.c
func dep(prev, next How) (fwd, back depMask) {
	exclusive, plain := prev&anyRead == 0, next&ReadRecursive == 0
	return 1 << (bool2int(exclusive) + 2*bool2int(plain)), 1 << (bool2int(plain) + 2*bool2int(exclusive))
}

// edge is one entry of a vertex's list of neighbours. A dependency is two of
// them, forward at prev and backward at next.
type edge struct {
	to    int32 // the neighbour
	next  int32 // next entry of the same list, 0 ends
	stack Stack // where next was acquired, shared by both entries
	dep   depMask
	near  bool // distance 1: next was taken directly above prev once
}

// edgeList is a list of entries in order of insertion: searches go through it
// in that order, so that ties between shortest paths go to the oldest.
type edgeList struct{ first, last int32 }

// vertex is what the hot path and the searches need of a class.
type vertex struct {
	ops          uint64 // acquisitions, re-acquisitions of an out-of-order release included
	after        edgeList
	before       edgeList
	gen          [2]uint32 // of the last search that came here; the second for states of RulesExact
	usage        usageMask
	perCPU       bool
	override     bool
	inner, outer WaitType
}

// graph is a set of vertices with dependencies between them. Vertices and
// entries are slabs that move when they grow, so everything refers to them by
// index; number 0 of both is unused and means none. A validator has one of
// classes and, by RulesExact, one of lock instances.
type graph struct {
	verts []vertex
	edges []edge

	gen      uint32
	queue    []int32   // of searches by the rules of v4.4
	parents  []int32   // parents[e] is the entry that the last search came from
	nodes    []node    // of searches along strong paths
	pending  []pending // likewise
	maxQueue int       // the longest queue ever
}

func (g *graph) init(verts, edges int) {
	g.verts = make([]vertex, 1, verts)
	g.edges = make([]edge, 1, edges)
}

// clear takes all dependencies and usage away; the vertices stay.
func (g *graph) clear() {
	for i := range g.verts {
		g.verts[i] = vertex{}
	}
	g.edges = g.edges[:1]
	g.maxQueue = 0
}

// add stores prev before next, at both ends.
//
//kernel:fn add_lock_to_list kernel/locking/lockdep.c
func (g *graph) add(prev, next int32, fwd, back depMask, near bool, stack Stack) {
	g.append(&g.verts[prev].after, edge{to: next, stack: stack, dep: fwd, near: near})
	g.append(&g.verts[next].before, edge{to: prev, stack: stack, dep: back, near: near})
}

func (g *graph) append(l *edgeList, e edge) {
	n := int32(len(g.edges))
	g.edges = append(g.edges, e)
	if l.first == 0 {
		l.first = n
	} else {
		g.edges[l.last].next = n
	}
	l.last = n
}

// in returns the entry of list l that leads to vertex to, 0 if there is none.
func (g *graph) in(l edgeList, to int32) int32 {
	e := l.first
	for e != 0 && g.edges[e].to != to {
		e = g.edges[e].next
	}
	return e
}

// direct tells whether prev before next is stored.
func (g *graph) direct(prev, next int32) bool { return g.in(g.verts[prev].after, next) != 0 }

// refine adds what is new of a dependency that may be stored already, and
// tells whether it was.
func (g *graph) refine(prev, next int32, fwd, back depMask, near bool) bool {
	e := g.in(g.verts[prev].after, next)
	if e == 0 {
		return false
	}
	f := &g.edges[e]
	if f.dep|fwd != f.dep || near && !f.near {
		b := &g.edges[g.in(g.verts[next].before, prev)]
		f.dep, b.dep = f.dep|fwd, b.dep|back
		f.near, b.near = f.near || near, b.near || near
	}
	return true
}

type direction bool

const (
	forwards  direction = true
	backwards direction = false
)

// list returns the list that a search in direction dir follows at vertex n.
func (g *graph) list(n int32, dir direction) int32 {
	if dir == forwards {
		return g.verts[n].after.first
	}
	return g.verts[n].before.first
}
