package term

import (
	"os"
	"strings"

	"github.com/gdamore/tcell/v2"
)

// open initialises a screen, the user's terminal if it is nil, and adjusts the
// theme to what the screen can show.
func open(screen tcell.Screen, th *Theme) (tcell.Screen, error) {
	if screen == nil {
		// The library reads NO_COLOR too and would then draw a coloured
		// theme in guessed reverse video. That theme was asked for by name.
		if th.Name != "mono" {
			os.Unsetenv("NO_COLOR")
		}
		tcell.SetEncodingFallback(tcell.EncodingFallbackASCII)
		var err error
		if screen, err = tcell.NewScreen(); err != nil {
			return nil, noTerminal(err.Error())
		}
	}
	if err := screen.Init(); err != nil {
		return nil, noTerminal(err.Error())
	}
	th.fit(screen)
	if cs := strings.ToUpper(screen.CharacterSet()); cs != "UTF-8" && cs != "UTF8" {
		th.ASCII = true // other sets have no frames, and the library's own substitutes differ in width
	}
	return screen, nil
}

// fit makes the theme one that the screen has the colours for.
func (th *Theme) fit(screen tcell.Screen) {
	if screen.Colors() < 8 {
		th.Name, th.looks = "mono", looks(monoTheme)
	}
}

// watched is a screen, already initialised, whose reading errors go to failed
// instead of to tview.
type watched struct {
	tcell.Screen
	failed func(error)
}

// Init does nothing; tview would ignore its error.
func (s *watched) Init() error { return nil }

// PollEvent is the next event that is no error.
func (s *watched) PollEvent() tcell.Event {
	for {
		ev := s.Screen.PollEvent()
		bad, ok := ev.(*tcell.EventError)
		if !ok {
			return ev
		}
		s.failed(bad)
	}
}
