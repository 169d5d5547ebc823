package lockgraph

import "github.com/rivo/uniseg"

// Measures in pixels.
const (
	margin     = 20
	gap        = 24 // between cells of a row
	rowGap     = 26 // between rows
	classRow   = 40
	labelRow   = 18
	lineHeight = 16
	labelLeft  = 6 // of a label from its line
	selfLoop   = 26
)

// textWidth is the room for a text in the monospaced font of the picture, which
// is 12 pixels high, or bold.
func textWidth(s string) int { return (15*uniseg.StringWidth(s) + 1) / 2 }

// rowHeight is the height of a row's cells.
func rowHeight(row int) int {
	if row%2 == 0 {
		return classRow
	}
	return labelRow
}

// rowTop is where a row begins.
func rowTop(row int) int {
	pairs := row / 2
	y := margin + 2*lineHeight + pairs*(classRow+labelRow+2*rowGap)
	if row%2 == 1 {
		y += classRow + rowGap
	}
	return y
}

// boxWidth is the width of a class's box.
func (d *drawing) boxWidth(class int) int {
	c := &d.g.Classes[class]
	return max(textWidth(c.Name), textWidth("{"+c.Usage+"}")) + 20
}

// measure sets the widths of all cells. Edges of a class to itself are drawn on
// its right side, so they need room there.
func (d *drawing) measure() {
	for i := range d.cells {
		c := &d.cells[i]
		if c.class < 0 {
			c.width = 2
			if c.label != "" {
				c.width = 2*labelLeft + textWidth(c.label)
			}
			continue
		}
		c.width = d.boxWidth(c.class)
		for _, e := range d.g.Edges {
			if e.From == c.class && e.To == c.class {
				c.width += selfLoop + textWidth(e.Label) + 2*labelLeft
			}
		}
	}
}

// middle is where edges leave a cell: the middle of a box, the line of a label.
func (d *drawing) middle(n int) int {
	c := &d.cells[n]
	if c.class < 0 {
		return c.x + 1
	}
	return c.x + d.boxWidth(c.class)/2
}

// place gives the cells of each row their x: first side by side, then, keeping
// their order and distance, where their neighbours are.
func (d *drawing) place() {
	d.measure()
	for _, row := range d.rows {
		x := 0
		for _, n := range row {
			d.cells[n].x = x
			x += d.cells[n].width + gap
		}
	}
	for range 12 {
		for r := range d.rows {
			d.settle(d.rows[r], func(c *cell) []int { return c.up })
		}
		for r := len(d.rows) - 1; r >= 0; r-- {
			d.settle(d.rows[r], func(c *cell) []int { return c.down })
		}
	}
	d.shift()
}

// settle moves the cells of a row towards the mean of their neighbours. Of the
// two ways to keep them apart, from the left and from the right, it takes the
// mean, which keeps them apart too.
func (d *drawing) settle(row []int, neighbours func(*cell) []int) {
	want := make([]int, len(row))
	for i, n := range row {
		c := &d.cells[n]
		want[i] = c.x
		if ns := neighbours(c); len(ns) > 0 {
			sum := 0
			for _, m := range ns {
				sum += d.middle(m)
			}
			want[i] = sum/len(ns) - (d.middle(n) - c.x)
		}
	}
	d.gather(row, want)
	left, right := make([]int, len(row)), make([]int, len(row))
	for i := range row {
		left[i] = want[i]
		if i > 0 {
			left[i] = max(want[i], left[i-1]+d.cells[row[i-1]].width+gap)
		}
	}
	for i := len(row) - 1; i >= 0; i-- {
		right[i] = want[i]
		if i+1 < len(row) {
			right[i] = min(want[i], right[i+1]-d.cells[row[i]].width-gap)
		}
	}
	for i, n := range row {
		// Rounding down a sum of two would lose a pixel of the distance.
		d.cells[n].x = (left[i] + right[i]) >> 1
		if i > 0 {
			before := &d.cells[row[i-1]]
			d.cells[n].x = max(d.cells[n].x, before.x+before.width+gap)
		}
	}
}

// gather lets classes without any edge want to stand beside what is left of
// them, or right of them at the beginning of a row, not where they began.
func (d *drawing) gather(row, want []int) {
	alone := func(i int) bool {
		c := &d.cells[row[i]]
		return len(c.up)+len(c.down) == 0
	}
	first := 0
	for first < len(row) && alone(first) {
		first++
	}
	if first == len(row) {
		return
	}
	for i := first - 1; i >= 0; i-- {
		want[i] = want[i+1] - d.cells[row[i]].width - gap
	}
	for i := first + 1; i < len(row); i++ {
		if alone(i) {
			want[i] = want[i-1] + d.cells[row[i-1]].width + gap
		}
	}
}

// shift moves the whole to the margin and measures it.
func (d *drawing) shift() {
	least := 0
	for i := range d.cells {
		if i == 0 || d.cells[i].x < least {
			least = d.cells[i].x
		}
	}
	d.width = textWidth(d.g.Title) + 2*margin
	for i := range d.cells {
		c := &d.cells[i]
		c.x += margin - least
		d.width = max(d.width, c.x+c.width+margin)
	}
	d.height = rowTop(len(d.rows)) + (len(edgeStyles)+1)*lineHeight + margin
	d.width = max(d.width, legendWidth()+2*margin)
}
