package cpu

import (
	"fmt"

	"lockstep/sim"
)

// guard is what has to be held to change an object.
type guard struct {
	name string
	held func(c *CPU) bool
}

// Guard lets the debug mode of a machine watch that an object, which anybody
// may read, is changed only by a CPU of which held says that it has what the
// name names. It costs nothing without [Config.Debug]. The question is asked
// behind the operation of the change and before its effect, and is about what
// the CPU itself has, so that run-ahead does not matter.
func (m *Machine) Guard(o *sim.Obj, name string, held func(c *CPU) bool) {
	if !m.Debug {
		return
	}
	if m.guards == nil {
		m.guards = map[sim.ObjID]guard{}
		m.E.OnOp(func(p *sim.Proc, op sim.Op) {
			if err := m.unguarded(p.ID(), op); err != "" && m.Debug {
				panic(err)
			}
		})
	}
	m.guards[o.ID] = guard{name, held}
}

// unguarded returns what is wrong with an operation, empty for nothing.
func (m *Machine) unguarded(c int, op sim.Op) string {
	if op.Access == sim.AccessRead {
		return ""
	}
	g, ok := m.guards[op.Obj]
	if !ok || g.held(m.CPUs[c]) {
		return ""
	}
	return fmt.Sprintf("CPU %d changes %s and does not hold %s", c, m.ObjName(op.Obj), g.name)
}
