package lockgraph

import (
	"slices"
	"sort"
)

// A cell is something in a row: a class, or the place where an edge passes.
// Classes stand in the even rows; the odd ones are for labels.
type cell struct {
	class, edge int // one of them; the other is -1
	label       string
	row         int
	x, width    int // of its left side; see place
	up, down    []int
	want        int // of the sort that is going on
}

// drawing is a graph that is being laid out. An edge is a chain of cells from
// its upper class to its lower one; flipped edges point upwards.
type drawing struct {
	g       *Graph
	cells   []cell // the classes first, in their order
	rows    [][]int
	chains  [][]int // of each edge; nil for an edge to itself
	flipped []bool
	height  int // see place
	width   int
}

// layOut gives every class and every edge its place.
func (g *Graph) layOut() *drawing {
	d := &drawing{g: g, chains: make([][]int, len(g.Edges)), flipped: make([]bool, len(g.Edges))}
	d.flip()
	depth := d.layers()
	for i := range g.Classes {
		d.add(cell{class: i, edge: -1, row: 2 * depth[i]})
	}
	for i, e := range g.Edges {
		if e.From == e.To {
			continue
		}
		from, to := e.From, e.To
		if d.flipped[i] {
			from, to = to, from
		}
		d.thread(i, from, to)
	}
	for range 8 {
		d.sweep(func(c *cell) []int { return c.up }, false)
		d.sweep(func(c *cell) []int { return c.down }, true)
	}
	d.place()
	return d
}

// flip turns edges round until there is no cycle: first those that close a
// reported one, then whatever leads back in a walk along the others.
func (d *drawing) flip() {
	const fresh, open, done = 0, 1, 2
	state := make([]int, len(d.g.Classes))
	var walk func(c int)
	walk = func(c int) {
		state[c] = open
		for i, e := range d.g.Edges {
			if e.From != c || e.From == e.To || e.Kind >= Closing {
				continue
			}
			if state[e.To] == open {
				d.flipped[i] = true
			} else if state[e.To] == fresh {
				walk(e.To)
			}
		}
		state[c] = done
	}
	for c := range d.g.Classes {
		if state[c] == fresh {
			walk(c)
		}
	}
	// What is refused goes up if its ends stand that way round already, which
	// they do if it closes a cycle.
	for i, e := range d.g.Edges {
		if e.Kind >= Closing && e.From != e.To {
			d.flipped[i] = d.reaches(e.To, e.From, i)
		}
	}
}

// reaches tells whether a way leads down from one class to another along the
// edges before edge n, or those that are no closing ones.
func (d *drawing) reaches(from, to, n int) bool {
	seen := make([]bool, len(d.g.Classes))
	seen[from] = true
	for grown := true; grown; {
		grown = false
		for i, e := range d.g.Edges {
			if e.Kind >= Closing && i >= n {
				continue
			}
			a, b := e.From, e.To
			if d.flipped[i] {
				a, b = b, a
			}
			if seen[a] && !seen[b] {
				seen[b], grown = true, true
			}
		}
	}
	return seen[to]
}

// layers gives each class the length of the longest way down to it.
func (d *drawing) layers() []int {
	depth := make([]int, len(d.g.Classes))
	for grown := true; grown; {
		grown = false
		for i, e := range d.g.Edges {
			from, to := e.From, e.To
			if d.flipped[i] {
				from, to = to, from
			}
			if from != to && depth[to] < depth[from]+1 {
				depth[to], grown = depth[from]+1, true
			}
		}
	}
	return depth
}

func (d *drawing) add(c cell) int {
	n := len(d.cells)
	d.cells = append(d.cells, c)
	for len(d.rows) <= c.row {
		d.rows = append(d.rows, nil)
	}
	d.rows[c.row] = append(d.rows[c.row], n)
	return n
}

// thread makes the chain of an edge; the label is in its first cell.
func (d *drawing) thread(edge, from, to int) {
	chain := []int{from}
	for row := d.cells[from].row + 1; row < d.cells[to].row; row++ {
		c := cell{class: -1, edge: edge, row: row}
		if row == d.cells[from].row+1 {
			c.label = d.g.Edges[edge].Label
		}
		chain = append(chain, d.add(c))
	}
	chain = append(chain, to)
	for i := range chain[1:] {
		a, b := chain[i], chain[i+1]
		d.cells[a].down = append(d.cells[a].down, b)
		d.cells[b].up = append(d.cells[b].up, a)
	}
	d.chains[edge] = chain
}

// sweep sorts each row by where its neighbours in the row before stand, from
// the top or from the bottom, which undoes most crossings.
func (d *drawing) sweep(neighbours func(*cell) []int, fromBelow bool) {
	rows := slices.Clone(d.rows)
	if fromBelow {
		slices.Reverse(rows)
	}
	at := make([]int, len(d.cells))
	for _, row := range rows {
		for i, n := range row {
			c := &d.cells[n]
			c.want = 1000 * i
			if ns := neighbours(c); len(ns) > 0 {
				sum := 0
				for _, m := range ns {
					sum += at[m]
				}
				c.want = 1000 * sum / len(ns)
			}
		}
		sort.SliceStable(row, func(i, j int) bool { return d.cells[row[i]].want < d.cells[row[j]].want })
		for i, n := range row {
			at[n] = i
		}
	}
}
