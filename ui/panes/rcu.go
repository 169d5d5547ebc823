package panes

import (
	"fmt"
	"slices"
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var rcuView = list("rcu", "rcu",
	"Grace periods, their stall clocks, the tree and who blocks it.",
	rcuSum, nil, openRCU)

func rcuSum(c *Context) text.Line {
	var l text.Line
	for _, r := range busyFirst(c) {
		if l != nil {
			l = l.Add(text.Plain, ", ")
		}
		l = l.Add(text.Strong, r.Name).Add(text.Plain, " "+gpWords(r))
	}
	if l == nil {
		return text.Line{{Text: "no RCU here", Role: text.Dim}}
	}
	return l
}

// inProgress reports whether a normal grace period is.
func inProgress(r *snapshot.RCU) bool { return r.GPNum != r.Completed }

// busyWith reports whether anything happens in a flavour: a grace period of
// either kind or a barrier is in progress, the thread has been asked for
// something, or a preempted reader stands on a list.
func busyWith(r *snapshot.RCU) bool {
	return inProgress(r) || r.ExpSeq%2 != 0 || r.Barrier%2 != 0 || r.Flags != 0 ||
		slices.ContainsFunc(r.Nodes, func(n snapshot.RCUNode) bool { return n.ExpMask != 0 || len(n.Blocked) > 0 })
}

// busyFirst are the flavours, those in which something happens first.
func busyFirst(c *Context) []*snapshot.RCU {
	var busy, idle []*snapshot.RCU
	for i := range c.now().RCU {
		if r := &c.now().RCU[i]; busyWith(r) {
			busy = append(busy, r)
		} else {
			idle = append(idle, r)
		}
	}
	return append(busy, idle...)
}

// gpWords says where the normal grace periods are. Their numbers begin below
// 0, so that an overflow is met early.
func gpWords(r *snapshot.RCU) string {
	if inProgress(r) {
		return fmt.Sprintf("gp %d in progress", int64(r.GPNum))
	}
	return fmt.Sprintf("idle, gp %d completed", int64(r.Completed))
}

// openRCU has the figures and the tree of each flavour in which something
// happens, or of the first if nothing does anywhere, and a line for each of
// the others.
func openRCU(c *Context) page {
	var rows []row
	add := func(lines ...text.Line) {
		for _, l := range lines {
			rows = append(rows, row{l, NoTarget})
		}
	}
	add(offlineLines(c)...)
	for i, r := range busyFirst(c) {
		if i > 0 && !busyWith(r) {
			add(idleLines(c, r)...)
			continue
		}
		rows = append(rows, flavourRows(c, r)...)
		rows = append(rows, treeRows(c, r)...)
	}
	return pageOf(rows, -1)
}

// offlineLines says which CPUs are unplugged, if any are.
func offlineLines(c *Context) []text.Line {
	var off spans
	for i := range c.now().CPUs {
		if c.now().CPUs[i].Offline {
			off.add(i, i)
		}
	}
	if off == nil {
		return nil
	}
	return wrap(c, text.L("offline ").Add(text.Off, "CPU"+off.String()), 4)
}

// idleLines are a flavour in which nothing happens.
func idleLines(c *Context, r *snapshot.RCU) []text.Line {
	l := text.Line{{Text: r.Name, Role: text.Strong}}.Add(text.Free, "  "+gpWords(r))
	tail := fmt.Sprintf("  expedited %d  barrier %d", r.ExpSeq, r.Barrier)
	return []text.Line{firstFitting(c.W, append(l[:2:2], text.Span{Text: tail, Role: text.Dim}), l)}
}

// flavourRows are a flavour's grace periods, each row with what it is about.
func flavourRows(c *Context, r *snapshot.RCU) []row {
	role := text.Free
	head := text.Line{{Text: r.Name, Role: text.Strong}}
	if inProgress(r) {
		role = text.Here
	}
	head = head.Add(role, "  "+gpWords(r))
	if inProgress(r) {
		head = head.Add(text.Plain, " for "+jiffies(int64(c.now().Jiffies-r.Start)))
	}
	var rows []row
	add := func(l text.Line, to Target) {
		for _, l := range wrap(c, l, 4) {
			rows = append(rows, row{l, to})
		}
	}
	add(head, NoTarget)
	to := NoTarget
	to.Task = r.Kthread
	add(kthreadLine(c, r), to)
	if inProgress(r) {
		add(stallLine(c, r), NoTarget)
	}
	add(otherLine(r), NoTarget)
	return rows
}

// kthreadLine is the grace-period thread: what it does, since when, and what
// is asked of it.
func kthreadLine(c *Context, r *snapshot.RCU) text.Line {
	l := text.L("  gp thread ").Add(text.Plain, r.State)
	if t := c.task(r.Kthread); t != nil {
		l = l.Add(text.Dim, " ("+t.State+")")
	}
	if r.Activity != 0 {
		l = l.Add(text.Plain, "  active ").Add(text.Plain, jiffies(int64(c.now().Jiffies-r.Activity))+" ago")
	}
	if r.Forced > 0 {
		l = l.Add(text.Plain, fmt.Sprintf("  forced %dx", r.Forced))
	}
	if words := gpFlags(r.Flags); words != "" {
		l = l.Add(text.Warn, "  "+words)
	}
	return l
}

// stallLine is the stall clock, and once it has struck who keeps the grace
// period from ending.
func stallLine(c *Context, r *snapshot.RCU) text.Line {
	left := int64(r.Deadline - c.now().Jiffies)
	l := text.L("  stall report ")
	when := "due"
	switch {
	case left > 1<<40:
		when = "never" // suppressed by rcu_cpu_stall_reset()
	case left > 0:
		when = "in " + jiffies(left)
	}
	if !r.Reported {
		if left <= 0 {
			return stalledBy(c, r, l.Add(text.Warn, when))
		}
		return l.Add(text.Plain, when)
	}
	return stalledBy(c, r, l.Add(text.Splat, "made").Add(text.Plain, ", next "+when))
}

// stalledBy adds who owes a quiescent state: CPUs, and tasks on the lists.
func stalledBy(c *Context, r *snapshot.RCU, l text.Line) text.Line {
	var cpus spans
	var who []string
	for i := range r.Nodes {
		n := &r.Nodes[i]
		if leaf(r, i) {
			cpus.mask(n.Lo, n.QSMask)
		}
		if n.GPTasks >= 0 {
			for _, pid := range n.Blocked[min(n.GPTasks, len(n.Blocked)):] {
				who = append(who, c.commOfPID(pid))
			}
		}
	}
	if cpus != nil {
		who = slices.Insert(who, 0, "CPU"+cpus.String())
	}
	if len(who) == 0 {
		return l
	}
	return l.Add(text.Plain, "  stalled by ").Add(text.Wait, strings.Join(who, ", "))
}

// otherLine is the expedited grace periods and the barrier.
func otherLine(r *snapshot.RCU) text.Line {
	l := text.L("  expedited ")
	if r.ExpSeq%2 != 0 {
		l = l.Add(text.Here, fmt.Sprintf("%d in progress", r.ExpSeq))
	} else {
		l = l.Add(text.Free, fmt.Sprintf("%d idle", r.ExpSeq))
	}
	l = l.Add(text.Plain, "  barrier ")
	if r.Barrier%2 != 0 {
		return l.Add(text.Here, fmt.Sprintf("%d in progress", r.Barrier)).Add(text.Plain, ", "+count(r.Missing, "callback")+" not back")
	}
	return l.Add(text.Free, fmt.Sprintf("%d idle", r.Barrier))
}

// gpFlags are the flags of a flavour's grace-period thread in words.
func gpFlags(f uint32) string {
	var words []string
	if f&1 != 0 {
		words = append(words, "gp asked for")
	}
	if f&2 != 0 {
		words = append(words, "forcing asked for")
	}
	if rest := f &^ 3; rest != 0 {
		words = append(words, fmt.Sprintf("flags %#x", rest))
	}
	return strings.Join(words, ", ")
}
