package configs

import (
	"strconv"

	"lockstep/cpu"
)

// Var returns the present value of a shared variable of the scenario.
func (m *Machine) Var(name string) (int64, bool) {
	if v := m.vars[name]; v != nil {
		return v.Peek(), true
	}
	return 0, false
}

// Value returns the present value of a shared variable in words.
func (m *Machine) Value(name string) (string, bool) {
	v, ok := m.Var(name)
	return strconv.FormatInt(v, 10), ok
}

// BodyAt reports whether a task's body stands at a line of the scenario's
// file, in any of its functions.
func (m *Machine) BodyAt(x *cpu.Exec, line int) bool {
	if x.Position == nil {
		return false
	}
	for _, p := range x.Position() {
		if p.Line == line {
			return true
		}
	}
	return false
}

// Text returns the text of the scenario's file, "" if it was loaded from none.
func (s *Scenario) Text() string {
	if s.pos == nil {
		return ""
	}
	return s.pos.src
}
