package model

import (
	"strings"

	"github.com/rivo/uniseg"

	"lockstep/ui/text"
)

// grid is a screen of characters, as a terminal without colours would show it.
type grid [][]string

func newGrid(w, h int) grid {
	g := make(grid, h)
	for y := range g {
		g[y] = make([]string, w)
		for x := range g[y] {
			g[y][x] = " "
		}
	}
	return g
}

// set puts a text at a place; what is outside is lost.
func (g grid) set(x, y int, s string) {
	for state := -1; s != ""; {
		var cluster string
		var w int
		cluster, s, w, state = uniseg.FirstGraphemeClusterInString(s, state)
		if y >= 0 && y < len(g) && x >= 0 && x < len(g[y]) {
			g[y][x] = cluster
			for i := 1; i < w && x+i < len(g[y]); i++ {
				g[y][x+i] = ""
			}
		}
		x += w
	}
}

// box draws a frame.
func (g grid) box(r text.Rect, edge string) {
	e := []rune(edge) // corners clockwise, horizontal, vertical
	for x := r.X; x < r.X+r.W; x++ {
		g.set(x, r.Y, string(e[4]))
		g.set(x, r.Y+r.H-1, string(e[4]))
	}
	for y := r.Y; y < r.Y+r.H; y++ {
		g.set(r.X, y, string(e[5]))
		g.set(r.X+r.W-1, y, string(e[5]))
	}
	g.set(r.X, r.Y, string(e[0]))
	g.set(r.X+r.W-1, r.Y, string(e[1]))
	g.set(r.X+r.W-1, r.Y+r.H-1, string(e[2]))
	g.set(r.X, r.Y+r.H-1, string(e[3]))
}

func (g grid) String() string {
	var b strings.Builder
	for _, row := range g {
		b.WriteString(strings.TrimRight(strings.Join(row, ""), " ") + "\n")
	}
	return b.String()
}

// draw is a frame as text.
func draw(f *text.Frame) string {
	g := newGrid(f.W, f.H)
	for _, p := range f.Panes {
		in := p.Rect
		if !p.Bare {
			in = p.Rect.Inner()
			edge := "┌┐┘└─│"
			if p.Focus {
				edge = "╔╗╝╚═║"
			}
			g.box(p.Rect, edge)
			g.set(p.Rect.X+1, p.Rect.Y, p.Title.String())
			g.set(p.Rect.X+p.Rect.W-1-p.Note.Width(), p.Rect.Y+p.Rect.H-1, p.Note.String())
		}
		for y := range in.H {
			g.set(in.X, in.Y+y, strings.Repeat(" ", in.W))
			if y < len(p.Lines) {
				g.set(in.X, in.Y+y, p.Lines[y].String())
			}
		}
	}
	return g.String()
}
