package cpu

import (
	"strconv"

	"lockstep/sim"
)

// Objects are many and their names are looked at by few, so a machine keeps
// them in parts: what an object was made under, and the scope it was made in.
// The whole is put together when somebody asks, [Machine.ObjName].

// Scope is what all objects have around their names that are made within it.
type Scope int32

// scope is a Scope: a name and its number in front, or else a number behind.
type scope struct {
	outer  Scope // in which the scope's own name is; 0: in none
	nr     int32 // behind before; negative: none
	behind int32 // negative: none
	before string
}

// objName is the name of an object that was made within a scope.
type objName struct {
	in   Scope
	part string
}

// Within begins a scope: until [Machine.Leave], which is given what Within
// returns, objects have the text in front of their names, and nr behind it if
// it is not negative. No operation may come in between.
func (m *Machine) Within(before string, nr int) (outer Scope) {
	return m.enter(scope{m.scope, int32(nr), -1, before})
}

// Numbered is Within for a number behind the names, those of scopes in it
// included: what is within "lock" there is within "lock3".
func (m *Machine) Numbered(nr int) (outer Scope) {
	return m.enter(scope{m.scope, -1, int32(nr), ""})
}

func (m *Machine) enter(s scope) (outer Scope) {
	m.scopes = append(m.scopes, s)
	m.scope = Scope(len(m.scopes))
	return s.outer
}

// Leave ends the innermost scope; outer is the one around it.
func (m *Machine) Leave(outer Scope) { m.scope = outer }

// whole puts a name together.
func (m *Machine) whole(n objName) string {
	if n.in == 0 {
		return n.part
	}
	s := &m.scopes[n.in-1]
	if s.behind >= 0 {
		return m.whole(objName{s.outer, n.part + strconv.Itoa(int(s.behind))})
	}
	around := m.whole(objName{s.outer, s.before})
	if s.nr >= 0 {
		around += strconv.Itoa(int(s.nr))
	}
	return around + n.part
}

// Objects returns how many objects there are besides reserved ones; they count
// from 1.
func (m *Machine) Objects() int { return len(m.names) - 1 }

// ObjName returns the name an object was made under.
func (m *Machine) ObjName(id sim.ObjID) string {
	if id < firstReserved {
		return m.whole(m.names[id])
	}
	for _, r := range m.reserved {
		if i := int(id - r.first); i < r.n {
			return r.name(i)
		}
	}
	panic("cpu: there is no such object")
}

// How many names, scopes and locks there is room for from the start, that of a whole
// machine of few CPUs with little of its own.
const (
	namesEver, namesPerCPU   = 224, 72
	scopesEver, scopesPerCPU = 48, 32
	locksEver, locksPerCPU   = 64, 16
)
