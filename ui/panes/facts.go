package panes

import "lockstep/ui/text"

// factLines is a name with facts behind it, in as many lines as they take; a
// fact is not broken as long as it fits into a line. What stands below the name
// begins where the first fact does.
func factLines(c *Context, name text.Span, facts []text.Line) []text.Line {
	const hang = 8
	if c.W <= 2*hang {
		line := text.Line{name}
		for _, f := range facts {
			line = append(line.Add(text.Plain, "  "), f...)
		}
		return wrap(c, line, 2)
	}
	inner := *c
	inner.W = c.W - hang
	var lines []text.Line
	for _, l := range packed(facts, inner.W) {
		lines = append(lines, wrap(&inner, l, 2)...)
	}
	if len(lines) == 0 {
		return []text.Line{{name}}
	}
	for i := range lines {
		lead := text.Line{{Text: " ", Role: text.Plain}}
		if i == 0 {
			lead = text.Line{name}
		}
		lines[i] = append(fitTo(c, lead, hang-1).Pad(hang), lines[i]...)
	}
	return lines
}
