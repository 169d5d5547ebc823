package sim

// A key orders the enabled set: due time in the high bits, the actor's
// number in the low ones. Comparing two keys compares times and breaks ties
// by number in one instruction.
type key = uint64

const (
	idBits       = 12
	maxProcs     = 1 << idBits
	never    key = ^key(0)
)

func keyOf(t Time, id int) key { return key(t)<<idBits | key(id) }

func timeOf(k key) Time { return Time(k >> idBits) }

func procOf(k key) int { return int(k & (maxProcs - 1)) }

// winnerTree holds one key per processor and the smallest of all at its
// root. A node has eight children: their smallest is found without a branch
// and faster than in three levels of two, and up to eight processors are one
// node.
//
// Invariant: a node's smallest key is what its parent holds for it, and root
// is the smallest key of the last node.
type winnerTree struct {
	node  []node
	level []int // where the nodes of a level begin in node, leaves first
	root  key
}

type node [fanout]key

const (
	fanoutBits = 3
	fanout     = 1 << fanoutBits
)

func newWinnerTree(n int) winnerTree {
	t := winnerTree{root: never}
	total := 0
	for wide := n; wide > 1 || total == 0; {
		wide = (wide + fanout - 1) / fanout
		t.level = append(t.level, total)
		total += wide
	}
	t.node = make([]node, total)
	for i := range t.node {
		for j := range t.node[i] {
			t.node[i][j] = never
		}
	}
	return t
}

// at returns the key of processor id.
func (t *winnerTree) at(id int) key { return t.node[id>>fanoutBits][id&(fanout-1)] }

func (n *node) min() key {
	return min(min(min(n[0], n[1]), min(n[2], n[3])), min(min(n[4], n[5]), min(n[6], n[7])))
}

// set replaces the key of processor id. It walks the whole path: how far a
// change reaches is a branch that no processor can predict.
func (t *winnerTree) set(id int, k key) {
	for _, from := range t.level {
		n := &t.node[from+id>>fanoutBits]
		n[id&(fanout-1)] = k
		k = n.min()
		id >>= fanoutBits
	}
	t.root = k
}

// exchange puts key k of processor in, which was never, into the tree and
// takes that of processor out away. A new key can only lower what is above it,
// which costs no search.
//
// It is not inlined, for the compiler makes branches of comparisons whose
// result is part of an address.
//
//go:noinline
func (t *winnerTree) exchange(in int, k key, out int) {
	t.node[in>>fanoutBits][in&(fanout-1)] = k
	n := &t.node[out>>fanoutBits]
	n[out&(fanout-1)] = never
	first := n.min()
	if len(t.level) > 1 {
		first = t.above(in, k, out, first)
	}
	t.root = first
}

// above is what exchange does above the leaves, where first is now the
// smallest key of the node that processor out left.
func (t *winnerTree) above(in int, k key, out int, first key) key {
	for _, from := range t.level[1:] {
		in >>= fanoutBits
		slot := &t.node[from+in>>fanoutBits][in&(fanout-1)]
		*slot = min(*slot, k)
	}
	for _, from := range t.level[1:] {
		out >>= fanoutBits
		n := &t.node[from+out>>fanoutBits]
		n[out&(fanout-1)] = first
		first = n.min()
	}
	return first
}
