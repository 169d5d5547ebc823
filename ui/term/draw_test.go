package term_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"lockstep/ui/term"
	"lockstep/ui/term/screentest"
	"lockstep/ui/text"
)

func noEnv(string) string { return "" }

// desk is a frame with everything that a frame can have: a bare header and
// footer, a pane that has the keys, one that has not, and over both a list.
func desk(w, h int) *text.Frame {
	left := w / 2
	body := h - 2
	return &text.Frame{W: w, H: h, CursorX: 3, CursorY: 2, Panes: []text.Pane{
		{Name: "header", Bare: true, Rect: text.Rect{W: w, H: 1}, Lines: []text.Line{
			text.L(" lockstep  ").Add(text.Strong, "[rcu] tree.toml").Add(text.Dim, "  step 1204  t=3.204ms"),
		}},
		{
			Name: "cpu", Focus: true, Rect: text.Rect{Y: 1, W: left, H: body},
			Title: text.L("CPU0 [red] ").Add(text.Good, "rcu_gp_kthread"), Note: text.L("2 more"),
			Lines: []text.Line{
				text.L("").Add(text.Here, "> raw_spin_lock(rnp)"),
				text.L("  [-] [b] [::u] [red]x[-] [\"r\"]"),
				text.Line{{Text: "selected", Role: text.Cursor}}.Pad(left - 2),
				text.L("漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字"),
				text.L("e\u0301 n\u0303 a\u0308\u0323 \U0001F1E9\U0001F1EA 👩\u200d💻 |"),
				text.L("tab\there nul\x00 esc\x1b[31mred del\x7f c1\u009b rtl\u202e bad\xff."),
				text.L("").Add(text.Comment, "// comment ").Add(text.Match, "match").Add(text.Off, " off"),
			},
		},
		{
			Name: "locks", Rect: text.Rect{X: left, Y: 1, W: w - left, H: body},
			Title: text.L("locks"), Note: text.L("1/3"),
			Lines: []text.Line{
				text.L("").Add(text.Held, "H held").Add(text.Plain, " rnp->lock {-.+?}"),
				text.L("").Add(text.Wait, "W wait").Add(text.CPU0, " CPU0").Add(text.CPU1, " CPU1"),
				text.L("").Add(text.Free, "· free").Add(text.Changed, " changed"),
				text.L("").Add(text.Splat, "! splat").Add(text.Warn, " warn").Add(text.Key, " s"),
			},
		},
		{
			Name: "list", Rect: text.Rect{X: left - 4, Y: 3, W: 10, H: min(5, h-3)},
			Title: text.L("[pick] a long title"), Lines: []text.Line{text.L("one"), text.L("界two"), text.L("three")},
		},
		{Name: "footer", Bare: true, Rect: text.Rect{Y: h - 1, W: w, H: 1}, Lines: []text.Line{
			text.L(" ").Add(text.Key, "s").Add(text.Plain, " step  ").Add(text.Key, "?").Add(text.Plain, " help"),
		}},
	}}
}

// TestDraw draws the frame synchronously, with no application around it.
func TestDraw(t *testing.T) {
	datadriven.RunTest(t, "testdata/draw", func(t *testing.T, d *datadriven.TestData) string {
		var size string
		name := "auto"
		d.ScanArgs(t, "size", &size)
		d.MaybeScanArgs(t, "theme", &name)
		var w, h int
		if _, err := fmt.Sscanf(size, "%dx%d", &w, &h); err != nil {
			t.Fatal(err)
		}
		th, err := term.Themed(name, noEnv)
		if err != nil {
			t.Fatal(err)
		}
		th.ASCII = d.HasArg("ascii")
		s := screentest.New(w, h)
		term.Draw(s, desk(w, h), th)
		txt, styles := screentest.Dump(s)
		return txt + "-- styles\n" + styles
	})
}

// TestDrawBracketsAreLiteral holds every bracketed word against the screen, in
// text, titles and notes.
func TestDrawBracketsAreLiteral(t *testing.T) {
	th, err := term.Themed("mono", noEnv)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"[rcu]", "[red]", "[-]", "[::b]", "[]", "[[]", "[red[]", "[\"x\"]", "[CPU0]", "[#ff0000]", "[ 1.0]"} {
		sim := screentest.New(20, 3)
		term.Draw(sim, &text.Frame{W: 20, H: 3, CursorX: -1, Panes: []text.Pane{{
			Rect: text.Rect{W: 20, H: 3}, Title: text.L(s), Note: text.L(s), Lines: []text.Line{text.L(s)},
		}}}, th)
		txt, _ := screentest.Dump(sim)
		if n := strings.Count(txt, s); n != 3 {
			t.Errorf("%q is there %d times, want 3:\n%s", s, n, txt)
		}
	}
}

// TestDrawDegenerate draws panes that have no room, in part outside, and on
// screens smaller than the frame.
func TestDrawDegenerate(t *testing.T) {
	th, err := term.Themed("auto", noEnv)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]int{{0, 0}, {1, 1}, {2, 2}, {7, 3}, {80, 1}} {
		sim := screentest.New(size[0], size[1])
		term.Draw(sim, desk(80, 24), th)
		for n := range 4 {
			term.Draw(sim, &text.Frame{W: 80, H: 24, Panes: []text.Pane{
				{Rect: text.Rect{X: -2, Y: -1, W: n, H: n}, Title: text.L("漢"), Lines: []text.Line{text.L("漢"), text.L("x")}},
				{Rect: text.Rect{X: 1, Y: 1, W: n, H: n}, Note: text.L("漢字"), Lines: []text.Line{text.L("漢")}},
			}}, th)
		}
		term.Draw(sim, nil, th)
		if txt, _ := screentest.Dump(sim); strings.TrimSpace(txt) != "" {
			t.Errorf("%v: no frame left %q", size, txt)
		}
	}
}

// TestASCII: in ASCII mode nothing else reaches the screen, and no width changes.
func TestASCII(t *testing.T) {
	th, err := term.Themed("auto", noEnv)
	if err != nil {
		t.Fatal(err)
	}
	s := screentest.New(80, 24)
	term.Draw(s, desk(80, 24), th)
	unicode, _ := screentest.Dump(s)
	th.ASCII = true
	term.Draw(s, desk(80, 24), th)
	ascii, _ := screentest.Dump(s)
	for i, r := range ascii {
		if r >= 0x80 {
			t.Errorf("%q at %d of\n%s", r, i, ascii)
		}
	}
	u, a := strings.Split(unicode, "\n"), strings.Split(ascii, "\n")
	for i := range u {
		if text.L(u[i]).Width() != text.L(a[i]).Width() {
			t.Errorf("line %d:\n%s\n%s", i, u[i], a[i])
		}
	}
}

// BenchmarkDraw draws and shows the frame on a large screen, each time as if
// nothing of it were there yet.
func BenchmarkDraw(b *testing.B) {
	th, err := term.Themed("auto", noEnv)
	if err != nil {
		b.Fatal(err)
	}
	s, f := screentest.New(200, 60), desk(200, 60)
	for b.Loop() {
		term.Draw(s, f, th)
		s.Sync()
	}
}
