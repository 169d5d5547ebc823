package model

import (
	"fmt"
	"slices"

	"lockstep/ui/snapshot"
)

// frameActions show other frames than the innermost in the source view. A step
// leads back to that.
func frameActions() []Action {
	frame := func(key, name, help string, to func(m *Model) (frame int, why string)) Action {
		return Action{
			Scope: Main, Group: groupFrame, Keys: []string{key}, Name: name, Help: help,
			possible: hereOnly(func(m *Model) string {
				_, why := to(m)
				return why
			}),
			run: plain(func(m *Model) {
				n, _ := to(m)
				m.showFrame(n)
			}),
		}
	}
	return []Action{
		frame(")", "caller", "the source of the function that called this one", func(m *Model) (int, string) {
			n := max(m.frame, 1) + 1
			if n > len(m.frames()) {
				return 0, "this is the outermost frame"
			}
			return n, ""
		}),
		frame("(", "callee", "the source of the function that this one has called", func(m *Model) (int, string) {
			if m.frame <= 1 {
				return 0, "this is the innermost frame"
			}
			return m.frame - 1, ""
		}),
		frame("H", "body", "the line of the task's body that led here; again: the innermost frame", func(m *Model) (int, string) {
			at := slices.IndexFunc(m.frames(), func(f snapshot.Frame) bool { return f.Body }) + 1
			switch {
			case at == 0:
				return 0, fmt.Sprintf("no task's body is on the stack of CPU%d", m.cpu)
			case m.frame == at:
				return 1, ""
			}
			return at, ""
		}),
	}
}

// frames is the stack of the chosen processor, innermost first.
func (m *Model) frames() []snapshot.Frame {
	if m.cpu >= len(m.now.CPUs) {
		return nil
	}
	return m.now.CPUs[m.cpu].Frames
}

// frameShown is the frame that was asked for, nil for the innermost.
func (m *Model) frameShown() *snapshot.Frame {
	if fs := m.frames(); m.frame > 0 && m.frame <= len(fs) {
		return &fs[m.frame-1]
	}
	return nil
}

// showFrame shows a frame in the source view, and brings that into sight if it
// is nowhere.
func (m *Model) showFrame(n int) {
	m.frame = n
	f := m.frameShown()
	if n == 1 {
		m.frame = 0 // where a step leads anyway
	}
	m.reveal()
	name := f.Func
	if f.Body {
		name = "the task's body"
	}
	m.say(fmt.Sprintf("frame %d of %d: %s, %s:%d", n, len(m.frames()), name, f.Source, f.Line))
	if !m.shows("source") {
		m.say(m.msg.String(), "; no source view is in sight")
	}
}
