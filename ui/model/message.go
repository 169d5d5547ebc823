package model

import (
	"lockstep/ui/text"
)

// say puts words into the message line; without words it clears it.
func (m *Model) say(words ...string) {
	m.msg = nil
	for _, w := range words {
		m.msg = m.msg.Add(text.Plain, w)
	}
}

// warn says why something was not done.
func (m *Model) warn(s string) { m.msg = text.Line{{Text: s, Role: text.Warn}} }

// fail tells of an error.
func (m *Model) fail(s string) { m.msg = text.Line{{Text: s, Role: text.Splat}} }
