package panes

import (
	"lockstep/sim"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// standing says of an actor that waits for nobody how it stands.
func (c *Context) standing(a actor) []text.Line {
	p := c.cpu(a.cpu)
	if p == nil {
		return []text.Line{c.taskStanding(a)}
	}
	l := who(p)
	switch p.State {
	case snapshot.Ready, snapshot.Irq:
		due := c.due(p.Due)
		l = l.Add(text.Good, " can run")
		next := opWords(p.Op)
		if p.State == snapshot.Irq {
			next = nextLine(c, p, c.W).String()[len("> "):]
		}
		return []text.Line{l, text.L("  next: ").Add(text.Here, next).Add(text.Plain, ", due "+due.Text)}
	case snapshot.Halted:
		return c.halted(p, l.Add(text.Free, " is halted until an interrupt comes"))
	case snapshot.Spin:
		return []text.Line{l.Add(text.Wait, " waits, and nobody can say for what")}
	}
	return []text.Line{l.Add(text.Free, " has nothing to run")}
}

// halted adds the interrupts that are to come to a halted processor.
func (c *Context) halted(p *snapshot.CPU, l text.Line) []text.Line {
	lines := []text.Line{l}
	if !p.IrqsOn {
		lines = append(lines, text.Line{{Text: "  its interrupts are off", Role: text.Warn}})
	}
	for i := range c.now().Devices {
		if d := &c.now().Devices[i]; d.CPU == p.ID {
			due := c.due(d.Due)
			return append(lines, text.L("  "+d.Name+" will reach it ").Add(due.Role, due.Text))
		}
	}
	return append(lines, text.L("  no interrupt for it is on its way"))
}

// taskStanding is a task on no processor that waits for nothing known.
func (c *Context) taskStanding(a actor) text.Line {
	l := c.actor(a)
	t := c.task(a.task)
	switch {
	case t == nil:
		return l.Add(text.Plain, " is not known")
	case t.Exited:
		return l.Add(text.Splat, " has exited")
	case t.OnRQ:
		l = l.Add(text.Good, " is ready on "+cpuName(t.CPU))
		if p := c.cpu(t.CPU); p != nil {
			l = l.Add(text.Plain, ", where "+p.Name+" runs")
		}
		return l
	}
	return l.Add(text.Wait, " sleeps until somebody wakes it")
}

// turn says whose turn it is, for a processor that can run.
func (c *Context) turn(p *snapshot.CPU) text.Line {
	s := c.now()
	switch {
	case s.NextCPU == p.ID:
		return text.Line{{Text: "  it is next", Role: text.Good}}
	case s.NextDevice >= 0 && s.NextDevice < len(s.Devices):
		d := &s.Devices[s.NextDevice]
		return text.L("  " + d.Name + " comes first" + earlier(p.Due-d.Due))
	}
	if q := c.cpu(s.NextCPU); q != nil {
		return append(text.L("  "), who(q)...).Add(text.Plain, " comes first"+earlier(p.Due-q.Due))
	}
	return text.L("  nobody is next")
}

// earlier is by how much somebody is due earlier.
func earlier(d sim.Time) string {
	if d <= 0 {
		return ""
	}
	return ", due " + duration(d) + " earlier"
}

// trimLeft is a text without the blanks in front.
func trimLeft(s string) string {
	for s != "" && s[0] == ' ' {
		s = s[1:]
	}
	return s
}
