package model

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"lockstep/ui/panes"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

type cpuState = snapshot.State

const (
	ready, halted, stopped, irqNext = snapshot.Ready, snapshot.Halted, snapshot.Stopped, snapshot.Irq
)

// keysOfAll are all keys that are bound anywhere, and some text.
func keysOfAll() []string {
	keys := []string{"a", "b", "x", " ", "é", "0", "%"}
	for _, a := range table() {
		for _, k := range a.Keys {
			if k != "ctrl-z" && k != "ctrl-c" {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// check holds a frame to what every frame owes: its size, panes within it,
// no line wider than its pane, and the help in the footer.
func check(t interface{ Fatalf(string, ...any) }, m *Model) {
	f := m.Frame()
	if f.W != m.w || f.H != m.h {
		t.Fatalf("frame of %d by %d, screen %d by %d", f.W, f.H, m.w, m.h)
	}
	footer := false
	for _, p := range f.Panes {
		r := p.Rect
		if r.X < 0 || r.Y < 0 || r.W <= 0 || r.H <= 0 || r.X+r.W > f.W || r.Y+r.H > f.H {
			t.Fatalf("%s lies at %v on %d by %d", p.Name, r, f.W, f.H)
		}
		in := r
		if !p.Bare {
			in = r.Inner()
			for _, l := range []text.Line{p.Title, p.Note} {
				if l.Width() > in.W {
					t.Fatalf("%s: %q is wider than the edge, %d", p.Name, l, in.W)
				}
			}
		}
		if len(p.Lines) > in.H {
			t.Fatalf("%s: %d lines in %d rows", p.Name, len(p.Lines), in.H)
		}
		for _, l := range p.Lines {
			if l.Width() > in.W {
				t.Fatalf("%s: %q is wider than %d", p.Name, l, in.W)
			}
		}
		if p.Name == paneFooter && strings.Contains(p.Lines[0].String(), "? help") {
			footer = true
		}
	}
	if f.CursorX >= f.W || f.CursorY >= f.H {
		t.Fatalf("cursor at %d,%d on %d by %d", f.CursorX, f.CursorY, f.W, f.H)
	}
	if !footer && m.prompt == nil && f.W >= 6 && f.H >= 2 {
		t.Fatalf("no help in the footer at %d by %d", f.W, f.H)
	}
}

// TestAnything: whatever is pressed or clicked on a screen of whatever size,
// nothing breaks and no line is wider than its place.
func TestAnything(t *testing.T) {
	keys := keysOfAll()
	rapid.Check(t, func(t *rapid.T) {
		m := New(newFake(rapid.IntRange(1, 12).Draw(t, "cpus"), rapid.IntRange(1, 30).Draw(t, "locks"), 60),
			Options{ASCII: rapid.Bool().Draw(t, "ascii"), Sources: fakeSource{}})
		for range rapid.IntRange(1, 30).Draw(t, "events") {
			var ev Event
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				ev.W, ev.H = rapid.IntRange(1, 200).Draw(t, "w"), rapid.IntRange(1, 70).Draw(t, "h")
			case 1:
				ev.Mouse = rapid.SampledFrom([]string{"click", "double", "wheel-up", "wheel-down"}).Draw(t, "mouse")
				ev.X, ev.Y = rapid.IntRange(0, m.w-1).Draw(t, "x"), rapid.IntRange(0, m.h-1).Draw(t, "y")
			case 2:
				ev.Paste = rapid.SampledFrom([]string{"break lock A", "  a\nb ", "漢字かな", "\x1b[31m"}).Draw(t, "paste")
			default:
				ev.Key = rapid.SampledFrom(keys).Draw(t, "key")
			}
			if m.Handle(ev, nil) {
				return // the line that was typed quits
			}
			check(t, m)
		}
	})
}

// TestAllSizes: the screen comes out at every size, with and without a list.
func TestAllSizes(t *testing.T) {
	m := New(newFake(9, 20, 60), Options{Sources: fakeSource{}})
	r := rand.New(rand.NewSource(1))
	for range 700 {
		m.Handle(Event{W: 1 + r.Intn(200), H: 1 + r.Intn(70)}, nil)
		check(t, m)
		m.Handle(Event{Key: []string{"?", "esc", "v", "q", "tab", "+", "s", "a", ":"}[r.Intn(9)]}, nil)
		check(t, m)
	}
}

// TestInterrupt: a long walk shows how far it is, and stands where it got to
// when it is interrupted.
func TestInterrupt(t *testing.T) {
	f := newFake(2, 3, 1_000_000)
	m := New(f, Options{})
	m.Frame()
	shown := ""
	show := func(fr *text.Frame) {
		if shown == "" {
			shown = draw(fr)
		}
		if f.pos >= 5000 {
			m.Interrupt()
		}
	}
	m.Handle(Event{Key: "p"}, show) // a short walk tells nothing
	if shown != "" {
		t.Errorf("a short walk showed\n%s", shown)
	}
	m.Handle(Event{Key: ":"}, show)
	typed2(m, "goto 900000", show)
	if f.pos < 5000 || f.pos > 7000 {
		t.Errorf("stands at %d", f.pos)
	}
	if want := "step 1010… Esc stops here"; !strings.Contains(shown, want) {
		t.Errorf("no %q on\n%s", want, shown)
	}
	if got := m.msg.String(); !strings.HasPrefix(got, "interrupted at step ") {
		t.Errorf("message %q", got)
	}
	m.Interrupt() // nobody walks
	m.Handle(Event{Key: "s"}, nil)
	if got := m.msg.String(); strings.HasPrefix(got, "interrupted") {
		t.Errorf("the next walk was interrupted too: %q", got)
	}
}

func typed2(m *Model, line string, show func(*text.Frame)) {
	for _, r := range line {
		m.Handle(Event{Key: string(r)}, show)
	}
	m.Handle(Event{Key: "enter"}, show)
}

type file struct {
	bytes.Buffer
	closed bool
}

func (f *file) Close() error { f.closed = true; return nil }

// TestTakeAway: the token is copied and written through the options.
func TestTakeAway(t *testing.T) {
	var out file
	copied := ""
	f := newFake(2, 3, 40)
	m := New(f, Options{
		Copy: func(s string) error { copied = s; return nil },
		Create: func(name string) (io.WriteCloser, error) {
			if name != "out.token" {
				return nil, errors.New("no such directory")
			}
			return &out, nil
		},
	})
	m.Handle(Event{Key: "y"}, nil)
	if copied != f.Token().String() || m.msg.String() != "copied: "+copied {
		t.Errorf("copied %q, said %q", copied, m.msg)
	}
	m.Handle(Event{Key: ":"}, nil)
	typed(m, "w out.token")
	if !f.saved || !out.closed || out.String() != "token\n" || m.msg.String() != "written: out.token" {
		t.Errorf("written %q, said %q", out.String(), m.msg)
	}
	m.Handle(Event{Key: ":"}, nil)
	typed(m, "w /x/y")
	if got := m.msg.String(); got != ":w /x/y: no such directory" {
		t.Errorf("said %q", got)
	}
	m.Handle(Event{W: 30, H: 20}, nil)
	m.Handle(Event{Key: "y"}, nil)
	if len(m.popups) != 1 {
		t.Fatal("a token that is too long for the message is not shown")
	}
	got := ""
	for _, l := range m.popups[0].text(m, 28) {
		got += l.String()
	}
	if got != copied {
		t.Errorf("shown as %q", got)
	}
}

// TestNextMatch compares the search with one that looks at every row.
func TestNextMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab"}), 1, 2000).Draw(t, "rows")
		what := rapid.SampledFrom([]string{"a", "b", "ab", "c"}).Draw(t, "what")
		n := len(rows)
		row := rapid.IntRange(-1, n-1).Draw(t, "row")
		d := rapid.SampledFrom([]int{1, -1}).Draw(t, "d")
		v := &panes.View{Draw: func(_ *panes.Context, from, k int) []text.Line {
			var ls []text.Line
			for _, r := range rows[from : from+k] {
				ls = append(ls, text.L(r))
			}
			return ls
		}}
		want := -1
		for i := 1; i <= n; i++ {
			if at := ((row+d*i)%n + n) % n; strings.Contains(rows[at], what) {
				want = at
				break
			}
		}
		got, err := nextMatch(context.Background(), &panes.Context{}, v, what, row, n, d)
		if got != want || err != nil {
			t.Fatalf("%d, %v; want %d", got, err, want)
		}
	})
}

