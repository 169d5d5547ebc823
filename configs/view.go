package configs

import (
	"strings"

	"go.starlark.net/syntax"

	"lockstep/sim"
)

// VarView is a shared variable of the scenario as somebody outside the machine
// sees it between two operations.
type VarView struct {
	Name  string    // in the scenario
	Value int64     // now
	Obj   sim.ObjID // whose operations are its accesses
}

// AppendVars appends the scenario's shared variables, in its order.
func (m *Machine) AppendVars(out []VarView) []VarView {
	for _, o := range m.prog.scenario.Shared {
		if o.Var != "" {
			v := m.vars[o.Var]
			out = append(out, VarView{o.Var, v.Peek(), v.Obj().ID})
		}
	}
	return out
}

// Scenario returns the scenario that the machine runs.
func (m *Machine) Scenario() *Scenario { return m.prog.scenario }

// Lines returns how many lines the scenario's file has, 0 for a scenario that
// was loaded from no text.
func (s *Scenario) Lines() int {
	if s.pos == nil {
		return 0
	}
	n := strings.Count(s.pos.src, "\n")
	if !strings.HasSuffix(s.pos.src, "\n") {
		n++
	}
	return n
}

// BodyLine returns the line of the scenario's file on which the body of task i
// begins.
func (s *Scenario) BodyLine(i int) int {
	line, _ := BodyPos(s, i, syntax.MakePosition(&s.file, 1, 1))
	return line
}
