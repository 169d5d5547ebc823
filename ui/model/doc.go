// Package model is `lockstep step` without a terminal: what is chosen, shown
// and asked, and what each key does to it. It knows no cell, no colour and no
// goroutine; keys come in as [Event], and [Model.Frame] is the screen as text
// with roles.
//
// # State
//
// A [Session] stands at a step of a run. The model adds what only a person
// cares for: the chosen processor, which view is in which slot, break points,
// marks, the command line, and lists that lie above the panes. A list or a
// line that is being typed has the keys as long as it is open; Esc closes the
// uppermost.
//
// # Actions
//
// Everything that can be done is an [Action] in one table (table.go): its keys,
// its name as a command, its help, why it may be impossible just now, and what
// it does. The hints in the last line, the help list, the completion of the
// command line and docs/KEYS.md are all read from that table, so none of them
// can tell a lie.
//
// # Walks
//
// An action that moves the session is a walk: it may take long, so it tells how
// far it is and can be interrupted ([Model.Interrupt]); afterwards the model
// looks at where the session stands and says in words what happened, and what
// changed out of sight. The chosen processor follows who moved, unless the walk
// was about a processor.
//
// # Places
//
// [Layout] says where everything is, from sizes alone. The four slots can show
// any view; the processors are above them.
package model
