package model

import "lockstep/ui/text"

// wheelRows is how far a turn of the wheel goes.
const wheelRows = 3

// mouse does what a click or a wheel asks for where it happened.
func (m *Model) mouse(ev Event) {
	if n := len(m.popups); n > 0 {
		m.popupMouse(m.popups[n-1], ev)
		return
	}
	a := m.arrange()
	if ev.Mouse == "click" || ev.Mouse == "double" {
		m.prompt = nil
		m.say()
		for i, r := range a.CPUs {
			if r.Contains(ev.X, ev.Y) {
				m.choose(a.First + i)
				return
			}
		}
	}
	for i := range m.slots {
		if a.Slots[i].Contains(ev.X, ev.Y) {
			m.slotMouse(Slot(i), a.Slots[i], ev)
		}
	}
}

// slotMouse is the mouse over a slot: a click gives it the keys and selects the
// row, a second does what follows from it, the wheel scrolls.
func (m *Model) slotMouse(i Slot, r text.Rect, ev Event) {
	s := &m.slots[i]
	c := m.context(r)
	in := r.Inner()
	n, h := s.view.Rows(c), s.height(c, in)
	switch ev.Mouse {
	case "wheel-up":
		s.wheel(-wheelRows, n, h)
	case "wheel-down":
		s.wheel(wheelRows, n, h)
	default:
		m.focus = i
		row := s.from + ev.Y - in.Y - (in.H - h)
		if !in.Contains(ev.X, ev.Y) || row < s.from || row >= n {
			return
		}
		s.row = row
		if ev.Mouse == "double" {
			m.do(m.keys[Main]["enter"], "")
		}
	}
}

// wheel scrolls, and takes the selection along so that it stays in sight.
func (s *slot) wheel(by, n, h int) {
	s.from = max(0, min(s.from+by, n-h))
	lo, hi := s.from, s.from+h-1
	if lo > 0 {
		lo += margin(h)
	}
	if hi < n-1 {
		hi -= margin(h)
	}
	s.row = max(lo, min(s.row, hi))
}

// popupMouse is the mouse while a list is open: a click on an entry selects it,
// a second does what it is for, a click beside the list closes it.
func (m *Model) popupMouse(p *popup, ev Event) {
	r := p.rect(m)
	in := r.Inner()
	switch ev.Mouse {
	case "wheel-up":
		p.move(m, -wheelRows)
		return
	case "wheel-down":
		p.move(m, wheelRows)
		return
	}
	if !r.Contains(ev.X, ev.Y) {
		m.close()
		return
	}
	_, of := p.body(m, in.W)
	line := p.from + ev.Y - in.Y
	if !in.Contains(ev.X, ev.Y) || line >= len(of) || of[line] < 0 || p.text != nil {
		return
	}
	p.row = of[line]
	if ev.Mouse == "double" {
		m.do(m.keys[List]["enter"], "")
	}
}
