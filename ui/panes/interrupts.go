package panes

import (
	"fmt"
	"strings"

	"lockstep/irq"
	"lockstep/sim"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var interruptsView = list("interrupts", "interrupts",
	"Interrupt lines, each CPU's APIC, softirqs, irq_work, calls.",
	interruptsSum, nil, openInterrupts)

func interruptsSum(c *Context) text.Line {
	s := c.now()
	pending, soft := 0, 0
	for i := range s.CPUs {
		pending += len(s.CPUs[i].Pending)
		if len(s.CPUs[i].Softirqs) > 0 {
			soft++
		}
	}
	l := text.L(count(pending, "interrupt") + " pending, softirqs on " + count(soft, "CPU"))
	if len(s.Lines) > 0 {
		l = l.Add(text.Plain, ", "+count(len(s.Lines), "line"))
	}
	return l
}

// openInterrupts goes the way an interrupt does: lines, then the processors
// with what has arrived at them and what is left for the end of an interrupt.
func openInterrupts(c *Context) page {
	var rows []row
	look := -1
	s := c.now()
	if len(s.Lines) > 0 {
		rows = append(rows, row{text.Line{{Text: "lines", Role: text.Strong}}, NoTarget})
		for i := range s.Lines {
			rows = append(rows, lineRows(c, &s.Lines[i])...)
		}
		rows = append(rows, row{text.Line{{Text: "CPUs", Role: text.Strong}}, NoTarget})
	}
	for i := range s.CPUs {
		p := &s.CPUs[i]
		if p.ID == c.CPU {
			look = len(rows)
		}
		to := NoTarget
		to.CPU = p.ID
		for _, l := range factLines(c, text.Span{Text: cpuName(p.ID), Role: ofCPU(p.ID)}, interruptFacts(c, p)) {
			rows = append(rows, row{l, to})
		}
	}
	return pageOf(rows, look)
}

// interruptFacts are a processor's interrupt flag, its APIC's registers, and
// what waits there; what is zero is left out.
func interruptFacts(c *Context, p *snapshot.CPU) []text.Line {
	var facts []text.Line
	add := func(role text.Role, format string, args ...any) {
		facts = append(facts, text.Line{{Text: fmt.Sprintf(format, args...), Role: role}})
	}
	if p.IrqsOn {
		add(text.Plain, "irqs on")
	} else {
		add(text.Strong, "irqs off")
	}
	a := c.apic(p.ID)
	if a.NMIBlocked {
		add(text.Strong, "in an NMI")
	}
	if a.NMI {
		add(text.Warn, "NMI latched")
	}
	if len(p.Isr) > 0 {
		add(text.Here, "ISR %s", c.vectorNames(p.ID, p.Isr))
	}
	if len(p.Irr) > 0 {
		role := text.Plain
		if !p.IrqsOn {
			role = text.Warn
		}
		add(role, "IRR %s", c.vectorNames(p.ID, p.Irr))
	}
	if len(a.TMR) > 0 {
		add(text.Dim, "TMR %s", vectors(a.TMR))
	}
	if a.PPR > 0 || a.TPR > 0 {
		add(text.Dim, "TPR 0x%02x PPR 0x%02x", a.TPR, a.PPR)
	}
	if a.Spurious {
		add(text.Warn, "spurious")
	}
	facts = append(facts, laterFacts(p, a)...)
	facts = append(facts, watchFacts(c, p.ID)...)
	return append(facts, apicTimer(c, p.ID, a))
}

// laterFacts are what is left for the end of an interrupt or for the next one.
func laterFacts(p *snapshot.CPU, a *snapshot.APIC) []text.Line {
	var facts []text.Line
	add := func(what string, list []string, sep string) {
		if len(list) > 0 {
			facts = append(facts, text.Line{{Text: what + " ", Role: text.Dim}, {Text: strings.Join(list, sep), Role: text.Wait}})
		}
	}
	number := func(n int, one string, list []string) {
		if n > 0 && len(list) == 0 {
			facts = append(facts, text.Line{{Text: count(n, one), Role: text.Wait}})
		}
	}
	add("softirqs", p.Softirqs, " ")
	add("tasklets", a.Tasklets, ", ")
	add("irq_work", a.Works, ", ")
	number(p.IrqWork, "irq_work item", a.Works)
	add("calls", a.Calls, "; ")
	number(p.Calls, "call", a.Calls)
	return facts
}

// watchFacts are what the lockup detectors know of a processor: how long ago
// the watchdog's thread ran there, and that its timer has not interrupted since
// the last NMI.
func watchFacts(c *Context, cpu int) []text.Line {
	s := c.now()
	if cpu < 0 || cpu >= len(s.Watchdog) {
		return nil
	}
	w := &s.Watchdog[cpu]
	since := text.Span{Text: "watchdog touched", Role: text.Dim}
	if w.Touched > 0 {
		ago := max(int64(uint64(max(s.Time, 0))>>30-w.Touched), 0)
		since.Text = fmt.Sprintf("watchdog ran %d s ago", ago)
	}
	facts := []text.Line{{since}}
	if w.Saved > 0 && w.Saved == w.Interrupts {
		facts = append(facts, text.Line{{Text: "no timer since the last NMI", Role: text.Warn}})
	}
	if w.Soft {
		facts = append(facts, text.Line{{Text: "! soft lockup", Role: text.Splat}})
	}
	if w.Hard {
		facts = append(facts, text.Line{{Text: "! hard lockup", Role: text.Splat}})
	}
	return facts
}

// apicTimer is the local timer in a few words. One that the periodic tick has
// armed has its expiry among the device events.
func apicTimer(c *Context, cpu int, a *snapshot.APIC) text.Line {
	t := a.Timer
	for i := range c.now().Devices {
		if d := &c.now().Devices[i]; t.Due == 0 && d.CPU == cpu && d.What == irq.LocalTimer.Purpose() {
			t.Due = d.Due
		}
	}
	s := "timer"
	if t.Mode != "" {
		s += " " + t.Mode
	}
	switch {
	case t.Due > 0 && t.Due < sim.Forever:
		s += " " + c.due(t.Due).Text
	case t.Armed:
		s += " armed"
	default:
		s += " off"
	}
	if t.Period > 0 && t.Mode == irq.Periodic.String() {
		s += ", every " + duration(t.Period)
	}
	if t.Masked {
		s += ", masked"
	}
	return text.Line{{Text: s, Role: text.Dim}}
}

// apic is a processor's local APIC, an empty one if it is not known.
func (c *Context) apic(i int) *snapshot.APIC {
	if s := c.now(); i >= 0 && i < len(s.APICs) {
		return &s.APICs[i]
	}
	return &snapshot.APIC{}
}

// vectorNames are vectors with what they are for, on a processor: "0xef timer
// tick, 0x41 irq 4 ttyS0".
func (c *Context) vectorNames(cpu int, vs []int) string {
	names := make([]string, len(vs))
	for i, v := range vs {
		names[i] = fmt.Sprintf("0x%02x %s", v, c.vectorName(cpu, v))
	}
	return strings.Join(names, ", ")
}

func (c *Context) vectorName(cpu, v int) string {
	s := c.now()
	for i := range s.Lines {
		if l := &s.Lines[i]; l.CPU == cpu && l.Vector == v {
			return fmt.Sprintf("irq %d %s", l.IRQ, l.Name)
		}
	}
	return irq.Vector(v).Purpose()
}
