package panes

import (
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// CPUColumn is a processor's column, w cells wide and at most h lines high.
// What is about to happen stands first: what it does next, where, with which
// flags, in which contexts; the rest follows as there is room, at last who
// called whom. The title marks who is next if nobody chooses, and who is
// chosen.
func CPUColumn(c *Context, n, w, h int) (title text.Line, lines []text.Line) {
	p := c.cpu(n)
	if p == nil {
		return fitTo(c, text.Line{{Text: cpuName(n), Role: text.Dim}}, w), nil
	}
	title = fitTo(c, append(marks(c, p), who(p)...), w)
	lines = append(lines, nextLine(c, p, w), whereLine(c, p, w))
	facts := []text.Line{flagsLine(p, w)}
	if len(p.Contexts) > 1 {
		facts = append(facts, contextLine(p, w))
	}
	facts = append(facts, ownFacts(c, p)...)
	lines = append(lines, packed(facts, w)...)
	lines = append(lines, heldLines(c, p, w, max(1, h-len(lines)))...)
	lines = append(lines, packed(append([]text.Line{timeLine(c, p, w)}, queuedFacts(p)...), w)...)
	lines = append(lines, callerLines(c, p, h-len(lines))...)
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
// for what it spins for, who must come stays in sight, as long as something of
// both does.
func nextLine(c *Context, p *snapshot.CPU, w int) text.Line {
	if p.Offline && (p.State == snapshot.Halted || p.State == snapshot.Stopped) {
		return text.Line{{Text: "offline", Role: text.Off}}
	}
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
		if n := p.Wait.CPU; n >= 0 && !strings.HasSuffix(p.Wait.On, cpuName(n)) {
			by = text.L(" (").Add(ofCPU(n), cpuName(n)).Add(text.Plain, ")")
		}
		on := clean(c, p.Wait.On)
		verb := "spins for "
		if width(verb+on)+lineWidth(by) > w {
			verb = "S " // as in the list of locks
		}
		if w-lineWidth(by) < 8 {
			by = nil // what it waits for is worth more
		}
		on = cut(c, verb+on, w-lineWidth(by))
		return append(text.Line{{Text: on, Role: text.Wait}}, by...)
	case snapshot.Halted:
		return text.Line{{Text: "halted", Role: text.Free}}
	}
	return text.Line{{Text: "nothing to run", Role: text.Free}}
}
