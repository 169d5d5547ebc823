package panes

import (
	"fmt"
	"strconv"
	"strings"

	"lockstep/sim"
	"lockstep/ui/history"
	"lockstep/ui/text"
)

var eventsView = labelled(list("events", "events",
	"Every step so far; ! found something, c was chosen by hand.",
	eventsSum, eventsHead, openEvents))

func eventsSum(c *Context) text.Line {
	l := text.L(fmt.Sprintf("step %d of %d", c.now().Step, c.events()))
	if note := c.Marks[c.now().Step]; note != "" {
		l = l.Add(text.Key, "  "+note)
	}
	return l
}

// eventWidths are the columns: pointer, mark, step, time, CPU, task, what.
func eventWidths(c *Context) []int {
	step := max(len(strconv.FormatUint(c.events(), 10)), 4)
	digits := max(len(cpuName(len(c.now().CPUs)-1)), 4)
	task := widest(4, 18, len(c.now().Tasks), func(i int) string { return taskName(&c.now().Tasks[i]) })
	when := 0
	if n := c.events(); n > 0 {
		when = len(instant(c.Log.Event(n).Time)) + len(" us")
	}
	switch {
	case c.W < 30:
		return []int{0, 1, -step, 0, digits, 0, c.W}
	case c.W < 60:
		return []int{1, 1, -step, 0, digits, 0, c.W}
	}
	return []int{1, 1, -step, -when, digits, task, c.W}
}

func eventsHead(c *Context) []text.Line {
	names := []string{"", "", "step", "time", "cpu", "task", "what"}
	cells := make([]cell, len(names))
	for i, s := range names {
		cells[i] = cell{Text: s, Role: text.Dim}
	}
	return []text.Line{cols(c, eventWidths(c), cells...)}
}

// openEvents shows step i+1 in row i, each read when it is drawn.
func openEvents(c *Context) page {
	n := int(min(c.events(), 1<<40))
	widths := eventWidths(c)
	return page{
		n:    n,
		look: int(min(c.now().Step, uint64(n))) - 1,
		row:  func(i int) text.Line { return eventRow(c, uint64(i)+1, widths) },
		to: func(i int) Target {
			e := c.Log.Event(uint64(i) + 1)
			to := NoTarget
			to.Step, to.CPU, to.Task = uint64(i)+1, int(e.CPU), int(e.Task)
			to.Device = int(e.Source)
			return to
		},
	}
}

func eventRow(c *Context, step uint64, widths []int) text.Line {
	e := c.Log.Event(step)
	role := text.Plain
	point := cell{Text: " "}
	switch now := c.now().Step; {
	case step == now:
		role, point = text.Here, cell{Text: c.pick("▶", ">"), Role: text.Here}
	case step > now:
		role = text.Dim // what comes is known, as long as nobody chooses otherwise
	}
	mark := cell{Text: " "}
	switch {
	case e.Flags&history.Found != 0:
		mark = cell{Text: "!", Role: text.Splat}
	case e.Flags&history.Chosen != 0:
		mark = cell{Text: "c", Role: text.Key}
	case c.Marks[step] != "":
		mark = cell{Text: "m", Role: text.Key}
	}
	if widths[0] == 0 && step == c.now().Step {
		mark = point
	}
	where := cell{}
	if n := c.moved(&e); n >= 0 {
		where = cell{Text: cpuName(n), Role: ofCPU(n)}
	}
	task := ""
	if e.Task >= 0 {
		task = c.Log.TaskName(int(e.Task))
	}
	l := cols(c, widths, point, mark, cell{Text: strconv.FormatUint(step, 10), Role: text.Dim},
		cell{Text: instant(e.Time) + " us", Role: text.Dim}, where,
		cell{Text: task, Role: text.Plain}, cell{Text: eventWords(c, &e), Role: role})
	if s := flagWords(e.Flags); s != "" {
		l = l.Add(text.Changed, "  "+s)
	}
	if note := c.Marks[step]; note != "" {
		l = l.Add(text.Key, "  "+note)
	}
	return l
}

// moved is the processor that a step moved, or that a device event reached; -1
// if it reached none.
func (c *Context) moved(e *history.Event) int {
	if e.Source == 0 {
		return int(e.CPU)
	}
	_, to, _ := device(c.Log.SourceName(int(e.Source)))
	return to
}

// device reads the name of a source of device events: from which processor it
// comes and which it reaches, -1 for none, and what it is.
func device(name string) (from, to int, what string) {
	if n, _ := fmt.Sscanf(name, "ipi %d->%d %s", &from, &to, &what); n == 3 {
		return from, to, what
	}
	if n, _ := fmt.Sscanf(name, "timer%d", &to); n == 1 {
		return -1, to, "timer"
	}
	return -1, -1, name
}

// eventWords is what a step did.
func eventWords(c *Context, e *history.Event) string {
	if e.Source != 0 {
		from, _, what := device(c.Log.SourceName(int(e.Source)))
		if from >= 0 {
			what = "ipi " + what + " of " + cpuName(from)
		}
		return c.pick("↓", "v") + " " + what
	}
	name := kindName(e.Kind)
	switch {
	case e.Flags&history.Took != 0:
		name = "take irq"
	case e.Kind == sim.KindNone && e.Flags&history.Woken != 0:
		name = "goes on"
	case e.Kind == sim.KindNone:
		name = "starts"
	}
	if e.Obj == 0 {
		return name
	}
	return name + " " + c.Log.ObjName(e.Obj)
}

// flagWords is what else happened in a step.
func flagWords(f history.Flags) string {
	var words []string
	for _, w := range []struct {
		flag history.Flags
		word string
	}{{history.Found, "FINDING"}, {history.Chosen, "chosen"}, {history.Printed, "logs"}, {history.Woken, "woken"}} {
		if f&w.flag != 0 {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, " ")
}
