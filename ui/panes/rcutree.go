package panes

import (
	"fmt"
	"slices"
	"strconv"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// fewNodes is how many leaves in a row of whom nothing is wanted stand one by
// one; more of them are one line, and so are inner nodes with all below.
const fewNodes = 2

// tree is a flavour's tree with the children of each node. The nodes stand
// breadth first, so the children of one are a range.
type tree struct {
	r     *snapshot.RCU
	kids  [][]int
	quiet []bool // nothing is wanted of a node and of what is below it
}

func newTree(r *snapshot.RCU) *tree {
	t := &tree{r, make([][]int, len(r.Nodes)), make([]bool, len(r.Nodes))}
	for i := range r.Nodes {
		if p := r.Nodes[i].Parent; p >= 0 && p < i {
			t.kids[p] = append(t.kids[p], i)
		}
	}
	for i := len(r.Nodes) - 1; i >= 0; i-- {
		n := &r.Nodes[i]
		t.quiet[i] = n.QSMask == 0 && n.ExpMask == 0 && len(n.Blocked) == 0 && (len(t.kids[i]) > 0 || n.QSMaskInit == n.InitNext)
		for _, k := range t.kids[i] {
			t.quiet[i] = t.quiet[i] && t.quiet[k]
		}
	}
	return t
}

// leaf reports whether a node stands for CPUs.
func leaf(r *snapshot.RCU, i int) bool { return r.Nodes[i].Level == r.Nodes[len(r.Nodes)-1].Level }

// treeRows draws a flavour's tree, each node under its parent, with those that
// block it.
func treeRows(c *Context, r *snapshot.RCU) []row {
	t := newTree(r)
	var rows []row
	var visit func(siblings []int, depth int)
	visit = func(siblings []int, depth int) {
		for len(siblings) > 0 {
			n := slices.IndexFunc(siblings, func(i int) bool { return !t.quiet[i] })
			if n < 0 {
				n = len(siblings)
			}
			if n > fewNodes || n > 0 && depth > 0 && len(t.kids[siblings[0]]) > 0 {
				rows = append(rows, row{t.quietLine(siblings[:n], depth), NoTarget})
				siblings = siblings[n:]
				continue
			}
			i := siblings[0]
			siblings = siblings[1:]
			rows = append(rows, t.nodeRow(c, i, depth))
			for _, l := range append(blockedLines(c, &r.Nodes[i], depth), boostLines(c, &r.Nodes[i], depth)...) {
				rows = append(rows, row{l, NoTarget})
			}
			visit(t.kids[i], depth+1)
		}
	}
	var roots []int
	for i := range r.Nodes { // one; anything else would be a mistake, and is shown
		if p := r.Nodes[i].Parent; p < 0 || p >= i {
			roots = append(roots, i)
		}
	}
	visit(roots, 0)
	return rows
}

// quietLine stands for siblings of whom nothing is wanted, and all below.
func (t *tree) quietLine(nodes []int, depth int) text.Line {
	var below func(nodes []int) int
	below = func(nodes []int) int {
		n := len(nodes)
		for _, i := range nodes {
			n += below(t.kids[i])
		}
		return n
	}
	lo, hi := t.r.Nodes[nodes[0]].Lo, t.r.Nodes[nodes[len(nodes)-1]].Hi
	return text.L("  "+blank(2*depth)).Add(text.Dim, fmt.Sprintf("%s  %s idle", rangeName(lo, hi), count(below(nodes), "node")))
}

// rangeName is what a node with CPUs lo to hi is called.
func rangeName(lo, hi int) string {
	if lo == hi {
		return cpuName(lo)
	}
	return fmt.Sprintf("CPU%d-%d", lo, hi)
}

// nodeRow is a node: its CPUs and who of them, or which child, still owes a
// quiescent state; of whom one is asked for in a grace period, and, if that
// has changed, in the next one.
func (t *tree) nodeRow(c *Context, i, depth int) row {
	n := &t.r.Nodes[i]
	l := text.L("  "+blank(2*depth)).Add(text.Strong, rangeName(n.Lo, n.Hi))
	mask := func(word string, mask uint64, role text.Role) {
		l = l.Add(text.Plain, word)
		if mask == 0 {
			l = l.Add(text.Dim, "-")
			return
		}
		l = l.Add(role, t.maskWords(i, mask))
	}
	mask("  qs ", n.QSMask, text.Wait)
	if c.W >= 50 {
		mask(" of ", n.QSMaskInit, text.Dim)
	}
	if c.W >= 50 || n.ExpMask != 0 {
		mask("  exp ", n.ExpMask, text.Wait)
	}
	if len(t.kids[i]) == 0 && n.InitNext != n.QSMaskInit {
		mask("  next ", n.InitNext, text.Warn)
	}
	if asked := n.NeedGP[0] + n.NeedGP[1]; asked != 0 {
		l = l.Add(text.Plain, "  "+count(asked, "request"))
	}
	to := NoTarget
	to.Lock = n.Lock
	return row{l, to}
}

// maskWords is a node's mask: of a leaf a list of processors, of an inner node
// the processors below the children whose bits are set.
func (t *tree) maskWords(i int, mask uint64) string {
	kids := t.kids[i]
	var s spans
	for b := range 64 {
		switch {
		case mask>>b&1 == 0:
		case b < len(kids):
			s.add(t.r.Nodes[kids[b]].Lo, t.r.Nodes[kids[b]].Hi)
		default:
			s.add(t.r.Nodes[i].Lo+b, t.r.Nodes[i].Lo+b)
		}
	}
	return s.String()
}

// spans are numbers as a list of ranges, in rising order.
type spans [][2]int

// add adds the numbers lo to hi.
func (s *spans) add(lo, hi int) {
	if n := len(*s); n > 0 && (*s)[n-1][1] == lo-1 {
		(*s)[n-1][1] = hi
		return
	}
	*s = append(*s, [2]int{lo, hi})
}

// mask adds the numbers of a mask's bits, the lowest of which is lo.
func (s *spans) mask(lo int, mask uint64) {
	for b := range 64 {
		if mask>>b&1 != 0 {
			s.add(lo+b, lo+b)
		}
	}
}

// String is "0-3,7".
func (s spans) String() string {
	var b []byte
	for i, x := range s {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(x[0]), 10)
		if x[1] != x[0] {
			b = append(b, '-')
			b = strconv.AppendInt(b, int64(x[1]), 10)
		}
	}
	return string(b)
}
