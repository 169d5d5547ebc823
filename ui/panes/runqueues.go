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

// openRunqueues has a line for each runqueue and one for each task in it: the
// real-time class, which goes first, then the fair one.
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
		if q.Throttled {
			to.Task = -1
			rows = append(rows, row{text.Line{{Text: "     real-time throttled, ran " + duration(q.RTTime) + " in this period", Role: text.Warn}}, to})
		}
		for _, id := range q.RT {
			rows = append(rows, queuedRow(c, q, "rt", id))
		}
		for k, id := range q.Queued {
			rows = append(rows, queuedRow(c, q, fmt.Sprintf("%d.", k+1), id))
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

// queueWidths are the columns: CPU or place, task, its vruntime, and what else
// there is.
func queueWidths(c *Context) []int {
	switch {
	case c.W >= 94:
		return []int{6, 18, -12, 10, 24, c.W}
	case c.W >= 70:
		return []int{6, 18, -12, 10, 24, 0}
	case c.W < 36:
		return []int{5, c.W, 0, 0, 0, 0}
	case c.W < 50:
		return []int{6, c.W - 22, -12, 0, 0, 0}
	}
	return []int{6, max(c.W-34, 8), -12, c.W, 0, 0}
}

func queueLine(c *Context, q *snapshot.RunQueue) text.Line {
	t := c.task(q.Curr)
	name, role := c.taskOrID(q.Curr), text.Strong
	if t != nil && t.Idle {
		name, role = "idle", text.Free
	}
	return cols(c, queueWidths(c), cell{Text: cpuName(q.CPU), Role: ofCPU(q.CPU)}, cell{Text: name, Role: role}, standing(q, t),
		cell{Text: fmt.Sprintf("%d runnable", q.NrRunning), Role: text.Plain},
		cell{Text: "min_vruntime " + duration(vruntime(q.MinVRuntime)), Role: text.Dim},
		cell{Text: fmt.Sprintf("%d switches", q.Switches), Role: text.Dim})
}

// standing is what decides when a task of a queue runs: how far its vruntime
// is behind or ahead of the queue's, or its real-time priority.
func standing(q *snapshot.RunQueue, t *snapshot.Task) cell {
	switch {
	case t == nil || t.Idle:
		return cell{}
	case t.Policy == stopPolicy:
		return cell{Text: stopPolicy, Role: text.Warn}
	case t.RTPrio > 0 || t.Prio < t.NormalPrio && t.Prio < 100:
		return cell{Text: fmt.Sprintf("prio %d", t.Prio), Role: text.Warn}
	}
	d := int64(t.VRuntime - q.MinVRuntime)
	rel := "+"
	if d < 0 {
		rel, d = "-", -d
	}
	return cell{Text: rel + duration(vruntime(uint64(d))), Role: text.Dim}
}

// queuedRow is a task in the queue: its place, what decides over it, and how it
// is scheduled if that is out of the ordinary.
func queuedRow(c *Context, q *snapshot.RunQueue, place string, id int) row {
	to := NoTarget
	to.Task = id
	widths := queueWidths(c)
	widths[0], widths[4], widths[5] = -widths[0], 0, 0
	if widths[3] > 0 {
		widths[3] = c.W
	}
	t := c.task(id)
	how := cell{}
	if t != nil {
		how = cell{Text: policyWords(t), Role: text.Dim}
	}
	return row{cols(c, widths, cell{Text: place, Role: text.Dim}, cell{Text: c.taskOrID(id), Role: text.Plain}, standing(q, t), how), to}
}
