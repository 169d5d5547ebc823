package panes

import (
	"fmt"
	"strings"

	"lockstep/sim"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var runqueuesView = list("runqueues", "runqueues",
	"Per CPU who runs, who is queued, who is on the wake list.",
	runqueuesSum, nil, openRunqueues)

// vruntime is nanoseconds of a scheduler's clock as a time to be printed.
func vruntime(v uint64) sim.Time { return sim.Time(min(v, uint64(sim.Forever)-1)) }

func runqueuesSum(c *Context) text.Line {
	queued, waking := 0, 0
	for _, q := range c.now().Queues {
		queued += len(q.Queued)
		waking += len(q.WakeList)
	}
	return text.L(fmt.Sprintf("%s queued, %d on wake lists", count(queued, "task"), waking))
}

// openRunqueues has a line for each runqueue and one for each task in it.
func openRunqueues(c *Context) page {
	var rows []row
	look := -1
	for i := range c.now().Queues {
		q := &c.now().Queues[i]
		if q.CPU == c.CPU {
			look = len(rows)
		}
		to := NoTarget
		to.CPU, to.Task = q.CPU, q.Curr
		rows = append(rows, row{queueLine(c, q), to})
		for k, id := range q.Queued {
			rows = append(rows, queuedRow(c, q, k, id))
		}
		if len(q.WakeList) > 0 {
			names := make([]string, len(q.WakeList))
			for k, id := range q.WakeList {
				names[k] = c.taskOrID(id)
			}
			to := NoTarget
			to.Task = q.WakeList[0]
			rows = append(rows, row{text.Line{{Text: "     wake list ", Role: text.Dim},
				{Text: strings.Join(names, ", "), Role: text.Wait}}, to})
		}
	}
	return pageOf(rows, look)
}

// taskOrID is a task's name, or its number if it is not known.
func (c *Context) taskOrID(id int) string {
	if s := c.comm(id); s != "" {
		return s
	}
	return fmt.Sprintf("task %d", id)
}

func queueLine(c *Context, q *snapshot.RunQueue) text.Line {
	name, role := c.taskOrID(q.Curr), text.Strong
	if t := c.task(q.Curr); t != nil && t.Idle {
		name, role = "idle", text.Free
	}
	widths := []int{6, 16, 10, 0, 0}
	switch {
	case c.W >= 70:
		widths = []int{6, 18, 10, 24, c.W}
	case c.W < 36:
		widths = []int{5, c.W, 0, 0, 0}
	}
	return cols(c, widths, cell{Text: cpuName(q.CPU), Role: ofCPU(q.CPU)}, cell{Text: name, Role: role},
		cell{Text: fmt.Sprintf("%d runnable", q.NrRunning), Role: text.Plain},
		cell{Text: "min_vruntime " + duration(vruntime(q.MinVRuntime)), Role: text.Dim},
		cell{Text: fmt.Sprintf("%d switches", q.Switches), Role: text.Dim})
}

// queuedRow is a task in the queue: its place, and how far its vruntime is
// behind or ahead of the queue's.
func queuedRow(c *Context, q *snapshot.RunQueue, k, id int) row {
	to := NoTarget
	to.Task = id
	rel := ""
	if t := c.task(id); t != nil {
		d := int64(t.VRuntime - q.MinVRuntime)
		rel = "+"
		if d < 0 {
			rel, d = "-", -d
		}
		rel += duration(vruntime(uint64(d)))
	}
	return row{cols(c, []int{-7, min(18, max(c.W-24, 8)), -12}, cell{Text: fmt.Sprintf("%d.", k+1), Role: text.Dim},
		cell{Text: c.taskOrID(id), Role: text.Plain}, cell{Text: rel, Role: text.Dim}), to}
}
