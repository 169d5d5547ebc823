package panes

import (
	"strings"

	"lockstep/ui/text"
)

var findingsView = list("findings", "findings",
	"What the oracles saw so far, and the verdict of the run.",
	findingsSum, nil, openFindings)

func findingsSum(c *Context) text.Line {
	n := len(c.now().Findings)
	l := text.Line{{Text: "no finding so far", Role: text.Good}}
	if n > 0 {
		l = text.Line{{Text: "! " + count(n, "finding"), Role: text.Splat}}
	}
	if end := c.now().End; end != "" {
		l = l.Add(text.Plain, "; the run is over: ").Add(text.Strong, end)
	}
	return l
}

// openFindings has each finding with its text, broken where it is too wide.
func openFindings(c *Context) page {
	rows := []row{{findingsSum(c), NoTarget}}
	for _, f := range c.now().Findings {
		to := NoTarget
		to.CPU = f.CPU
		head := text.Line{{Text: "! " + f.Kind, Role: text.Splat}}
		if f.Title != f.Kind && f.Title != "" {
			head = head.Add(text.Strong, ": "+f.Title)
		}
		if f.CPU >= 0 {
			head = head.Add(text.Plain, " on ").Add(ofCPU(f.CPU), cpuName(f.CPU))
		}
		for _, l := range wrap(c, head, 2) {
			rows = append(rows, row{l, to})
		}
		for s := range strings.SplitSeq(strings.TrimRight(f.Text, "\n"), "\n") {
			if f.Text == "" {
				break
			}
			hang := len(s) - len(strings.TrimLeft(s, " ")) + 2
			for _, l := range wrap(c, text.L(s), hang) {
				rows = append(rows, row{l, to})
			}
		}
	}
	return pageOf(rows, -1)
}
