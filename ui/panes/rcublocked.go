package panes

import (
	"slices"
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
		if n.Boost != "" && n.BoostTasks >= 0 && i >= n.BoostTasks {
			gps = append(gps, "boost")
		}
		role, note := text.Plain, ""
		if len(gps) > 0 {
			role, note = text.Wait, " ("+strings.Join(gps, " and ")+")"
		}
		l = l.Add(text.Plain, " ").Add(role, c.commOfPID(pid)+note)
	}
	return wrap(c, l, indent+2)
}

// boostLines are a leaf's priority boosting: what its thread does, whom it
// lends its priority now, how many it has.
func boostLines(c *Context, n *snapshot.RCUNode, depth int) []text.Line {
	if n.Boost == "" || n.Boosted == 0 && n.BoostTasks < 0 && n.Balk == "" {
		return nil
	}
	l := text.L(blank(4+2*depth)+"rcub ").Add(text.Plain, n.Boost)
	for _, pid := range n.Blocked { // one at most: he owns boost_mtx, and rcub waits for it
		if t := c.taskOfPID(pid); t != nil && slices.ContainsFunc(t.Donors, c.isRcub) {
			l = l.Add(text.Plain, "  boosts ").Add(text.Held, taskName(t))
		}
	}
	l = l.Add(text.Plain, "  boosted "+count(int(n.Boosted), "reader"))
	if n.Balk != "" {
		l = l.Add(text.Dim, "  mostly not: "+n.Balk)
	}
	return wrap(c, l, 6+2*depth)
}

// isRcub reports whether a task boosts readers.
func (c *Context) isRcub(id int) bool {
	t := c.task(id)
	return t != nil && strings.HasPrefix(t.Comm, "rcub/")
}
