package panes

import (
	"fmt"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var timersView = list("timers", "timers",
	"Device events to come, and each CPU's timers: wheel, hrtimers, tick.",
	timersSum, nil, openTimers)

func timersSum(c *Context) text.Line {
	s := c.now()
	l := text.L(fmt.Sprintf("%s on their way, %s", count(len(s.Devices), "event"), count(len(s.Timers), "timer")))
	if s.HighRes {
		l = l.Add(text.Plain, ", "+count(len(s.HRTimers), "hrtimer"))
	}
	return l
}

// openTimers goes from what is near to what is far: events in flight, and
// timers that an event will look at, by the CPU whose base they are in.
func openTimers(c *Context) page {
	var rows []row
	if d := deviceRows(c); len(d) > 0 {
		rows = append(rows, row{text.Line{{Text: "device events", Role: text.Strong}}, NoTarget})
		rows = append(rows, d...)
	}
	if d := baseRows(c); len(d) > 0 {
		rows = append(rows, row{text.Line{{Text: "timers by CPU", Role: text.Strong}, {Text: fmt.Sprintf("  jiffies %d", c.now().Jiffies), Role: text.Dim}}, NoTarget})
		rows = append(rows, d...)
	}
	return pageOf(rows, -1)
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
