package term

import (
	"github.com/gdamore/tcell/v2"

	"lockstep/ui/text"
)

// Draw puts a frame on the screen in a theme's look; what does not fit is cut.
// The caller shows the screen. A nil frame is an empty screen.
func Draw(screen tcell.Screen, f *text.Frame, th *Theme) {
	screen.Clear()
	screen.HideCursor()
	if f == nil {
		return
	}
	p := painter{screen: screen, th: th}
	p.w, p.h = screen.Size()
	for i := range f.Panes {
		p.pane(&f.Panes[i])
	}
	if f.CursorX >= 0 {
		screen.ShowCursor(f.CursorX, f.CursorY)
	}
}

// painter draws panes onto a screen of w by h cells.
type painter struct {
	screen tcell.Screen
	th     *Theme
	w, h   int
}

// pane draws a pane over whatever is there.
func (p *painter) pane(pn *text.Pane) {
	p.cut(pn.Rect)
	body := pn.Rect
	if !pn.Bare {
		p.frame(pn)
		body = body.Inner()
	}
	for row := range body.H {
		var l text.Line
		if row < len(pn.Lines) {
			l = pn.Lines[row]
		}
		n := p.line(body.X, body.Y+row, body.W, l, p.th.Style)
		for x := body.X + n; x < body.X+body.W; x++ {
			p.screen.Put(x, body.Y+row, " ", p.th.Style(text.Plain))
		}
	}
}

// cut replaces the wide characters that reach into a rectangle from the left:
// the screen would draw them whole, over the rectangle's edge.
func (p *painter) cut(r text.Rect) {
	for y := r.Y; y < r.Y+r.H; y++ {
		if _, st, w := p.screen.Get(r.X-1, y); w > 1 {
			p.screen.Put(r.X-1, y, " ", st)
		}
	}
}

// frame draws a pane's edges with its title above and its note below.
func (p *painter) frame(pn *text.Pane) {
	r, g, edge, title := pn.Rect, p.th.box(pn.Focus), text.Border, text.Title
	if pn.Focus {
		edge, title = text.Focus, text.Focus
	}
	if r.W <= 0 || r.H <= 0 {
		return
	}
	st := p.th.Style(edge)
	right, bottom := r.X+r.W-1, r.Y+r.H-1
	for x := r.X + 1; x < right; x++ {
		p.screen.Put(x, r.Y, g.across, st)
		p.screen.Put(x, bottom, g.across, st)
	}
	for y := r.Y + 1; y < bottom; y++ {
		p.screen.Put(r.X, y, g.down, st)
		p.screen.Put(right, y, g.down, st)
	}
	p.screen.Put(r.X, bottom, g.bottomLeft, st)
	p.screen.Put(right, bottom, g.bottomRight, st)
	p.screen.Put(r.X, r.Y, g.topLeft, st)
	p.screen.Put(right, r.Y, g.topRight, st)

	// Plain text in an edge takes the edge's look.
	named := func(plain text.Role) func(text.Role) tcell.Style {
		return func(role text.Role) tcell.Style {
			if role == text.Plain {
				role = plain
			}
			return p.th.Style(role)
		}
	}
	room := r.W - 2
	p.line(r.X+1, r.Y, room, pn.Title, named(title))
	if n := min(pn.Note.Width(), room); r.H > 1 && n > 0 {
		p.line(right-n, bottom, n, pn.Note, named(edge))
	}
}
