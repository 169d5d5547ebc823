// Package history is a run that one can walk through in both directions: a
// position in it, the choices that made it, and what happened on the way.
//
// # Steps
//
// A step is one thing the engine picks: a processor that performs its
// announced operation or takes an interrupt, or a device event. Step n is the
// state after n of them; the run ends at some last step.
//
// # Going back
//
// A fiber cannot be copied, so going back runs another machine forward to an
// earlier step: the same scenario and choices, hence the same states. What
// makes it quick is kept at three distances:
//
//	the last steps     snapshots of them, made on the way here: no machine runs
//	a little before    machines that stay parked at earlier steps
//	long before        a new machine, from the start
//
// # Choices
//
// By default the scenario's chooser picks. A choice made by hand replaces one
// pick at one step; the future from there on is another and is forgotten.
// Undoing the latest choice brings the former future back.
package history
