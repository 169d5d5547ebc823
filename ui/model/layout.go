package model

import "lockstep/ui/text"

// Slot is a place among the panes, which can show any view.
type Slot int

// Slots. What they show at first is in their names' comments.
const (
	Left   Slot = iota // the source
	Upper              // the locks
	Lower              // the events
	Bottom             // the console
	NSlots             // how many there are
)

// Zoom is how much of the screen the pane that has the keys takes.
type Zoom int

// Zooms, each with more room for the pane than the one before.
const (
	Normal Zoom = iota // its share
	Half               // all that the processors leave
	Full               // the processors' part as well
)

// Args is what a layout depends on.
type Args struct {
	W, H  int  // the screen
	CPUs  int  // processors of the machine
	First int  // the first processor that is wanted in sight
	Zoom  Zoom // of the slot with the focus
	Focus Slot // which always is in sight
}

// Arrangement says where everything is. A rectangle without cells is out of
// sight; no two of the others share a cell.
type Arrangement struct {
	Header, Message, Footer text.Rect         // one line each
	First                   int               // the first processor in sight
	CPUs                    []text.Rect       // the places of processors First, First+1, …
	Lines                   bool              // they are lines without a frame
	More                    text.Rect         // says that there are more
	Slots                   [NSlots]text.Rect // by slot
}

// What the parts need at least.
const (
	tinyW, tinyH       = 30, 8  // less: no slots, only what is next
	compactW, compactH = 60, 20 // less: a line for each processor
	columnW            = 20     // a processor's column
	moreW              = 9      // what says that there are more columns
	sideW              = 72     // two slots side by side
	slotH              = 5      // a slot among others
	tallH              = 24     // the console below the others
)

// Layout works out the arrangement.
func Layout(a Args) Arrangement {
	r := Arrangement{First: max(0, min(a.First, a.CPUs-1))}
	if a.W <= 0 || a.H <= 0 {
		return r
	}
	row := func(y int) text.Rect { return text.Rect{X: 0, Y: y, W: a.W, H: 1} }
	r.Header = row(0)
	body := text.Rect{X: 0, Y: 1, W: a.W, H: a.H - 1}
	if a.H >= 2 {
		r.Footer = row(a.H - 1)
		body.H--
	}
	if a.H >= 4 {
		r.Message = row(a.H - 2)
		body.H--
	}
	switch {
	case a.H < tinyH || a.W < tinyW:
		r.lines(a, body)
		return r
	case a.Zoom == Full:
		r.Slots[a.Focus] = body
		return r
	case a.H < compactH || a.W < compactW:
		body = r.lines(a, text.Rect{X: 0, Y: 1, W: a.W, H: max(1, min(a.CPUs, body.H/3))}).below(body)
	default:
		body = r.columns(a, text.Rect{X: 0, Y: 1, W: a.W, H: max(8, min(a.H/3, 12))}).below(body)
	}
	if a.Zoom == Half {
		r.Slots[a.Focus] = body
		return r
	}
	r.slots(a.Focus, body)
	return r
}

// used is the part of the body that the processors take.
type used text.Rect

// below is what is left under it.
func (u used) below(body text.Rect) text.Rect {
	return text.Rect{X: body.X, Y: u.Y + u.H, W: body.W, H: body.Y + body.H - u.Y - u.H}
}

// lines gives each processor a line. If there are more than lines, the last
// says so, unless it is the only one.
func (r *Arrangement) lines(a Args, in text.Rect) used {
	n := min(in.H, a.CPUs)
	if n < a.CPUs && n > 1 {
		n--
		r.More = text.Rect{X: in.X, Y: in.Y + n, W: in.W, H: 1}
	}
	r.Lines = true
	r.First = max(0, min(r.First, a.CPUs-n))
	for i := range max(n, 0) {
		r.CPUs = append(r.CPUs, text.Rect{X: in.X, Y: in.Y + i, W: in.W, H: 1})
	}
	return used(in)
}

// columns gives each processor a column, as many as fit.
func (r *Arrangement) columns(a Args, in text.Rect) used {
	n, w := a.CPUs, in.W
	if n > w/columnW {
		n = max(1, (w-moreW)/columnW)
		w -= moreW
		r.More = text.Rect{X: in.X + w, Y: in.Y, W: moreW, H: in.H}
	}
	r.First = max(0, min(r.First, a.CPUs-n))
	for i := range n {
		x, end := w*i/n, w*(i+1)/n
		r.CPUs = append(r.CPUs, text.Rect{X: in.X + x, Y: in.Y, W: end - x, H: in.H})
	}
	return used(in)
}

// slots arranges the slots: the first at the left, the others at the right one
// over the other; on a narrow screen all one over the other. On a tall screen
// the last lies below all.
func (r *Arrangement) slots(focus Slot, in text.Rect) {
	stack := []Slot{Left, Upper, Lower, Bottom}
	if in.H >= tallH {
		h := min(max(in.H/4, 7), 12)
		r.Slots[Bottom] = text.Rect{X: in.X, Y: in.Y + in.H - h, W: in.W, H: h}
		in.H -= h
		stack = stack[:3]
	}
	if in.W >= sideW {
		w := in.W / 2
		r.Slots[Left] = text.Rect{X: in.X, Y: in.Y, W: w, H: in.H}
		in.X, in.W = in.X+w, in.W-w
		stack = stack[1:]
	}
	r.pile(stack, focus, in)
}

// pile puts slots one over the other: the first of them, as many as have room,
// and in any case the one with the focus, which takes the place of the last.
func (r *Arrangement) pile(stack []Slot, focus Slot, in text.Rect) {
	n := max(1, min(len(stack), in.H/slotH))
	shown := append([]Slot(nil), stack[:n]...)
	for _, s := range stack[n:] {
		if s == focus {
			shown[n-1] = s
		}
	}
	for i, s := range shown {
		y, end := (in.H*i+n-1)/n, (in.H*(i+1)+n-1)/n // what cannot be shared goes to the first
		r.Slots[s] = text.Rect{X: in.X, Y: in.Y + y, W: in.W, H: end - y}
	}
}
