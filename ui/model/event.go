package model

import (
	"strings"

	"lockstep/ui/text"
)

// Event is something that a person did: a key, a mouse button, a new size of
// the screen, or text pasted at once. Fields that do not apply are zero.
type Event struct {
	// Key is the key's name ("esc", "ctrl-n", "pgup", "f1") or the rune itself.
	Key string
	// Mouse is "click", "double", "wheel-up" or "wheel-down", at X and Y.
	Mouse string
	X, Y  int // the cell, from 0
	W, H  int // the screen's new size
	// Paste is text that came in one piece.
	Paste string
}

// Handle does what an event asks for, and reports whether to quit. During a
// long walk it gives frames that say how far it is to show, which may be nil.
// A walk runs in the goroutine that calls Handle.
func (m *Model) Handle(ev Event, show func(*text.Frame)) (quit bool) {
	m.show = show
	defer func() { m.show = nil }()
	if ev.W > 0 && ev.H > 0 {
		m.w, m.h = ev.W, ev.H
	}
	switch {
	case ev.Key != "":
		m.key(ev.Key)
	case ev.Paste != "":
		m.paste(ev.Paste)
	case ev.Mouse != "":
		m.mouse(ev)
	}
	m.place()
	return m.quit
}

// key gives a key to whoever has the keys: the line that is being typed, the
// uppermost list, or the panes.
func (m *Model) key(key string) {
	if key == " " {
		key = "space"
	}
	if a := m.keys[Always][key]; a != nil {
		m.do(a, "")
		return
	}
	switch {
	case m.prompt != nil:
		m.promptKey(key)
	case len(m.popups) > 0:
		m.popupKey(key)
	default:
		m.say()
		a := m.keys[Main][key]
		if a == nil {
			m.warn(key + " does nothing here; ? lists the keys")
			return
		}
		arg := ""
		if a.byKey {
			arg = key
		}
		m.do(a, arg)
	}
}

// do performs an action, or says why it cannot be.
func (m *Model) do(a *Action, arg string) {
	if a.possible != nil {
		if why := a.possible(m, arg); why != "" {
			m.warn(a.Name + ": " + why)
			return
		}
	}
	if err := a.run(m, arg); err != nil {
		m.fail(a.Name + ": " + err.Error())
	}
}

// paste types the text into the line that is being typed.
func (m *Model) paste(s string) {
	if m.prompt == nil {
		m.warn("text can only be pasted into a line: : / or m opens one")
		return
	}
	m.prompt.insert(strings.Join(strings.Fields(s), " "))
}
