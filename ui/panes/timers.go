package panes

import (
	"fmt"
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var timersView = list("timers", "timers and interrupts",
	"Device events to come, interrupts to be taken, the kernel's timers.",
	timersSum, nil, openTimers)

func timersSum(c *Context) text.Line {
	s := c.now()
	pending := 0
	for i := range s.CPUs {
		pending += len(s.CPUs[i].Pending)
	}
	return text.L(fmt.Sprintf("%s on their way, %s pending, %s",
		count(len(s.Devices), "event"), count(pending, "interrupt"), count(len(s.Timers), "kernel timer")))
}

// openTimers goes from what is near to what is far: interrupts that have
// arrived, events in flight, and timers that an event will look at.
func openTimers(c *Context) page {
	var rows []row
	section := func(name string, part []row) {
		if len(part) > 0 {
			rows = append(rows, row{text.Line{{Text: name, Role: text.Strong}}, NoTarget})
			rows = append(rows, part...)
		}
	}
	section("pending interrupts", pendingRows(c))
	section("device events", deviceRows(c))
	section("kernel timers", timerRows(c))
	return pageOf(rows, -1)
}

// pendingRows has each processor at which something has arrived.
func pendingRows(c *Context) []row {
	var rows []row
	for i := range c.now().CPUs {
		p := &c.now().CPUs[i]
		var parts []string
		if len(p.Pending) > 0 {
			parts = append(parts, strings.Join(p.Pending, ", "))
		} else if len(p.Irr) > 0 {
			parts = append(parts, vectors(p.Irr))
		}
		if len(p.Isr) > 0 {
			parts = append(parts, "in service "+vectors(p.Isr))
		}
		parts = append(parts, wordsOf(queuedFacts(p), "in service")...)
		if len(parts) == 0 {
			continue
		}
		role, note := text.Plain, ""
		if len(p.Pending) > 0 && !p.IrqsOn {
			role, note = text.Warn, "  (irqs off)"
		}
		to := NoTarget
		to.CPU = p.ID
		l := text.Line{{Text: "  ", Role: text.Plain}, {Text: cpuName(p.ID), Role: ofCPU(p.ID)}}.Pad(8)
		rows = append(rows, row{l.Add(role, " "+strings.Join(parts, "; ")+note), to})
	}
	return rows
}

// wordsOf are lines as texts, without those of a given beginning.
func wordsOf(lines []text.Line, without string) []string {
	var out []string
	for _, l := range lines {
		if s := l.String(); !strings.HasPrefix(s, without) {
			out = append(out, s)
		}
	}
	return out
}

// deviceRows are the queued events; a row's target can be fired.
func deviceRows(c *Context) []row {
	s := c.now()
	name := widest(6, 24, len(s.Devices), func(i int) string { return s.Devices[i].Name })
	var rows []row
	for i := range s.Devices {
		d := &s.Devices[i]
		rows = append(rows, row{deviceLine(c, d, i == s.NextDevice, min(name, max(c.W-19, 6))), deviceTarget(d)})
	}
	return rows
}

func deviceTarget(d *snapshot.Device) Target {
	to := NoTarget
	to.Device, to.CPU = d.Source, d.CPU
	return to
}

func deviceLine(c *Context, d *snapshot.Device, next bool, name int) text.Line {
	mark := cell{Text: " "}
	if next {
		mark = cell{Text: c.pick("▶", ">"), Role: text.Here}
	}
	where := cell{Text: deviceCPU(c, d), Role: ofCPU(d.CPU)}
	due := c.due(d.Due)
	widths := []int{1, 16, name, 8, c.W}
	if c.W < 60 {
		widths = []int{1, 13, name, 0, 0}
	}
	return cols(c, widths, mark, cell(due), cell{Text: d.Name, Role: text.Plain}, where, cell{Text: d.What, Role: text.Dim})
}

// deviceCPU is the processor an event will reach, with an arrow.
func deviceCPU(c *Context, d *snapshot.Device) string {
	if d.CPU < 0 {
		return ""
	}
	return c.arrow() + cpuName(d.CPU)
}

// timerRows are the kernel's own timers.
func timerRows(c *Context) []row {
	var rows []row
	for i := range c.now().Timers {
		t := &c.now().Timers[i]
		to := NoTarget
		to.CPU = t.CPU
		rows = append(rows, row{cols(c, []int{1, 6, c.W}, cell{Text: " "}, cell{Text: cpuName(t.CPU), Role: ofCPU(t.CPU)},
			cell{Text: fmt.Sprintf("jiffy %d  %s", t.Expires, t.Name), Role: text.Plain}), to})
	}
	return rows
}
