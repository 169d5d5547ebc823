package term

import "os"

// Control is what a program may ask of the terminal it is shown on, besides
// showing frames. What is asked before Run is done when the terminal is there.
// Its methods may be called on the program's goroutine.
type Control struct{ do chan func(*runner) }

// NewControl returns a control to be given to Run.
func NewControl() *Control { return &Control{make(chan func(*runner), 8)} }

// SetTheme changes the colours.
func (c *Control) SetTheme(name string) error {
	th, err := Themed(name, os.Getenv)
	if err != nil {
		return err
	}
	c.ask(func(r *runner) {
		th.ASCII = r.th.ASCII
		th.fit(r.screen)
		*r.th = *th
	})
	return nil
}

// Copy puts a text into the clipboard, if the terminal lets a program do that
// (OSC 52).
func (c *Control) Copy(text string) error {
	c.ask(func(r *runner) { r.screen.SetClipboard([]byte(text)) })
	return nil
}

// Suspend gives the terminal back to the shell until it continues the program.
func (c *Control) Suspend() { c.ask((*runner).suspend) }

// ask leaves something for the event loop. A full queue means that it has
// ended.
func (c *Control) ask(do func(*runner)) {
	select {
	case c.do <- do:
	default:
	}
}
