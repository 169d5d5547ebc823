package panes

import (
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"lockstep/sim"
	"lockstep/ui/history"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// strange are texts that a view must survive: markup of other libraries, wide
// and joined characters, controls, broken UTF-8.
var strange = []string{
	"", "[rcu]", "[red]", "a", "ctx1->lock", "CPU0 perf/101", "名前", "é", "e\u0301\u0301", "👩‍👩‍👧 x", "🇩🇪🇫🇷", "\x1b[31m", "a\tb", "x\ny", "\xff\xfe", "\u202e", " ", "  lead",
	"a rather long text with many words in it that will not fit", "apic1", "apic-1", "rcu_preempt", "spin", "done 1 wait", "file.go:x", "{-.+?}",
}

// fill gives every field of a value something at random.
func fill(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		n := rapid.IntRange(0, 3).Draw(t, "len")
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i))
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "there") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem())
		}
	case reflect.String:
		v.SetString(rapid.SampledFrom(strange).Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bit"))
	case reflect.Int, reflect.Int16, reflect.Int32, reflect.Int64:
		n := rapid.OneOf(rapid.Int64Range(-2, 5), rapid.SampledFrom([]int64{70, 1e6, 1e10, int64(sim.Forever), math.MaxInt64, math.MinInt64})).Draw(t, "n")
		v.SetInt(n) // truncated to the kind
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(rapid.OneOf(rapid.Uint64Range(0, 40), rapid.SampledFrom([]uint64{0x80000000, math.MaxUint64})).Draw(t, "n"))
	}
}

// anyContext is what a view could be asked to draw.
func anyContext(t *rapid.T) *Context {
	c := &Context{
		CPU: rapid.IntRange(-1, 4).Draw(t, "cpu"), W: rapid.IntRange(10, 130).Draw(t, "w"), ASCII: rapid.Bool().Draw(t, "ascii"),
		Search: rapid.SampledFrom([]string{"", "", "[rcu]", "a", " ", "名", "ab"}).Draw(t, "search"), Stops: map[string]bool{"a:1": true},
		Lock: rapid.SampledFrom(strange).Draw(t, "lock"), File: rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(t, "file"),
		Marks: map[uint64]string{1: "名前", 2: ""},
	}
	if rapid.IntRange(0, 9).Draw(t, "snapshot") > 0 {
		c.Now = &snapshot.Snapshot{}
		fill(t, reflect.ValueOf(c.Now).Elem())
	}
	if rapid.Bool().Draw(t, "before") {
		c.Before = &snapshot.Snapshot{}
		fill(t, reflect.ValueOf(c.Before).Elem())
	}
	if rapid.Bool().Draw(t, "sources") {
		c.Source = fakeSources{"a": strange, "[rcu]": {"x"}}
	}
	if rapid.Bool().Draw(t, "log") {
		l := &fakeLog{objects: map[sim.ObjID]string{1: "apic0", 2: "apic1", 3: "名前\x1b"}, tasks: map[int]string{1: "[red]"}, sources: map[int]string{1: "ipi 1->0 X", 2: "timer1", 3: "\x00"}}
		for range rapid.IntRange(0, 12).Draw(t, "events") {
			var e history.Event
			fill(t, reflect.ValueOf(&e).Elem())
			l.events = append(l.events, e)
		}
		c.Log = l
	}
	return c
}

// checkLine holds every line to what is promised of all.
func checkLine(t *rapid.T, c *Context, where string, w int, l text.Line) {
	if n := l.Width(); n > w {
		t.Fatalf("%s: %d cells in %d: %q", where, n, w, l)
	}
	for _, s := range l {
		for _, r := range s.Text {
			if r < ' ' || r == 0x7f || c.ASCII && r > '~' {
				t.Fatalf("%s: %q in %q", where, r, l)
			}
		}
	}
}

// TestAnySnapshot: whatever is to be shown, no view panics, no line is too
// wide or has a control character in it, and the parts that are drawn are
// parts of the whole.
func TestAnySnapshot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyContext(t)
		for _, v := range All() {
			n := v.Rows(c)
			lines := v.Draw(c, 0, n+3)
			if len(lines) != n || v.Look(c) >= n || len(v.Draw(c, n, 5)) != 0 {
				t.Fatalf("%s: %d rows, %d drawn, look at %d", v.Name, n, len(lines), v.Look(c))
			}
			preview := v.Preview(c)
			for _, l := range append(append(v.Head(c), preview[:]...), lines...) {
				checkLine(t, c, v.Name, c.W, l)
			}
			v.Target(c, -1)
			v.Target(c, n)
			for i := range min(n, 20) {
				v.Target(c, i)
			}
			if n > 1 {
				if part := v.Draw(c, 1, 1); len(part) != 1 || part[0].String() != lines[1].String() {
					t.Fatalf("%s: row 1 is %q alone and %q among others", v.Name, part, lines[1])
				}
			}
		}
		for i := -1; i < 5; i++ {
			title, body := CPUColumn(c, i, c.W, 6)
			for _, l := range append(append(body, title), append(Why(c, i), CPULine(c, i, c.W))...) {
				checkLine(t, c, "cpu", c.W, l)
			}
		}
	})
}
