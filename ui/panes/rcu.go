package panes

import (
	"fmt"
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var rcuView = list("rcu", "rcu",
	"Grace periods, the tree and who blocks it, what each CPU owes.",
	rcuSum, nil, openRCU)

func rcuSum(c *Context) text.Line {
	var l text.Line
	for i := range c.now().RCU {
		r := &c.now().RCU[i]
		if i > 0 {
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

// gpWords says where the normal grace periods are. Their numbers begin below
// 0, so that an overflow is met early.
func gpWords(r *snapshot.RCU) string {
	if inProgress(r) {
		return fmt.Sprintf("gp %d in progress", int64(r.GPNum))
	}
	return fmt.Sprintf("idle, gp %d completed", int64(r.Completed))
}

// openRCU has for each flavour its figures, the tree, and its processors.
func openRCU(c *Context) page {
	var rows []row
	for i := range c.now().RCU {
		r := &c.now().RCU[i]
		if i > 0 {
			rows = append(rows, row{nil, NoTarget})
		}
		rows = append(rows, flavourRows(c, r)...)
		rows = append(rows, treeRows(c, r)...)
		for n := range r.CPUs {
			to := NoTarget
			to.CPU = n
			rows = append(rows, row{rcuCPULine(c, r, n), to})
		}
	}
	return pageOf(rows, -1)
}

// flavourRows are a flavour's grace periods.
func flavourRows(c *Context, r *snapshot.RCU) []row {
	role := text.Free
	if inProgress(r) {
		role = text.Here
	}
	lines := []text.Line{text.Line{{Text: r.Name, Role: text.Strong}}.Add(role, "  "+gpWords(r))}
	thread := text.L("  gp thread ").Add(text.Plain, r.State)
	if words := gpFlags(r.Flags); words != "" {
		thread = thread.Add(text.Warn, "  "+words)
	}
	exp := text.L("  expedited ")
	if r.ExpSeq%2 != 0 {
		exp = exp.Add(text.Here, fmt.Sprintf("%d in progress", r.ExpSeq))
	} else {
		exp = exp.Add(text.Free, fmt.Sprintf("%d idle", r.ExpSeq))
	}
	lines = append(lines, wrap(c, thread, 4)...)
	lines = append(lines, exp)
	rows := make([]row, len(lines))
	for i, l := range lines {
		rows[i] = row{l, NoTarget}
	}
	return rows
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

// rcuCPULine is what a processor owes a flavour.
func rcuCPULine(c *Context, r *snapshot.RCU, n int) text.Line {
	x := &r.CPUs[n]
	qs := cell{Text: "", Role: text.Dim}
	switch {
	case x.QSPending && x.Passed:
		qs = cell{Text: "qs passed", Role: text.Good}
	case x.QSPending:
		qs = cell{Text: "owes qs", Role: text.Wait}
	}
	dyn := cell{Text: fmt.Sprintf("dynticks %d odd", x.Dynticks), Role: text.Plain}
	if x.Dynticks%2 == 0 {
		dyn = cell{Text: fmt.Sprintf("dynticks %d even", x.Dynticks), Role: text.Free}
	}
	reader := func(i int) string {
		if p := c.cpu(i); p != nil && p.Reader > 0 && strings.Contains(r.Name, "preempt") {
			return fmt.Sprintf("reader %d", p.Reader)
		}
		return ""
	}
	behind := widest(0, 20, len(r.CPUs), func(i int) string { return gpOf(r, &r.CPUs[i]) })
	widths := []int{2 + len(cpuName(len(r.CPUs)-1)), 9, 16, widest(0, 9, len(r.CPUs), reader), behind, c.W}
	if c.W < 70 {
		widths[4] = 0
	}
	if c.W < 50 {
		dyn.Text, widths[2], widths[5] = strings.TrimPrefix(dyn.Text, "dynticks "), 8, 0
	}
	return cols(c, widths, cell{Text: "  " + cpuName(n), Role: ofCPU(n)}, qs, dyn, cell{Text: reader(n), Role: text.Wait},
		cell{Text: gpOf(r, x), Role: text.Dim}, cell{Text: callbackWords(x), Role: text.Dim})
}

// callbackWords are how many callbacks a processor has queued, and in which
// segments.
func callbackWords(x *snapshot.RCUCPU) string {
	if x.Callbacks == 0 {
		return ""
	}
	s := count(x.Callbacks, "cb")
	words := strings.Fields(x.Segments)
	for i := 0; i+1 < len(words); i += 2 {
		if words[i+1] != "0" {
			s += " " + words[i] + " " + words[i+1]
		}
	}
	return s
}

// gpOf are the grace periods that a processor knows of, begun and completed, if
// it has not heard of the flavour's latest.
func gpOf(r *snapshot.RCU, x *snapshot.RCUCPU) string {
	if x.GPNum == r.GPNum && x.Completed == r.Completed {
		return ""
	}
	return fmt.Sprintf("gp %d/%d", int64(x.GPNum), int64(x.Completed))
}
