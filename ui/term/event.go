package term

import (
	"errors"
	"fmt"

	"github.com/gdamore/tcell/v2"

	"lockstep/ui/text"
)

// Event is what the user did: exactly one of a key, a mouse action, a new size
// or a paste.
//
// A key that makes a character is that character ("s", "S", "ß"), except
// "space"; others are enter, tab, backtab, esc, backspace, delete, insert, up,
// down, left, right, home, end, pgup, pgdn and f1 to f12. Before it stand, in
// this order, "ctrl-", "alt-" and "shift-"; a character is not marked as
// shifted. Keys without a name make no event.
type Event struct {
	Key   string // the key's name, "" for none
	Mouse string // "click", "double", "drag", "wheel-up", "wheel-down", "" for none
	X, Y  int    // where the mouse was, in cells
	W, H  int    // the screen's new size in cells; 0 if this is no resize. The first event is one.
	Paste string // text that was pasted
}

// Program is what the terminal shows. Handle and Frame are called on one
// goroutine, the program's own.
type Program interface {
	// Handle takes one event and reports whether the program is at its end.
	// It may call show, before it returns and from its own goroutine, with
	// how far something long has come. Keys pressed while it works wait, unless
	// they are Esc or Ctrl-C and it can be interrupted, which drops them.
	Handle(ev Event, show func(*text.Frame)) (quit bool)

	// Frame is what is to be seen now. What it returned is not changed later.
	Frame() *text.Frame

	// Interrupt ends what takes long in Handle. It is called from any
	// goroutine, must not wait, and may come when Handle has just begun or
	// is just about to return. It reports whether there was something to
	// end; then the key that asked for it has done its work and is not given
	// to Handle.
	Interrupt() bool
}

// Options say how the terminal is used. The zero value is the usual.
type Options struct {
	Theme   string       // one of ThemeNames, "" for auto
	ASCII   bool         // print nothing but ASCII
	NoMouse bool         // leave the mouse to the terminal
	NoColor bool         // theme mono, whatever Theme says
	Control *Control     // for what the program asks of the terminal; nil for nothing
	Screen  tcell.Screen // instead of the user's terminal, not yet initialised; nil for the user's
}

// Errors of Run and Check that a caller tells apart.
var (
	// ErrNoTerminal: there is no terminal, or it cannot place its cursor.
	ErrNoTerminal = errors.New("no terminal")

	// ErrInterrupted: a signal or a second Ctrl-C ended a busy program.
	ErrInterrupted = errors.New("interrupted")
)

// Panic is a panic in a Program or in the drawing of its frames, caught so that
// the terminal could be put back first.
type Panic struct {
	Value any    // what was panicked with
	Stack []byte // of the goroutine that panicked
}

// Error is the value and, below it, the stack.
func (p *Panic) Error() string { return fmt.Sprintf("panic: %v\n\n%s", p.Value, p.Stack) }
