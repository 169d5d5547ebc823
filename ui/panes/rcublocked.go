package panes

import (
	"strconv"
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// blockedLines are the readers that were preempted on a node's processors and
// which grace period waits for each: those from an index on.
func blockedLines(c *Context, n *snapshot.RCUNode, depth int) []text.Line {
	if len(n.Blocked) == 0 {
		return nil
	}
	indent := 4 + 2*depth
	l := text.L(blank(indent) + "blocked:")
	for i, pid := range n.Blocked {
		if i > 0 {
			l = l.Add(text.Plain, ",")
		}
		var gps []string
		if n.GPTasks >= 0 && i >= n.GPTasks {
			gps = append(gps, "gp")
		}
		if n.ExpTasks >= 0 && i >= n.ExpTasks {
			gps = append(gps, "exp")
		}
		role, note := text.Plain, ""
		if len(gps) > 0 {
			role, note = text.Wait, " ("+strings.Join(gps, " and ")+")"
		}
		l = l.Add(text.Plain, " ").Add(role, c.commOfPID(pid)+note)
	}
	return wrap(c, l, indent+2)
}

// commOfPID is the task of a PID as comm/pid.
func (c *Context) commOfPID(pid int) string {
	for i := range c.now().Tasks {
		if t := &c.now().Tasks[i]; t.PID == pid && !t.Idle {
			return taskName(t)
		}
	}
	return "pid " + strconv.Itoa(pid)
}
