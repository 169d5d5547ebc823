// Package ui is the terminal UI: it steps through a run, forwards and
// backwards, and shows the locks.
//
//	text      lines, roles, frames: what is shown, before it is a terminal
//	snapshot  what people see of a machine between two steps
//	history   a run that one can walk through, and steer
//	panes     the views: from a snapshot to lines
//	model     state and actions, keys, commands, layout: from events to frames
//	term      the terminal: from frames to cells, and from keys to events
//
// Imports go down this list's opposite way, and only term knows a terminal. Two
// goroutines matter: the program's, on which the model and the session live,
// and the terminal's event loop; between them go events one way and finished
// frames the other (see term).
package ui
