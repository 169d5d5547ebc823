package panes

import "lockstep/ui/text"

// all is every list view in the order of the toolbox.
var all = []*View{
	sourceView, stackView, locksView, rcuView, callbacksView, tasksView, runqueuesView, timersView, interruptsView, workqueuesView, perfView, varsView,
	consoleView, findingsView, eventsView, spacetimeView, lockgraphView, whyView, choicesView,
}

// All returns the views in their fixed order. The processors' columns are not
// among them: they are no list ([CPUColumn], [CPULine]).
func All() []*View { return all }

// Named returns the view of a name, nil if there is none.
func Named(name string) *View {
	for _, v := range all {
		if v.Name == name {
			return v
		}
	}
	return nil
}

// page is a view's content for one context: how many rows there are, and each
// of them on demand, so that a view of millions costs what is in sight.
type page struct {
	n    int
	row  func(i int) text.Line
	to   func(i int) Target // nil: no row stands for anything
	look int                // row that should be in sight, -1 for none
}

// row is a line that is made at once, and what it stands for.
type row struct {
	line text.Line
	to   Target
}

// pageOf is the page of rows that are made already.
func pageOf(rows []row, look int) page {
	return page{
		n:    len(rows),
		row:  func(i int) text.Line { return rows[i].line },
		to:   func(i int) Target { return rows[i].to },
		look: look,
	}
}

// list makes a view. sum is one line that tells how things stand, for the
// preview; open makes the page; head may be nil.
func list(name, title, help string, sum func(*Context) text.Line, head func(*Context) []text.Line, open func(*Context) page) *View {
	v := &View{Name: name, Title: title, Help: help}
	v.Head = func(c *Context) []text.Line {
		if head == nil {
			return nil
		}
		return fitAll(c, head(c))
	}
	v.Rows = func(c *Context) int { return open(c).n }
	v.Look = func(c *Context) int { p := open(c); return min(p.look, p.n-1) }
	v.Draw = func(c *Context, from, n int) []text.Line { return open(c).draw(c, from, n) }
	v.Target = func(c *Context, i int) Target {
		p := open(c)
		if p.to == nil || i < 0 || i >= p.n {
			return NoTarget
		}
		return p.to(i)
	}
	v.Preview = func(c *Context) [2]text.Line {
		p := open(c)
		first := max(min(p.look, p.n-1), 0)
		two := [2]text.Line{fit(c, sum(c))}
		for i, l := range p.draw(c, first, 4) {
			switch {
			case l.String() == two[0].String():
			case p.to != nil && p.to(first+i) != NoTarget:
				two[1] = l // the first that stands for something
				return two
			case two[1] == nil:
				two[1] = l
			}
		}
		return two
	}
	return v
}

// labelled marks a view whose head only names its columns.
func labelled(v *View) *View {
	v.Labels = true
	return v
}

// draw makes rows from..from+n, as far as they exist.
func (p page) draw(c *Context, from, n int) []text.Line {
	from = max(from, 0)
	if n <= 0 || from >= p.n {
		return nil
	}
	end := p.n
	if n < p.n-from {
		end = from + n
	}
	lines := make([]text.Line, 0, end-from)
	for i := from; i < end; i++ {
		lines = append(lines, fit(c, p.row(i)))
	}
	return lines
}
