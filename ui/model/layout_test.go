package model

import (
	"fmt"
	"testing"

	"github.com/cockroachdb/datadriven"
	"pgregory.net/rapid"

	"lockstep/ui/text"
)

// boxes draws an arrangement.
func boxes(a Args) string {
	g := newGrid(a.W, a.H)
	r := Layout(a)
	draw := func(name string, r text.Rect) {
		switch {
		case r.W <= 0 || r.H <= 0:
		case r.H == 1 || r.W == 1:
			g.set(r.X, r.Y, fmt.Sprintf("<%s%*s>", name, max(r.W-len(name)-2, 0), ""))
		default:
			g.box(r, "┌┐┘└─│")
			g.set(r.X+1, r.Y, name)
		}
	}
	draw("header", r.Header)
	for i, c := range r.CPUs {
		draw(fmt.Sprintf("cpu%d", r.First+i), c)
	}
	draw("more", r.More)
	for i, name := range []string{"left", "upper", "lower", "bottom"} {
		draw(name, r.Slots[i])
	}
	draw("message", r.Message)
	draw("footer", r.Footer)
	return g.String()
}

// TestLayout: see testdata/layout.
func TestLayout(t *testing.T) {
	datadriven.RunTest(t, "testdata/layout", func(t *testing.T, d *datadriven.TestData) string {
		a := Args{CPUs: 2}
		d.ScanArgs(t, "w", &a.W)
		d.ScanArgs(t, "h", &a.H)
		d.MaybeScanArgs(t, "cpus", &a.CPUs)
		d.MaybeScanArgs(t, "first", &a.First)
		d.MaybeScanArgs(t, "zoom", (*int)(&a.Zoom))
		d.MaybeScanArgs(t, "focus", (*int)(&a.Focus))
		return boxes(a)
	})
}

// TestLayoutCovers: whatever the size, no cell belongs to two, none lies
// outside, every cell of a screen that is not tiny belongs to one, and the slot
// with the focus is in sight there.
func TestLayoutCovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Args{
			W: rapid.IntRange(0, 200).Draw(t, "w"), H: rapid.IntRange(0, 70).Draw(t, "h"),
			CPUs: rapid.IntRange(0, 70).Draw(t, "cpus"), First: rapid.IntRange(-3, 80).Draw(t, "first"),
			Zoom: Zoom(rapid.IntRange(0, 2).Draw(t, "zoom")), Focus: Slot(rapid.IntRange(0, 3).Draw(t, "focus")),
		}
		r := Layout(a)
		seen := make([]int, a.W*a.H)
		all := append([]text.Rect{r.Header, r.Message, r.Footer, r.More}, r.CPUs...)
		for _, q := range append(all, r.Slots[:]...) {
			for y := q.Y; y < q.Y+q.H; y++ {
				for x := q.X; x < q.X+q.W; x++ {
					if x < 0 || x >= a.W || y < 0 || y >= a.H {
						t.Fatalf("%v lies outside", q)
					}
					if seen[y*a.W+x]++; seen[y*a.W+x] > 1 {
						t.Fatalf("%d,%d belongs to two", x, y)
					}
				}
			}
		}
		if a.W < tinyW || a.H < tinyH {
			return
		}
		if f := r.Slots[a.Focus]; f.W < 3 || f.H < 3 {
			t.Fatalf("the slot with the focus is %v", f)
		}
		for i, n := range seen {
			if n == 0 && a.CPUs > 0 {
				t.Fatalf("%d,%d belongs to nobody", i%a.W, i/a.W)
			}
		}
	})
}
