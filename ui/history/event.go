package history

import "lockstep/sim"

// Event is one step as the event list keeps it: what was picked, and what
// became of it.
type Event struct {
	Time   sim.Time
	Obj    sim.ObjID
	Task   int32 // Exec.ID of who ran, -1 for a device event
	Source int32 // of a device event, 0 for a processor's step
	CPU    int16 // that moved, or that a device event reached; -1 if neither
	Kind   sim.Kind
	Access sim.Access
	Flags  Flags
}

// Flags say what happened in a step besides its operation.
type Flags uint8

// Flags of an event.
const (
	Took    Flags = 1 << iota // the processor took an interrupt in place of its operation
	Chosen                    // the pick was made by hand
	Printed                   // a line reached the kernel log
	Found                     // an oracle saw something
	Woke                      // a task was made runnable
	Changed                   // a watched field changed
)
