package panes

import (
	"fmt"
	"strings"

	"lockstep/rcu"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var callbacksView = labelled(list("callbacks", "callbacks",
	"What each CPU owes RCU and has queued; n@g: n behind gp g.",
	callbacksSum, callbacksHead, openCallbacks))

// fewCPUs is how many CPUs that RCU has nothing to do with stand one by one;
// more of them in a row are one line.
const fewCPUs = 4

func callbacksSum(c *Context) text.Line {
	queued, lazy, owing := 0, 0, 0
	s := c.now()
	for i := range s.Watch {
		owes := false
		for k := range s.RCU {
			if x := share(&s.RCU[k], i); x != nil {
				queued, lazy = queued+x.Callbacks, lazy+x.Lazy
				owes = owes || x.QSPending && !x.Passed || x.ExpPending
			}
		}
		if owes {
			owing++
		}
	}
	l := text.L(count(queued, "callback"))
	if lazy > 0 {
		l = l.Add(text.Plain, fmt.Sprintf(", %d lazy", lazy))
	}
	return l.Add(text.Plain, ", "+count(owing, "CPU")).Add(text.Plain, " owing a quiescent state")
}

// share is a CPU's share of a flavour, nil if it has none.
func share(r *snapshot.RCU, n int) *snapshot.RCUCPU {
	if n < 0 || n >= len(r.CPUs) {
		return nil
	}
	return &r.CPUs[n]
}

// engaged reports whether a CPU owes a flavour anything or has callbacks there.
func engaged(r *snapshot.RCU, x *snapshot.RCUCPU) bool {
	return x.QSPending || x.ExpPending || x.Callbacks > 0 || awakeLeader(r, x)
}

// behind reports whether a CPU has not yet noticed the grace period.
func behind(r *snapshot.RCU, x *snapshot.RCUCPU) bool { return inProgress(r) && x.GPNum != r.GPNum }

// callbackWidths are the columns: processor, dynticks, flavour, what is owed,
// callbacks.
func callbackWidths(c *Context) []int {
	w := len(cpuName(len(c.now().Watch)-1)) + 2
	if c.W < 60 {
		return []int{w, 11, 7, 9, c.W}
	}
	return []int{w, 16, 7, 10, c.W}
}

func callbacksHead(c *Context) []text.Line {
	dim := func(s string) cell { return cell{Text: s, Role: text.Dim} }
	head := []cell{dim("CPU"), dim("dynticks"), dim("flavour"), dim("owes")}
	if c.W >= 60 {
		head = append(head, dim("callbacks"))
	}
	return []text.Line{cols(c, callbackWidths(c), head...)}
}

// openCallbacks has the CPUs in their order, each with the flavours it is
// engaged in or behind. What is neither engaged nor running, nor chosen, is
// passed over where many such stand in a row.
func openCallbacks(c *Context) page {
	s := c.now()
	var rows []row
	for i := 0; i < len(s.Watch); i++ {
		last := i
		for last < len(s.Watch) && quietCPU(c, last) {
			last++
		}
		if last-i > fewCPUs {
			l := text.Line{{Text: rangeName(i, last-1) + "  idle, nothing owed or queued", Role: text.Dim}}
			rows, i = append(rows, row{l, NoTarget}), last-1
			continue
		}
		to := NoTarget
		to.CPU = i
		for _, l := range cpuCallbacks(c, i) {
			rows = append(rows, row{l, to})
		}
	}
	return pageOf(rows, -1)
}

// quietCPU reports whether a CPU is idle and in no flavour engaged.
func quietCPU(c *Context, n int) bool {
	s := c.now()
	if n == c.CPU || s.Watch[n].Count%2 != 0 {
		return false
	}
	for k := range s.RCU {
		r := &s.RCU[k]
		if x := share(r, n); x != nil && engaged(r, x) {
			return false
		}
	}
	return true
}

// cpuCallbacks are a CPU's lines, one for each flavour it is engaged in or behind.
func cpuCallbacks(c *Context, n int) []text.Line {
	s := c.now()
	lead := [2]cell{{Text: cpuName(n), Role: ofCPU(n)}, watchCell(&s.Watch[n])}
	if n < len(s.CPUs) && s.CPUs[n].Offline {
		lead[1] = cell{Text: "offline", Role: text.Off}
	}
	var lines []text.Line
	for k := range s.RCU {
		r := &s.RCU[k]
		x := share(r, n)
		if x == nil || !engaged(r, x) && !behind(r, x) {
			continue
		}
		words := callbackWords(x)
		if x.Offloaded {
			words = offloadedWords(r, x)
		}
		own := append(lead[:], cell{Text: strings.TrimPrefix(r.Name, "rcu_")}, owesCell(r, x))
		lines = append(lines, callbackLines(c, own, cell{Text: words})...)
		lead = [2]cell{}
	}
	if lines == nil {
		return callbackLines(c, append(lead[:], cell{}, cell{}), offloadedCell(s, n))
	}
	return lines
}

// callbackLines are the cells before the last in their columns, and the last
// beside them or, where it does not fit, below.
func callbackLines(c *Context, own []cell, last cell) []text.Line {
	widths := callbackWidths(c)
	if last.Text == "" || total(widths[:4]...)+2+width(last.Text) <= c.W {
		return []text.Line{cols(c, widths, append(own, last)...)}
	}
	below := text.Line{{Text: blank(widths[0]+between(widths[0])) + last.Text, Role: last.Role}}
	return append([]text.Line{cols(c, widths, append(own, cell{})...)}, wrap(c, below, widths[0]+4)...)
}

// watchCell is whether RCU watches a CPU, and what nests there.
func watchCell(w *rcu.WatchView) cell {
	s, role := fmt.Sprintf("%d", w.Count), text.Plain
	if w.Count%2 == 0 {
		s, role = s+" idle", text.Free
	} else if w.Process {
		s += " task"
	}
	if w.Interrupts > 0 {
		s += fmt.Sprintf(" irq%d", w.Interrupts)
	}
	if w.NMI > 0 {
		s += fmt.Sprintf(" nmi%d", w.NMI)
	}
	return cell{Text: s, Role: role}
}

// owesCell is what a CPU owes a flavour: a quiescent state of either kind, and
// for how many ticks; or that it has not yet noticed the grace period.
func owesCell(r *snapshot.RCU, x *snapshot.RCUCPU) cell {
	ticks := ""
	if x.Ticks > 0 && inProgress(r) {
		ticks = fmt.Sprintf(" %dt", x.Ticks)
	}
	switch {
	case x.ExpPending && x.QSPending && !x.Passed:
		return cell{Text: "qs, exp" + ticks, Role: text.Wait}
	case x.ExpPending:
		return cell{Text: "exp" + ticks, Role: text.Wait}
	case x.QSPending && x.Passed:
		return cell{Text: "qs passed", Role: text.Good}
	case x.QSPending:
		return cell{Text: "qs" + ticks, Role: text.Wait}
	case behind(r, x):
		return cell{Text: fmt.Sprintf("at gp %d", int64(x.GPNum)), Role: text.Dim}
	}
	return cell{}
}

// callbackWords are how many callbacks a CPU has in each segment and in a
// batch that is being invoked, and which grace periods they wait for.
func callbackWords(x *snapshot.RCUCPU) string {
	var words []string
	left := x.Callbacks
	for i, name := range [...]string{"done", "wait", "ready", "next"} {
		n := x.Segments[i]
		left -= n
		if n == 0 {
			continue
		}
		word := fmt.Sprintf("%s %d", name, n)
		if i == 1 || i == 2 {
			word += fmt.Sprintf("@%d", int64(x.WaitFor[i]))
		}
		words = append(words, word)
	}
	if left > 0 {
		words = append([]string{fmt.Sprintf("invoking %d", left)}, words...)
	}
	if x.Lazy > 0 {
		words = append(words, fmt.Sprintf("lazy %d", x.Lazy))
	}
	if x.Callbacks > 0 {
		words = append(words, fmt.Sprintf("limit %d", x.Limit))
	}
	return strings.Join(words, ", ")
}
