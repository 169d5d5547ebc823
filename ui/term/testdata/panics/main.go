// Command panics shows one frame in the terminal and panics at the first key:
// the end-to-end test looks at what is left of the terminal.
package main

import (
	"fmt"
	"os"

	"lockstep/ui/term"
	"lockstep/ui/text"
)

type program struct{}

func (program) Handle(ev term.Event, _ func(*text.Frame)) bool {
	if ev.Key != "" {
		panic("on purpose")
	}
	return false
}

func (program) Frame() *text.Frame {
	return &text.Frame{W: 80, H: 24, CursorX: -1, Panes: []text.Pane{{
		Rect: text.Rect{W: 80, H: 24}, Title: text.L("ready"),
	}}}
}

func (program) Interrupt() bool { return false }

func main() {
	if err := term.Run(program{}, term.Options{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(5)
	}
}
