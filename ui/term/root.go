package term

import (
	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"
)

// root is the one primitive that tview sees: the whole screen. The box gives it
// the rest of tview's interface and draws nothing.
type root struct {
	*tview.Box
	r *runner
}

// Draw draws the latest frame. It is where a new size shows first, whatever
// brought it about.
func (t *root) Draw(screen tcell.Screen) {
	r := t.r
	defer r.guard()
	if w, h := screen.Size(); w != r.w || h != r.h {
		if r.w, r.h = w, h; w > 0 {
			r.queue.push(Event{W: w, H: h})
		}
	}
	select {
	case <-r.started:
	default:
		close(r.started)
	}
	Draw(screen, r.frame, r.th)
}

// MouseHandler is nil: mouse captures it all.
func (t *root) MouseHandler() func(tview.MouseAction, *tcell.EventMouse, func(tview.Primitive)) (bool, tview.Primitive) {
	return nil
}

// PasteHandler takes what was pasted.
func (t *root) PasteHandler() func(string, func(tview.Primitive)) {
	return func(s string, _ func(tview.Primitive)) {
		defer t.r.guard()
		t.r.queue.push(Event{Paste: s})
	}
}
