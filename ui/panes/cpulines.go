package panes

import (
	"fmt"
	"slices"
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// whereLine is the current function and the place in its source.
func whereLine(c *Context, p *snapshot.CPU, w int) text.Line {
	i := innermost(p)
	if i < 0 {
		return text.Line{{Text: "no stack", Role: text.Dim}}
	}
	f := &p.Frames[i]
	place := fmt.Sprintf("%s:%d", f.Source, f.Line)
	if f.Body {
		return text.Line{{Text: "body ", Role: text.Strong}, {Text: cutLeft(c, place, w-len("body ")), Role: text.Dim}}
	}
	name := text.Line{{Text: f.Func, Role: text.Strong}}
	return firstFitting(w, append(name[:1:1], text.Span{Text: "  " + place, Role: text.Dim}), name)
}

// flagsLine is the interrupt flag and preempt_count, in as many words as there
// is room for.
func flagsLine(p *snapshot.CPU, w int) text.Line {
	on, role := "on", text.Plain
	if !p.IrqsOn {
		on, role = "off", text.Strong
	}
	pr, so, ha, nm := counts(p.Preempt)
	form := func(irqs, gap, counts string) text.Line {
		l := text.Line{{Text: irqs + " " + on, Role: role}, {Text: gap + counts, Role: text.Plain}}
		if p.NeedResched {
			l = l.Add(text.Plain, gap).Add(text.Warn, "resched")
		}
		return l
	}
	short := fmt.Sprintf("p%d s%d h%d", pr, so, ha)
	if nm > 0 {
		short += fmt.Sprintf(" n%d", nm)
	}
	var set strings.Builder
	for i, n := range []uint32{pr, so, ha, nm} {
		if n > 0 {
			fmt.Fprintf(&set, " %c%d", "pshn"[i], n)
		}
	}
	return firstFitting(w,
		form("irqs", "  ", fmt.Sprintf("preempt %d softirq %d hardirq %d nmi %d", pr, so, ha, nm)),
		form("irqs", " ", short), form("irq", " ", short), form("irq", " ", strings.TrimSpace(set.String())))
}

// contextLine is the stack of contexts, outermost first. The innermost is what
// matters, so the others give up their names first.
func contextLine(p *snapshot.CPU, w int) text.Line {
	form := func(named func(i int) bool) text.Line {
		var l text.Line
		for i, x := range p.Contexts {
			role := text.Plain
			if i == len(p.Contexts)-1 {
				role = text.Strong
			}
			if i > 0 {
				l = l.Add(text.Dim, " > ")
			}
			l = l.Add(role, x.Kind)
			if x.Name != "" && named(i) {
				l = l.Add(role, " "+x.Name)
			}
		}
		return l
	}
	all, last := form(func(i int) bool { return i > 0 }), form(func(i int) bool { return i == len(p.Contexts)-1 })
	none := form(func(int) bool { return false })
	if lineWidth(none)+4 <= w { // a beginning of the innermost name at least
		return firstFitting(w, all, last)
	}
	return none
}

// heldLines is what a processor holds, in the order it was taken, in at most n
// lines. What does not fit is counted; the latest lock stays in sight.
func heldLines(c *Context, p *snapshot.CPU, w, n int) []text.Line {
	held := c.lockNames(p.Held)
	narrow := *c
	narrow.W = w
	var lines []text.Line
	for left := range held {
		l := text.L("holds ")
		for _, name := range held[:len(held)-1-left] {
			l = l.Add(text.Held, name).Add(text.Plain, ", ")
		}
		if left > 0 {
			l = l.Add(text.Dim, fmt.Sprintf("+%d, ", left))
		}
		if lines = wrap(&narrow, l.Add(text.Held, held[len(held)-1]), 2); len(lines) <= n {
			break
		}
	}
	return lines[:min(len(lines), n)]
}

// ownFacts is what else is to be known of a processor's task, and what is
// asked of the processor.
func ownFacts(c *Context, p *snapshot.CPU) []text.Line {
	var facts []text.Line
	if p.Reader > 0 || len(p.Special) > 0 {
		nesting, asked := text.Plain, text.Warn
		if was := c.cpuBefore(p.ID); was != nil && was.Task == p.Task {
			if was.Reader != p.Reader {
				nesting = text.Changed
			}
			if !slices.Equal(was.Special, p.Special) {
				asked = text.Changed
			}
		}
		l := text.Line{{Text: fmt.Sprintf("reader %d", p.Reader), Role: nesting}}
		if len(p.Special) > 0 {
			l = l.Add(asked, " "+strings.Join(p.Special, " "))
		}
		facts = append(facts, l)
	}
	if len(p.Pending) > 0 {
		facts = append(facts, text.Line{{Text: "pending " + strings.Join(p.Pending, ", "), Role: text.Warn}})
	}
	return facts
}

// packed puts facts into as few lines as they need in their order.
func packed(facts []text.Line, w int) []text.Line {
	var lines []text.Line
	for _, f := range facts {
		if n := len(lines) - 1; n >= 0 && lineWidth(lines[n])+2+lineWidth(f) <= w {
			lines[n] = append(lines[n].Add(text.Plain, "  "), f...)
			continue
		}
		lines = append(lines, f[:len(f):len(f)])
	}
	return lines
}

// timeLine says when a processor's next step is due, and how far it has come.
func timeLine(c *Context, p *snapshot.CPU, w int) text.Line {
	at := text.Span{Text: "at " + instant(p.Time) + " us", Role: text.Dim}
	if !canMove(p) {
		return text.Line{at}
	}
	due := c.due(p.Due)
	due.Text = "due " + due.Text
	return firstFitting(w, text.Line{due, {Text: "  ", Role: text.Plain}, at}, text.Line{due})
}

// queuedFacts are what waits on a processor besides interrupts.
func queuedFacts(p *snapshot.CPU) []text.Line {
	var parts []string
	if len(p.Softirqs) > 0 {
		parts = append(parts, "softirqs "+strings.Join(p.Softirqs, " "))
	}
	if p.IrqWork > 0 {
		parts = append(parts, count(p.IrqWork, "irq_work item"))
	}
	if p.Calls > 0 {
		parts = append(parts, count(p.Calls, "call"))
	}
	if len(p.Isr) > 0 {
		parts = append(parts, "in service "+vectors(p.Isr))
	}
	var facts []text.Line
	for _, s := range parts {
		facts = append(facts, text.L(s))
	}
	return facts
}

// callerLines lists the frames further out than the innermost, as many as
// there are n lines for; how many are left out is said in the last one.
func callerLines(c *Context, p *snapshot.CPU, n int) []text.Line {
	if n <= 1 || len(p.Frames) < 2 {
		return nil
	}
	callers := p.Frames[innermost(p)+1:]
	var lines []text.Line
	for i := range callers {
		if len(lines) == n-1 && len(callers)-i > 1 {
			return append(lines, text.Line{{Text: fmt.Sprintf("+ %d more", len(callers)-i), Role: text.Dim}})
		}
		f := &callers[i]
		what := clean(c, f.Func)
		if f.Body {
			what = fmt.Sprintf("%s:%d", clean(c, f.Source), f.Line)
		}
		lines = append(lines, text.Line{{Text: c.pick("← ", "< ") + what, Role: text.Dim}})
	}
	return lines
}
