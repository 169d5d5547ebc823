package history

import "lockstep/sim"

// Event is one step as the event list keeps it: what was picked, and what
// became of it.
type Event struct {
	Time   sim.Time   // when it happened
	Obj    sim.ObjID  // what the operation touched
	Task   int32      // Exec.ID of who ran, -1 for a device event
	Source int32      // of a device event, 0 for a processor's step
	CPU    int16      // that moved, -1 for a device event
	Kind   sim.Kind   // of the operation, sim.KindNone if there was none
	Access sim.Access // of the operation
	Flags  Flags      // what else happened
}

// Flags say what happened in a step besides its operation.
type Flags uint8

// Flags of an event.
const (
	Took    Flags = 1 << iota // the processor took an interrupt in place of its operation
	Woken                     // the processor's wait was over
	Chosen                    // the pick was made by hand
	Printed                   // a line reached the kernel log
	Found                     // an oracle saw something
)

// chunk is how many events are kept in a piece: growing a list of millions
// must not copy it.
const chunk = 1 << 14

// eventLog is the steps of a branch that have been performed once; step 1 is
// the first.
type eventLog struct {
	chunks [][]Event
	n      uint64
	// sources are the names of those whose events have happened.
	sources map[int]string
}

func (l *eventLog) add(ev Event) {
	if l.n%chunk == 0 {
		l.chunks = append(l.chunks, make([]Event, 0, chunk))
	}
	last := &l.chunks[len(l.chunks)-1]
	*last = append(*last, ev)
	l.n++
}

// at returns step n's event, 1 <= n <= l.n.
func (l *eventLog) at(n uint64) *Event {
	n--
	return &l.chunks[n/chunk][n%chunk]
}

// cut forgets what is behind step n.
func (l *eventLog) cut(n uint64) {
	if n >= l.n {
		return
	}
	l.n = n
	l.chunks = l.chunks[:(n+chunk-1)/chunk]
	if rest := n % chunk; rest != 0 {
		last := &l.chunks[len(l.chunks)-1]
		*last = (*last)[:rest]
	}
}
