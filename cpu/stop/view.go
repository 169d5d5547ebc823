package stop

import "slices"

// View is the stoppers' state as somebody outside the machine sees it between
// two operations. Reading it changes nothing.
type View struct {
	// Stoppers are the CPUs' stoppers.
	Stoppers []StopperView
	// Meetings are the rendezvous that are not over, by the caller's task.
	Meetings []MeetingView
}

// StopperView is one CPU's stopper.
type StopperView struct {
	// Thread is the PID of migration/N.
	Thread int
	// Enabled means that it takes works.
	Enabled bool
	// Running names the caller whose work it runs, empty for none.
	Running string
	// Queued are the callers of the works behind, next one first.
	Queued []string
}

// MeetingView is a rendezvous of CPUs in multi_cpu_stop().
type MeetingView struct {
	// Caller is the PID of who asked for it.
	Caller int
	// State is how far it is, Left how many have to acknowledge that yet.
	State State
	Left  int // see State
	// CPUs take part, Missing of them have not acknowledged the state.
	CPUs, Missing []int
}

// View returns the present state. A meeting whose CPUs have all left is over.
func (st *Stop) View() View {
	var v View
	st.ViewInto(&v)
	return v
}

// ViewInto puts the present state into v, whose slices it uses again.
func (st *Stop) ViewInto(v *View) {
	for len(v.Stoppers) < len(st.stoppers) {
		v.Stoppers = append(v.Stoppers, StopperView{})
	}
	for i := range st.stoppers {
		p, s := &st.stoppers[i], &v.Stoppers[i]
		*s = StopperView{Thread: p.thread.PID, Enabled: p.enabled, Queued: s.Queued[:0]}
		if p.current != nil {
			s.Running = p.current.name
		}
		for _, w := range p.works {
			s.Queued = append(s.Queued, w.name)
		}
	}
	v.Meetings = v.Meetings[:0]
	for _, x := range st.m.Execs() {
		c := st.calls.Peek(x)
		if c == nil || !c.multi.inProgress() {
			continue
		}
		ms := &c.multi
		m := MeetingView{Caller: x.PID, State: ms.state.Peek(), Left: ms.ack.Peek(), CPUs: slices.Clone(ms.cpus)}
		for _, p := range ms.cpus {
			if !ms.acked[p] {
				m.Missing = append(m.Missing, p)
			}
		}
		v.Meetings = append(v.Meetings, m)
	}
}

// inProgress reports whether not everybody has acknowledged the last state.
func (ms *multi) inProgress() bool {
	s := ms.state.Peek()
	return s != None && s <= Exit && ms.ack.Peek() > 0
}
