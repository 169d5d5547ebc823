package lockdep

// View is what the validator has learned, as somebody outside sees it.
// Reading it changes nothing.
type View struct {
	Classes []ClassView // in the order they were first used
	Edges   []EdgeView  // "From before To", by From and in the order they were found
	On      bool        // debug_locks
}

// ClassView is one lock class.
type ClassView struct {
	Name  string // display name, as in reports
	Usage string // the usage characters
}

// EdgeView is one dependency: To was taken while From was held.
type EdgeView struct {
	From  int   // index in View.Classes
	To    int   // likewise
	Stack Stack // where To was taken, 0 if not captured
}

// Version is equal for equal views of one validator. It is a count of all that
// can change, none of which is ever taken back but
// by Reset, which counts too.
type Version struct {
	classes, edges, marks, resets int

	on bool
}

// Version returns which view View would return.
func (v *Validator) Version() Version {
	return Version{len(v.classes), len(v.g.edges), v.marks, v.resets, v.on}
}

// View returns the present state.
func (v *Validator) View() View {
	out := View{On: v.on}
	for n := v.base + 1; int(n) < len(v.classes); n++ {
		c := &v.g.verts[n]
		out.Classes = append(out.Classes, ClassView{v.className(n), v.usageChars(c.usage)})
		for e := c.after.first; e != 0; e = v.g.edges[e].next {
			d := &v.g.edges[e]
			out.Edges = append(out.Edges, EdgeView{int(n - v.base - 1), int(d.to - v.base - 1), d.stack})
		}
	}
	return out
}

// ClassOf returns the index in View.Classes of the class that a plain
// acquisition of m has, -1 if there was none yet.
func (v *Validator) ClassOf(m *Map) int {
	if v.cfg.Off || m.key == nil {
		return -1
	}
	if c := m.class[0]; c > v.base {
		return int(c-v.base) - 1
	}
	if c := v.lookUp(m, 0); c != 0 {
		return int(c-v.base) - 1
	}
	return -1
}
