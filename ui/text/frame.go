package text

// Rect is a place on the screen in cells; W and H may be 0.
type Rect struct {
	X, Y int // the upper left cell
	W, H int // cells across and down
}

// Inner is the rectangle within a frame of one cell.
func (r Rect) Inner() Rect { return Rect{r.X + 1, r.Y + 1, max(r.W-2, 0), max(r.H-2, 0)} }

// Contains reports whether the cell is in the rectangle.
func (r Rect) Contains(x, y int) bool {
	return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H
}

// Pane is one framed part of the screen. Its lines are cut to the place;
// what is scrolled out is not in them.
type Pane struct {
	Name  string // which view it shows
	Rect  Rect   // with the frame
	Title Line   // in the upper edge
	Note  Line   // in the lower edge at the right: a position, "3 more"
	Focus bool   // it has the keys
	Bare  bool   // without a frame
	Lines []Line // from the top
}

// Frame is a whole screen. Panes are drawn in order, so what comes later
// lies above: a list, a question.
type Frame struct {
	W, H  int    // of the screen, in cells
	Panes []Pane // in drawing order
	// CursorX and CursorY place the terminal's cursor; CursorX is -1 for none.
	CursorX, CursorY int
}
