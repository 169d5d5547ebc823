package snapshot

import (
	"slices"
	"strings"

	"lockstep/printk"
)

// logCache is what was taken of the kernel log and of the findings. Both only
// grow, so snapshots have longer and longer parts of one slice.
type logCache struct {
	lines    []Record
	start    []int // of each record: its first line
	console  uint64
	findings []Finding
}

// takeConsole takes the kernel log.
func (t *Taker) takeConsole() []Record {
	c := &t.log
	records := t.m.Printk.Records()
	seq := t.m.Printk.ConsoleSeq()
	// Of what was taken before, only records that were before the consoles or
	// under way then may have been printed since.
	for i := max(int(c.console)-1, 0); i < min(int(seq), len(c.start)); i++ {
		if at := c.start[i]; records[i].OnConsole && !c.lines[at].Printed {
			c.lines = slices.Clone(c.lines) // older snapshots keep theirs
			for ; at < len(c.lines) && c.lines[at].Seq == i; at++ {
				c.lines[at].Printed = true
			}
		}
	}
	c.console = seq
	for i := len(c.start); i < len(records); i++ {
		c.add(i, &records[i])
	}
	return c.lines[:len(c.lines):len(c.lines)]
}

func (c *logCache) add(seq int, r *printk.Record) {
	c.start = append(c.start, len(c.lines))
	for _, text := range strings.Split(r.Text, "\n") {
		c.lines = append(c.lines, Record{Seq: seq, CPU: r.CPU, Level: r.Level, Time: r.Time, Text: text, Printed: r.OnConsole})
	}
}

// takeFindings takes what the oracles saw.
func (t *Taker) takeFindings() []Finding {
	c := &t.log
	for _, f := range t.m.CPU.Findings()[len(c.findings):] {
		text := f.Text
		if f.Report != nil {
			text = t.m.CPU.ReportText(f.Report)
		}
		c.findings = append(c.findings, Finding{
			Kind: f.Kind, Title: f.Title, Text: text, CPU: f.CPU, Step: f.Step, Time: f.Time, Classes: slices.Clone(f.Classes),
		})
	}
	return c.findings[:len(c.findings):len(c.findings)]
}
