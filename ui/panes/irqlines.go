package panes

import (
	"fmt"
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// lineRows are an interrupt line: where it goes and how it stands, and below
// that its handlers and its entry of the IO-APIC.
func lineRows(c *Context, l *snapshot.Line) []row {
	to := NoTarget
	to.CPU = l.CPU
	facts := []text.Line{{{Text: l.Name, Role: text.Strong}, {Text: "  " + c.arrow(), Role: text.Plain}, {Text: cpuName(l.CPU), Role: ofCPU(l.CPU)},
		{Text: fmt.Sprintf(" 0x%02x", l.Vector), Role: text.Plain}}}
	facts = append(facts, lineStates(l)...)
	facts = append(facts, text.Line{{Text: fmt.Sprintf("%s %s, %d handled", l.Chip, l.Flow, l.Handled), Role: text.Dim}})
	if l.Pin != nil {
		facts = append(facts, pinFacts(l.Pin))
	}
	if len(l.Actions) > 0 {
		facts = append(facts, text.Line{{Text: "actions ", Role: text.Dim}, {Text: strings.Join(l.Actions, "; "), Role: text.Plain}})
	}
	var rows []row
	for _, line := range factLines(c, text.Span{Text: fmt.Sprintf("  %3d", l.IRQ), Role: text.Plain}, facts) {
		rows = append(rows, row{line, to})
	}
	return rows
}

// lineStates are the words for a line's descriptor.
func lineStates(l *snapshot.Line) []text.Line {
	var facts []text.Line
	add := func(is bool, role text.Role, s string) {
		if is {
			facts = append(facts, text.Line{{Text: s, Role: role}})
		}
	}
	add(l.InProgress, text.Here, "in progress")
	add(l.Pending, text.Warn, "pending")
	add(l.Replay, text.Warn, "replayed")
	add(l.Disabled, text.Wait, fmt.Sprintf("disabled, depth %d", l.Depth))
	add(l.Masked, text.Wait, "masked")
	add(l.Oneshot, text.Wait, "until its thread is done")
	add(l.Threads > 0, text.Here, count(l.Threads, "active thread"))
	add(l.MoveTo >= 0, text.Wait, "moves to "+cpuName(l.MoveTo))
	return facts
}

// pinFacts are the words for an entry of the IO-APIC. What of it is as the
// descriptor has it is left out.
func pinFacts(p *snapshot.Pin) text.Line {
	words := []string{"pin edge"}
	if p.Level {
		words[0] = "pin level"
	}
	for _, w := range []struct {
		is   bool
		word string
	}{
		{p.Asserted, "asserted"}, {p.RemoteIRR, "remote IRR"}, {p.InFlight, "message on its way"}, {p.Masked, "masked"},
		{p.Lost > 0, fmt.Sprintf("%d lost", p.Lost)},
	} {
		if w.is {
			words = append(words, w.word)
		}
	}
	role := text.Dim
	if p.Asserted || p.RemoteIRR || p.InFlight {
		role = text.Plain
	}
	return text.Line{{Text: strings.Join(words, ", "), Role: role}}
}
