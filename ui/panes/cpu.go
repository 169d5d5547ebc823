package panes

import (
	"fmt"
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// CPUColumn is a processor's column, w cells wide and at most h lines high.
// What is about to happen stands first: what it does next, where, with which
// flags, in which contexts; the rest follows as there is room. The title marks
// who is next if nobody chooses, and who is chosen.
func CPUColumn(c *Context, n, w, h int) (title text.Line, lines []text.Line) {
	p := c.cpu(n)
	if p == nil {
		return fitTo(c, text.Line{{Text: cpuName(n), Role: text.Dim}}, w), nil
	}
	title = fitTo(c, append(marks(c, p), who(p)...), w)
	lines = append(lines, nextLine(c, p, w), whereLine(p, w), flagsLine(p, w))
	if len(p.Contexts) > 1 {
		lines = append(lines, contextLine(p, w))
	}
	lines = append(lines, ownLines(c, p)...)
	lines = append(lines, timeLine(c, p, w))
	lines = append(lines, queuedLines(p)...)
	lines = lines[:min(len(lines), max(h, 0))]
	for i := range lines {
		lines[i] = fitTo(c, lines[i], w)
	}
	return title, lines
}

// CPULine is a processor in one line of w cells, for many of them and for
// small screens.
func CPULine(c *Context, n, w int) text.Line {
	p := c.cpu(n)
	if p == nil {
		return fitTo(c, text.Line{{Text: "  " + cpuName(n), Role: text.Dim}}, w)
	}
	lead := marks(c, p)
	head := append(text.Line{}, lead...).Pad(2)
	digits := len(cpuName(len(c.now().CPUs) - 1))
	head = append(head, text.Span{Text: cpuName(p.ID), Role: ofCPU(p.ID)})
	head = head.Pad(2 + digits + 1)
	if w >= 50 {
		name := widest(8, 16, len(c.now().CPUs), func(i int) string { return c.now().CPUs[i].Name })
		head = head.Add(text.Plain, cut(c, clean(c, p.Name), name)).Pad(2 + digits + 1 + name + 1)
	}
	if w < 70 {
		return fitTo(c, append(head, nextLine(c, p, w-lineWidth(head))...), w)
	}
	const flags = 25
	line := append(head, nextLine(c, p, w-flags-2-lineWidth(head))...)
	line = fitTo(c, line, w-flags-2).Pad(w - flags)
	return fitTo(c, append(line, flagsLine(p, flags)...), w)
}

// marks says whether a processor is next by default, and whether it is chosen.
func marks(c *Context, p *snapshot.CPU) text.Line {
	var l text.Line
	if p.ID == c.now().NextCPU {
		l = l.Add(text.Here, c.pick("▶", ">"))
	}
	if p.ID == c.CPU {
		l = l.Add(text.Focus, c.pick("◆", "*"))
	}
	return l
}

// nextLine says what a processor is about to do. Where w cells are not enough
// for what it spins for, who must come stays in sight.
func nextLine(c *Context, p *snapshot.CPU, w int) text.Line {
	switch p.State {
	case snapshot.Ready:
		return text.Line{{Text: "> " + opWords(p.Op), Role: text.Here}}
	case snapshot.Irq:
		what := "interrupt"
		if len(p.Pending) > 0 {
			what = "irq " + p.Pending[0]
		}
		return text.Line{{Text: "> take " + what, Role: text.Here}}
	case snapshot.Spin:
		if p.Wait == nil {
			return text.Line{{Text: "spins", Role: text.Wait}}
		}
		var by text.Line
		if n := p.Wait.CPU; n >= 0 {
			by = text.L(" (").Add(ofCPU(n), cpuName(n)).Add(text.Plain, ")")
		}
		on := clean(c, p.Wait.On)
		verb := "spins for "
		if width(verb+on)+lineWidth(by) > w {
			verb = "S " // as in the list of locks
		}
		on = cut(c, verb+on, max(w-lineWidth(by), 8))
		return append(text.Line{{Text: on, Role: text.Wait}}, by...)
	case snapshot.Halted:
		return text.Line{{Text: "halted", Role: text.Free}}
	}
	return text.Line{{Text: "nothing to run", Role: text.Free}}
}

// whereLine is the current function and the place in its source.
func whereLine(p *snapshot.CPU, w int) text.Line {
	if len(p.Frames) == 0 {
		return text.Line{{Text: "no stack", Role: text.Dim}}
	}
	f := &p.Frames[0]
	place := fmt.Sprintf("%s:%d", f.Source, f.Line)
	if f.Body {
		return text.Line{{Text: "body ", Role: text.Plain}, {Text: place, Role: text.Dim}}
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

// ownLines is what a processor holds and what is asked of it.
func ownLines(c *Context, p *snapshot.CPU) []text.Line {
	var lines []text.Line
	if held := c.lockNames(p.Held); len(held) > 0 {
		lines = append(lines, text.Line{{Text: "holds ", Role: text.Plain}, {Text: strings.Join(held, ", "), Role: text.Held}})
	}
	if p.Reader > 0 || len(p.Special) > 0 {
		l := text.L(fmt.Sprintf("reader %d", p.Reader))
		if len(p.Special) > 0 {
			l = l.Add(text.Warn, "  "+strings.Join(p.Special, " "))
		}
		lines = append(lines, l)
	}
	if len(p.Pending) > 0 {
		lines = append(lines, text.Line{{Text: "pending " + strings.Join(p.Pending, ", "), Role: text.Warn}})
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

// queuedLines is what waits on a processor besides interrupts.
func queuedLines(p *snapshot.CPU) []text.Line {
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
	var lines []text.Line
	for _, s := range parts {
		lines = append(lines, text.L(s))
	}
	return lines
}
