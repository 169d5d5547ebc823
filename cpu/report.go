package cpu

import (
	"strings"

	"lockstep/cpu/lockdep"
)

// record is one printk record of a report and its price in characters.
type record struct {
	text  string
	width int
}

// reportRecords turns a validator's report into what printk is given: a
// record a line, a whole stack in one. Prices are the same whether stacks
// were captured or not.
func (m *Machine) reportRecords(r *lockdep.Report) []record {
	var tr lockdep.Tracer
	if m.Tracer != nil {
		tr = &lockTracer{m.Tracer, m}
	}
	var out []record
	for i := range r.Lines {
		one := *r
		one.Lines = r.Lines[i : i+1]
		var b strings.Builder
		one.Render(&b, tr)
		rec := record{text: strings.TrimSuffix(b.String(), "\n"), width: lineWidth}
		if l := &r.Lines[i]; l.Backtrace || l.Indent > 0 {
			rec.width = stackWidth
		} else if rec.text == "" {
			rec.width = 1
		}
		out = append(out, rec)
	}
	return out
}

// stackText prints a captured stack for a warning.
func (m *Machine) stackText(s lockdep.Stack) string {
	if m.Tracer == nil || s == 0 {
		return "Call Trace:\n (stack not captured)"
	}
	return "Call Trace:\n" + strings.TrimSuffix(m.Tracer.Text(s, " "), "\n")
}
