package panes

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lockstep/sim"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var tasksView = labelled(list("tasks", "tasks",
	"Every task: where it is, what it does, whom it waits for.",
	tasksSum, tasksHead, openTasks))

func tasksSum(c *Context) text.Line {
	running, ready, asleep := 0, 0, 0
	for i := range c.now().Tasks {
		switch t := &c.now().Tasks[i]; {
		case t.Idle || t.Exited:
		case t.OnCPU:
			running++
		case t.OnRQ:
			ready++
		default:
			asleep++
		}
	}
	return text.L(fmt.Sprintf("%d running, %d ready, %d asleep", running, ready, asleep))
}

// taskWidths are the columns: mark, PID, comm, state, CPU, three figures, what.
func taskWidths(c *Context) []int {
	tasks := c.now().Tasks
	pid := widest(3, 7, len(tasks), func(i int) string { return strconv.Itoa(tasks[i].PID) })
	comm := widest(4, 15, len(tasks), func(i int) string { return tasks[i].Comm })
	switch {
	case c.W < 50:
		return []int{1, -pid, min(comm, max(c.W/3, 4)), 1, 0, 0, 0, 0, c.W}
	case c.W < 100:
		return []int{1, -pid, comm, 8, 5, 0, 0, 0, c.W}
	}
	policy := widest(6, 22, len(tasks), func(i int) string { return policyWords(&tasks[i]) })
	return []int{1, -pid, comm, 8, 5, policy, -9, -8, c.W}
}

func tasksHead(c *Context) []text.Line {
	names := []string{"", "pid", "comm", "state", "cpu", "policy", "vruntime", "switches", "what"}
	if c.W < 50 {
		names[3] = ""
	}
	cells := make([]cell, len(names))
	for i, s := range names {
		cells[i] = cell{Text: s, Role: text.Dim}
	}
	return []text.Line{cols(c, taskWidths(c), cells...)}
}

// openTasks lists those that do something first, then daemons, idle tasks and
// those that are gone.
func openTasks(c *Context) page {
	tasks := c.now().Tasks
	order := make([]int, len(tasks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(taskRank(&tasks[a]), taskRank(&tasks[b])) })
	widths := taskWidths(c)
	return page{
		n:    len(order),
		look: -1,
		row:  func(i int) text.Line { return taskRow(c, &tasks[order[i]], widths) },
		to: func(i int) Target {
			t := &tasks[order[i]]
			to := NoTarget
			to.Task = t.ID
			if t.OnCPU {
				to.CPU = t.CPU
			}
			if file, line, ok := strings.Cut(t.Body, ":"); ok {
				to.Source = file
				to.Line, _ = strconv.Atoi(line)
			}
			return to
		},
	}
}

func taskRank(t *snapshot.Task) int {
	switch {
	case t.Exited:
		return 3
	case t.Idle:
		return 2
	case t.Daemon:
		return 1
	}
	return 0
}

func taskRow(c *Context, t *snapshot.Task, widths []int) text.Line {
	word, role := taskState(t)
	name := text.Plain
	mark := cell{Text: " "}
	if p := c.cpu(c.CPU); p != nil && p.Task == t.ID {
		mark, name = cell{Text: c.pick("◆", "*"), Role: text.Focus}, text.Strong
	}
	if t.Exited || t.Idle && !t.OnCPU {
		name = text.Dim
	}
	if widths[3] == 1 {
		if word = t.State; t.Idle {
			word = c.pick("·", ".")
		}
	}
	where := cell{}
	if t.CPU >= 0 && !t.Exited {
		where = cell{Text: cpuName(t.CPU), Role: text.Dim}
		if t.OnCPU {
			where.Role = ofCPU(t.CPU)
		}
	}
	return cols(c, widths, mark, cell{Text: strconv.Itoa(t.PID), Role: text.Dim}, cell{Text: t.Comm, Role: name},
		cell{Text: word, Role: role}, where,
		cell{Text: policyWords(t), Role: text.Dim},
		cell{Text: thousandths(vruntime(t.VRuntime), sim.Millisecond), Role: text.Dim},
		cell{Text: strconv.FormatUint(t.Switches, 10), Role: text.Dim},
		taskDoing(c, t))
}

// taskState is a task's state in a word.
func taskState(t *snapshot.Task) (string, text.Role) {
	switch {
	case t.Exited || t.State == "X":
		return "exited", text.Dim
	case t.OnCPU:
		return "running", text.Good
	case t.Idle:
		return "idle", text.Free
	case t.OnRQ:
		return "ready", text.Plain
	case t.State == "S":
		return "sleeps S", text.Wait
	case t.State == "D":
		return "sleeps D", text.Wait
	case t.State == "W":
		return "waking", text.Plain
	}
	return t.State, text.Plain
}

// taskDoing is what a task is at: its wait, the function it is in, what it has.
func taskDoing(c *Context, t *snapshot.Task) cell {
	var parts []string
	role := text.Plain
	p := c.cpu(t.CPU)
	switch {
	case t.OnCPU && p != nil && p.Wait != nil:
		parts, role = append(parts, "spins for "+p.Wait.On), text.Wait
	case t.OnCPU && p != nil && len(p.Frames) > 0:
		f := &p.Frames[innermost(p)]
		if parts = append(parts, f.Func); f.Body {
			parts[0] = fmt.Sprintf("%s:%d", f.Source, f.Line)
		}
	case t.Wait != nil:
		s := waitWords(t.Wait)
		if h := c.holder(t.Wait); h != "" {
			s += ", " + h
		}
		parts, role = append(parts, s), text.Wait
	}
	if names := c.lockNames(t.Held); len(names) > 0 {
		parts = append(parts, "holds "+strings.Join(names, ", "))
	}
	if len(t.Donors) > 0 && t.Prio < t.NormalPrio {
		parts = append(parts, "boosted by "+c.taskOrID(t.Donors[0]))
	}
	if t.Reader > 0 {
		parts = append(parts, fmt.Sprintf("rcu reader %d", t.Reader))
	}
	return cell{Text: strings.Join(parts, "; "), Role: role}
}
