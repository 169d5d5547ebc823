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
// root. Changing one key replays one path: log2(n) comparisons.
//
// Invariant: node[i] == min(node[2i], node[2i+1]) for 1 <= i < base.
type winnerTree struct {
	node []key
	base int
}

func newWinnerTree(n int) winnerTree {
	base := 1
	for base < n {
		base *= 2
	}
	t := winnerTree{node: make([]key, 2*base), base: base}
	for i := range t.node {
		t.node[i] = never
	}
	return t
}

// min returns the smallest key, never if no processor waits.
func (t *winnerTree) min() key { return t.node[1] }

// at returns the key of processor id.
func (t *winnerTree) at(id int) key { return t.node[t.base+id] }

// set replaces the key of processor id. It walks the whole path: how far a
// change reaches is a branch that no processor can predict.
func (t *winnerTree) set(id int, k key) {
	node := t.node
	i := t.base + id
	node[i] = k
	for i > 1 {
		k = min(k, node[i^1])
		i >>= 1
		node[i] = k
	}
}

// others returns the smallest key of all processors but id.
func (t *winnerTree) others(id int) key {
	k := never
	for i := t.base + id; i > 1; i >>= 1 {
		k = min(k, t.node[i^1])
	}
	return k
}
