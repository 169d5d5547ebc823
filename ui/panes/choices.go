package panes

import (
	"fmt"
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var choicesView = list("choices", "choices",
	"Which CPU or device event can move now; the pointer is at the next.",
	choicesSum, nil, openChoices)

func choicesSum(c *Context) text.Line {
	s := c.now()
	if s.End != "" {
		return text.L("the run is over: ").Add(text.Strong, s.End)
	}
	can := 0
	for i := range s.CPUs {
		if canMove(&s.CPUs[i]) {
			can++
		}
	}
	return text.L(fmt.Sprintf("%d of %s can move, %s", can, count(len(s.CPUs), "CPU"), count(len(s.Devices), "event")))
}

// canMove reports whether a processor's next step can be chosen.
func canMove(p *snapshot.CPU) bool { return p.State == snapshot.Ready || p.State == snapshot.Irq }

// openChoices has the processors, then the device events.
func openChoices(c *Context) page {
	s := c.now()
	var rows []row
	look := -1
	if s.End != "" {
		rows = append(rows, row{choicesSum(c), NoTarget})
	}
	for i := range s.CPUs {
		if p := &s.CPUs[i]; p.ID == s.NextCPU {
			look = len(rows)
		}
		rows = append(rows, choiceRow(c, &s.CPUs[i]))
	}
	for i := range s.Devices {
		if i == s.NextDevice {
			look = len(rows)
		}
		d := &s.Devices[i]
		rows = append(rows, row{choiceLine(c, i == s.NextDevice, cell{Text: d.Name, Role: text.Plain}, cell(c.due(d.Due)),
			cell{Text: strings.TrimSpace(deviceCPU(c, d) + " " + d.What), Role: text.Dim}), deviceTarget(d)})
	}
	return pageOf(rows, look)
}

// choiceRow is a processor: who cannot move is told apart by its words, and is
// dim.
func choiceRow(c *Context, p *snapshot.CPU) row {
	to := NoTarget
	to.CPU, to.Task = p.ID, p.Task
	next := nextLine(c, p, c.W)
	name, due := cell{Text: choiceName(c, p), Role: ofCPU(p.ID)}, cell(c.due(p.Due))
	what := cell{Text: next.String(), Role: next[0].Role}
	if !canMove(p) {
		name.Role, due.Text, what.Role = text.Off, "", text.Off
	}
	return row{choiceLine(c, p.ID == c.now().NextCPU, name, due, what), to}
}

// choiceName is a processor, with its task if there is room.
func choiceName(c *Context, p *snapshot.CPU) string {
	if c.W < 60 {
		return cpuName(p.ID)
	}
	return cpuName(p.ID) + " " + p.Name
}

// choiceLine is one choice: the pointer, who it is, when it is due, what comes.
func choiceLine(c *Context, next bool, name, due, what cell) text.Line {
	mark := cell{Text: " "}
	if next {
		mark = cell{Text: c.pick("▶", ">"), Role: text.Here}
	}
	s := c.now()
	who := widest(4, 24, len(s.CPUs), func(i int) string { return choiceName(c, &s.CPUs[i]) })
	who = widest(who, max(c.W/3, 4), len(s.Devices), func(i int) string { return s.Devices[i].Name })
	when := 13
	if c.W < 36 {
		when = 0
	}
	return cols(c, []int{1, who, when, c.W}, mark, name, due, what)
}