// TestCut: never wider, and the same if it fits.
func TestCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l text.Line
		for _, s := range rapid.SliceOf(rapid.StringMatching(`[a-c漢é ]{0,6}`)).Draw(t, "spans") {
			l = l.Add(text.Plain, s)
		}
		w := rapid.IntRange(0, 20).Draw(t, "w")
		got := cut(l, w, rapid.Bool().Draw(t, "ascii"))
		if n := uniseg.StringWidth(got.String()); n > w {
			t.Fatalf("%q takes %d cells, not %d", got, n, w)
		}
		if l.Width() <= w && got.String() != l.String() {
			t.Fatalf("%q became %q", l, got)
		}
	})
}

// BenchmarkKey is a step and the screen after it on a machine of 64 processors
// and 1,000 locks. The fake makes its snapshots outside of what is measured.
func BenchmarkKey(b *testing.B) {
	for _, view := range []string{"locks", "events", "lockgraph"} {
		b.Run(view, func(b *testing.B) {
			f := &still{fake: newFake(64, 1000, 1<<40)}
			f.pos, f.seen = 100_000, 100_000
			f.now = f.fake.snapshot(f.pos)
			m := New(f, Options{W: 200, H: 60, Sources: fakeSource{}})
			m.Handle(Event{Key: ":"}, nil)
			typed(m, "view "+view)
			b.ReportAllocs()
			for b.Loop() {
				m.Handle(Event{Key: "s"}, nil)
				m.Frame()
			}
		})
	}
}

// still is a fake whose snapshot is always the same.
type still struct {
	*fake
	now *snapshot.Snapshot
}

func (s *still) At() *snapshot.Snapshot     { return s.now }
func (s *still) Before() *snapshot.Snapshot { return s.now }
