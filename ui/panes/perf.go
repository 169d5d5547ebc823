package panes

import (
	"fmt"
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var perfView = list("perf", "perf contexts",
	"Perf event contexts: whose, loaded where, references, events.",
	perfSum, nil, openPerf)

func perfSum(c *Context) text.Line {
	loaded := 0
	for _, x := range c.now().Perf {
		if x.CPU >= 0 {
			loaded++
		}
	}
	return text.L(fmt.Sprintf("%s, %d loaded", count(len(c.now().Perf), "context"), loaded))
}

// openPerf has a line for each context, one for its events, and one for what
// it is a clone of.
func openPerf(c *Context) page {
	xs := c.now().Perf
	name := widest(4, 16, len(xs), func(i int) string { return xs[i].Name })
	task := widest(4, 18, len(xs), func(i int) string { return xs[i].Task })
	var rows []row
	for i := range xs {
		x := &xs[i]
		to := NoTarget
		to.CPU = x.CPU
		rows = append(rows, row{perfLine(c, x, name, task), to})
		var below []string
		if len(x.Events) > 0 {
			below = append(below, strings.Join(x.Events, ", "))
		}
		if x.Parent != "" {
			below = append(below, "clone of "+x.Parent)
		}
		if len(below) > 0 {
			rows = append(rows, row{text.Line{{Text: "    " + strings.Join(below, "; "), Role: text.Dim}}, to})
		}
	}
	return pageOf(rows, -1)
}

func perfLine(c *Context, x *snapshot.PerfContext, name, task int) text.Line {
	where := cell{Text: "not loaded", Role: text.Free}
	switch {
	case x.Freed:
		where = cell{Text: "! freed", Role: text.Splat}
	case x.CPU >= 0:
		where = cell{Text: "on " + cpuName(x.CPU), Role: ofCPU(x.CPU)}
	}
	figures := fmt.Sprintf("refs %d  generation %d", x.RefCount, x.Generation)
	widths := []int{name, task, 10, c.W}
	if c.W < 60 {
		widths = []int{name, 0, 10, c.W}
		figures = x.Task
	}
	return cols(c, widths, cell{Text: x.Name, Role: text.Strong}, cell{Text: x.Task, Role: text.Plain}, where,
		cell{Text: figures, Role: text.Dim})
}
