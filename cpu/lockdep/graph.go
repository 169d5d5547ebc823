package lockdep

// edge is one entry of a class's list of neighbours. A dependency is two of
// them, forward at prev and backward at next, so that the parents of a
// forward and a backward search do not overwrite each other: a safe-unsafe
// report reads both paths.
type edge struct {
	class  int32 // the neighbour
	next   int32 // next entry of the same list, 0 ends
	parent int32 // entry that the last search came from, 0 is its root
	stack  Stack // where next was acquired, shared by both entries
}

// edgeList is a list of entries in order of insertion: searches go through it
// in that order, so that ties between shortest paths go to the oldest.
type edgeList struct{ first, last int32 }

// addEdge stores prev before next, at both ends. False means a table is full.
//
//kernel:fn add_lock_to_list kernel/locking/lockdep.c
func (v *Validator) addEdge(t *Task, prev, next int32, stack Stack) bool {
	if len(v.edges)+2 > maxEdges+1 {
		v.limit(t, "BUG: MAX_LOCKDEP_ENTRIES too low!")
		return false
	}
	v.append(&v.classes[prev].after, edge{class: next, stack: stack})
	v.append(&v.classes[next].before, edge{class: prev, stack: stack})
	return true
}

func (v *Validator) append(l *edgeList, e edge) {
	n := int32(len(v.edges))
	v.edges = append(v.edges, e)
	if l.first == 0 {
		l.first = n
	} else {
		v.edges[l.last].next = n
	}
	l.last = n
}

// direct tells whether prev before next is stored.
func (v *Validator) direct(prev, next int32) bool {
	e := v.classes[prev].after.first
	for e != 0 && v.edges[e].class != next {
		e = v.edges[e].next
	}
	return e != 0
}

type direction bool

const (
	forwards  direction = true
	backwards direction = false
)

type outcome uint8

const (
	notFound outcome = iota
	found
	queueFull
)

// search goes breadth first from root and stops at the first class that is
// target or has one of the bits of mask (0 switches either off). It returns
// the list entry that reached it, 0 for the root itself; parents lead back to
// the root, by a shortest path. The mark is per class and per search, and a
// full queue is an error as in v4.4: the kernel's circular buffer of 4096
// holds one less (docs/kernel/lockdep.md §1.4).
//
//kernel:fn __bfs kernel/locking/lockdep.c
func (v *Validator) search(root int32, dir direction, target int32, mask usageMask) (int32, outcome) {
	if root == target || v.classes[root].usage&mask != 0 {
		return 0, found
	}
	v.gen++
	v.classes[root].gen = v.gen
	v.queue = append(v.queue[:0], 0)
	for head := 0; head < len(v.queue); head++ {
		from := v.queue[head]
		for e := v.neighbours(root, from, dir); e != 0; e = v.edges[e].next {
			c := &v.classes[v.edges[e].class]
			if c.gen == v.gen {
				continue
			}
			c.gen = v.gen
			v.edges[e].parent = from
			if v.edges[e].class == target || c.usage&mask != 0 {
				return e, found
			}
			if len(v.queue)-head-1 >= bfsQueue-1 {
				return 0, queueFull
			}
			v.queue = append(v.queue, e)
		}
	}
	return 0, notFound
}

// neighbours returns the head of the list that the search follows at entry
// from.
func (v *Validator) neighbours(root, from int32, dir direction) int32 {
	c := &v.classes[v.at(root, from)]
	if dir == forwards {
		return c.after.first
	}
	return c.before.first
}

// at returns the class of a search entry, where 0 is the root.
func (v *Validator) at(root, e int32) int32 {
	if e == 0 {
		return root
	}
	return v.edges[e].class
}

// path lists the entries from leaf to the root, which is the trailing 0. Its
// length less one is the depth of leaf.
//
//kernel:fn get_lock_depth kernel/locking/lockdep.c
func (v *Validator) path(leaf int32) []int32 {
	var p []int32
	for e := leaf; e != 0; e = v.edges[e].parent {
		p = append(p, e)
	}
	return append(p, 0)
}
