package panes

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"lockstep/ui/text"
)

// fixtures by name.
var fixtures = map[string]func() *Context{
	"reader":    reader,
	"deadlock":  deadlock,
	"many":      func() *Context { return many(20) },
	"huge":      huge,
	"boosted":   boosted,
	"offloaded": offloaded,
	"body":      body,
	"devices":   devices,
	"nothing":   func() *Context { return &Context{} },
}

// TestViews draws each view as it is seen, at the widths of a pane at half and
// at the whole of 80 columns. Read what changes before rewriting.
//
//	view NAME of=reader w=78 [cpu=N] [ascii] [rows=N] [lock=NAME] [roles]
//	columns of=reader w=24 h=8 [ascii]
//	lines of=many w=38
func TestViews(t *testing.T) {
	datadriven.Walk(t, "testdata/views", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			of := "reader"
			d.MaybeScanArgs(t, "of", &of)
			c := fixtures[of]()
			d.MaybeScanArgs(t, "w", &c.W)
			d.MaybeScanArgs(t, "cpu", &c.CPU)
			d.MaybeScanArgs(t, "lock", &c.Lock)
			d.MaybeScanArgs(t, "search", &c.Search)
			if d.HasArg("place") {
				d.ScanArgs(t, "place", &c.File, &c.Line)
			}
			c.ASCII = d.HasArg("ascii")
			return golden(t, d, c)
		})
	})
}

// golden draws what a command asks for.
func golden(t *testing.T, d *datadriven.TestData, c *Context) string {
	rows := 40
	d.MaybeScanArgs(t, "rows", &rows)
	var lines []text.Line
	switch d.Cmd {
	case "columns":
		for i := range min(len(c.Now.CPUs), 4) {
			title, body := CPUColumn(c, i, c.W, rows)
			lines = append(append(append(lines, title), body...), nil)
		}
	case "lines":
		for i := range min(len(c.Now.CPUs), 5) {
			lines = append(lines, CPULine(c, i, c.W))
		}
	case "preview":
		for _, v := range All() {
			p := v.Preview(c)
			lines = append(lines, text.Line{{Text: v.Title, Role: text.Title}}, p[0], p[1])
		}
	default:
		v := Named(d.Cmd)
		if v == nil {
			t.Fatalf("no view %q", d.Cmd)
		}
		lines = append(v.Head(c), v.Draw(c, 0, rows)...)
	}
	var b strings.Builder
	for _, l := range lines {
		s := l.String()
		if d.HasArg("roles") {
			s = roles(l)
		}
		if s == "" {
			s = "-" // datadriven ends at a blank line
		}
		b.WriteString(s + "\n")
	}
	return b.String()
}

// roles marks the spans of a line with the numbers of their roles' names.
func roles(l text.Line) string {
	var b strings.Builder
	for _, s := range l {
		if s.Role == text.Plain {
			b.WriteString(s.Text)
		} else {
			fmt.Fprintf(&b, "‹%s:%s›", roleNames[s.Role], s.Text)
		}
	}
	return b.String()
}

var roleNames = [text.NRoles]string{
	text.Dim: "dim", text.Strong: "strong", text.Title: "title", text.Focus: "focus", text.Here: "here", text.Changed: "changed",
	text.Held: "held", text.Wait: "wait", text.Free: "free", text.Splat: "splat", text.Warn: "warn", text.Good: "good", text.Key: "key",
	text.Off: "off", text.Comment: "comment", text.Match: "match",
	text.CPU0: "cpu0", text.CPU1: "cpu1", text.CPU2: "cpu2", text.CPU3: "cpu3", text.CPU4: "cpu4",
}
