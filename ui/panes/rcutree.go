package panes

import (
	"fmt"
	"strconv"
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// treeRows draws a flavour's tree, each node under its parent, with those that
// block it.
func treeRows(c *Context, r *snapshot.RCU) []row {
	var rows []row
	seen := make([]bool, len(r.Nodes))
	var visit func(i, depth int)
	visit = func(i, depth int) {
		if seen[i] {
			return
		}
		seen[i] = true
		rows = append(rows, nodeRow(r, i, depth))
		for _, l := range blockedLines(c, &r.Nodes[i], depth) {
			rows = append(rows, row{l, NoTarget})
		}
		for k := i + 1; k < len(r.Nodes); k++ {
			if r.Nodes[k].Parent == i {
				visit(k, depth+1)
			}
		}
	}
	for i := range r.Nodes { // a root is first; anything left over would be a mistake, and is shown
		visit(i, 0)
	}
	return rows
}

// nodeRow is a node: its processors and who of them, or which child, still
// owes a quiescent state.
func nodeRow(r *snapshot.RCU, i, depth int) row {
	n := &r.Nodes[i]
	name := fmt.Sprintf("CPU%d-%d", n.Lo, n.Hi)
	if n.Lo == n.Hi {
		name = cpuName(n.Lo)
	}
	l := text.L("  "+blank(2*depth)).Add(text.Strong, name)
	mask := func(word string, mask uint64) {
		l = l.Add(text.Plain, "  "+word+" ")
		if mask == 0 {
			l = l.Add(text.Dim, "-")
			return
		}
		l = l.Add(text.Wait, maskWords(r, i, mask))
	}
	mask("qs", n.QSMask)
	mask("exp", n.ExpMask)
	to := NoTarget
	to.Lock = n.Lock
	return row{l, to}
}

// maskWords is a node's mask: of a leaf a list of processors, of an inner node
// the processors below the children whose bits are set.
func maskWords(r *snapshot.RCU, i int, mask uint64) string {
	var kids []int
	for k := i + 1; k < len(r.Nodes); k++ {
		if r.Nodes[k].Parent == i {
			kids = append(kids, k)
		}
	}
	var spans [][2]int
	for b := range 64 {
		if mask>>b&1 == 0 {
			continue
		}
		lo := r.Nodes[i].Lo + b
		hi := lo
		if b < len(kids) {
			lo, hi = r.Nodes[kids[b]].Lo, r.Nodes[kids[b]].Hi
		}
		if n := len(spans); n > 0 && spans[n-1][1] == lo-1 {
			spans[n-1][1] = hi
		} else {
			spans = append(spans, [2]int{lo, hi})
		}
	}
	parts := make([]string, len(spans))
	for k, s := range spans {
		if parts[k] = strconv.Itoa(s[0]); s[1] != s[0] {
			parts[k] += "-" + strconv.Itoa(s[1])
		}
	}
	return strings.Join(parts, ",")
}

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
