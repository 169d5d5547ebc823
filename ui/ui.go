package ui

import (
	"io"
	"os"

	"lockstep/ui/history"
	"lockstep/ui/model"
	"lockstep/ui/term"
	"lockstep/ui/text"
)

// Options say how the terminal is used.
type Options struct {
	Theme   string // one of Themes, "" for auto
	ASCII   bool   // print nothing but ASCII
	NoMouse bool   // leave the mouse to the terminal
	NoColor bool   // no colours, whatever Theme says
	Replay  bool   // the run repeats a token
}

// Themes lists the names of the themes.
func Themes() []string { return term.ThemeNames() }

// Check says why the user's terminal cannot be used, and what to do instead.
func Check() error { return term.Check(os.Getenv) }

// Run shows a session in the terminal until the user quits.
func Run(s *history.Session, opt Options) error {
	c := term.NewControl()
	m := newModel(s, model.Options{
		ASCII: opt.ASCII, Replay: opt.Replay,
		Themes: Themes(), Theme: c.SetTheme, Copy: c.Copy, Suspend: c.Suspend,
		Create: func(file string) (io.WriteCloser, error) { return os.Create(file) },
	})
	return term.Run(program{m}, term.Options{
		Theme: opt.Theme, ASCII: opt.ASCII, NoMouse: opt.NoMouse, NoColor: opt.NoColor, Control: c,
	})
}

// newModel makes the model of a session, with the sources and functions that
// are compiled in.
func newModel(s *history.Session, opt model.Options) *model.Model {
	opt.Sources = &sources{scenario: s.Scenario(), lines: map[string][]string{}}
	opt.Functions = history.Functions()
	return model.New(model.Of(s), opt)
}

// program is the model as the terminal wants it.
type program struct{ *model.Model }

// Handle implements term.Program.
func (p program) Handle(ev term.Event, show func(*text.Frame)) bool {
	return p.Model.Handle(model.Event{
		Key: ev.Key, Mouse: ev.Mouse, X: ev.X, Y: ev.Y, W: ev.W, H: ev.H, Paste: ev.Paste,
	}, show)
}
