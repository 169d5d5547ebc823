package term

import (
	"fmt"
	"os"

	"golang.org/x/term"
)

// The smallest terminal that shows something useful, in cells.
const (
	MinWidth  = 20
	MinHeight = 5
)

// Check says why the user's terminal cannot be used, in one line that says what
// to do instead. It wraps ErrNoTerminal unless the terminal is only too small.
func Check(getenv func(string) string) error { return check(getenv, ttySize) }

// check is Check with another way to learn the terminal's size.
func check(getenv func(string) string, size func() (w, h int, err error)) error {
	switch kind := getenv("TERM"); kind {
	case "":
		return noTerminal("TERM is not set")
	case "dumb":
		return noTerminal("TERM is dumb")
	}
	w, h, err := size()
	if err != nil {
		return noTerminal(err.Error())
	}
	// A terminal that says 0 does not know; the screen takes 80x25 then.
	if w > 0 && w < MinWidth || h > 0 && h < MinHeight {
		return fmt.Errorf("the terminal has %dx%d cells, at least %dx%d are needed: enlarge it or use `lockstep run`",
			w, h, MinWidth, MinHeight)
	}
	return nil
}

// noTerminal is ErrNoTerminal with its reason and the way out.
func noTerminal(why string) error {
	return fmt.Errorf("%w (%s): use `lockstep run`", ErrNoTerminal, why)
}

// ttySize asks the controlling terminal, which is the one that Run draws on,
// whatever stdin and stdout are.
func ttySize() (w, h int, err error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return 0, 0, err
	}
	defer tty.Close()
	return term.GetSize(int(tty.Fd()))
}
