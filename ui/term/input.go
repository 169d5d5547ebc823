package term

import (
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"
)

// key takes every key from tview, also Ctrl-C, on which it would end.
func (r *runner) key(ev *tcell.EventKey) *tcell.EventKey {
	defer r.guard()
	name := keyName(ev)
	switch name {
	case "":
		return nil
	case "ctrl-z":
		r.suspend()
		return nil
	case "esc", "ctrl-c":
		if r.interrupts(name, ev.When()) {
			return nil
		}
	}
	r.queue.push(Event{Key: name})
	return nil
}

// interrupts ends what takes long, with what was typed behind it, and reports
// whether there was such a thing; else the key is one like others. A second
// Ctrl-C ends a program that the first did not stop.
func (r *runner) interrupts(key string, now time.Time) bool {
	if !r.queue.working() {
		return false
	}
	if key == "ctrl-c" {
		if now.Sub(r.lastCtrlC) < secondWait {
			r.force(ErrInterrupted)
			return true
		}
		r.lastCtrlC = now
	}
	if !r.prog.Interrupt() {
		return false
	}
	r.queue.flush()
	return true
}

// suspend gives the terminal back, stops the process, and takes the terminal
// again when it is continued. The draw that follows tells the program the
// terminal's size anew, whether or not it has changed.
func (r *runner) suspend() {
	r.away.Lock()
	defer r.away.Unlock()
	r.app.Suspend(r.stopped)
	r.w, r.h = 0, 0
}

// mouse makes events of tview's mouse actions. They are passed on, for tview
// makes a click only of actions that were; root has no use for them.
func (r *runner) mouse(ev *tcell.EventMouse, action tview.MouseAction) (*tcell.EventMouse, tview.MouseAction) {
	defer r.guard()
	x, y := ev.Position()
	what := ""
	switch action {
	case tview.MouseLeftDown:
		r.pressed = true
	case tview.MouseLeftUp:
		r.pressed = false
	case tview.MouseLeftClick:
		what = "click"
	case tview.MouseLeftDoubleClick:
		// tview counts two quick clicks as double wherever they were.
		if what = "double"; x != r.clickX || y != r.clickY {
			what = "click"
		}
	case tview.MouseScrollUp:
		what = "wheel-up"
	case tview.MouseScrollDown:
		what = "wheel-down"
	case tview.MouseMove:
		// A press elsewhere is a move first, and no drag.
		if r.pressed {
			what = "drag"
		}
	}
	if what == "click" {
		r.clickX, r.clickY = x, y
	}
	if what != "" {
		r.queue.push(Event{Mouse: what, X: x, Y: y})
	}
	return ev, action
}
