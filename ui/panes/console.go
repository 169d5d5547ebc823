package panes

import (
	"fmt"

	"lockstep/sim"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var consoleView = list("console", "console",
	"The kernel log; what the console has not printed yet is marked.",
	consoleSum, nil, openConsole)

func consoleSum(c *Context) text.Line {
	waiting := 0
	for _, r := range c.now().Console {
		if !r.Printed {
			waiting++
		}
	}
	l := text.L(count(len(c.now().Console), "line"))
	if waiting > 0 {
		l = l.Add(text.Dim, fmt.Sprintf(", %d not printed yet", waiting))
	}
	return l
}

// Levels of the kernel log, from here on up to the top: errors, warnings.
const (
	levelErr  = 3
	levelWarn = 4
)

// openConsole ends with the latest line, which is the one to be seen.
func openConsole(c *Context) page {
	log := c.now().Console
	return page{n: len(log), look: len(log) - 1, row: func(i int) text.Line { return recordLine(c, &log[i]) }}
}

func recordLine(c *Context, r *snapshot.Record) text.Line {
	mark, stamp, role := " ", text.Dim, text.Plain
	switch {
	case !r.Printed:
		mark, role = c.pick("·", "."), text.Dim
	case r.Level <= levelErr:
		role = text.Splat
	case r.Level <= levelWarn:
		role = text.Warn
	}
	return text.Line{{Text: mark, Role: text.Dim},
		{Text: fmt.Sprintf("[%5d.%06d] ", r.Time/sim.Second, r.Time%sim.Second/sim.Microsecond), Role: stamp}, {Text: r.Text, Role: role}}
}
