// Package panes has the views: each turns what is known at a step into lines.
// They are pure functions of a [Context]; nothing here knows of keys, of the
// screen, or of how the step was reached.
//
// # Rows on demand
//
// A view opens a page for a context: how many rows there are, and a function
// that makes one of them. What costs much is made only for rows in sight, so
// the list of millions of steps and that of a thousand locks cost a screenful.
// Small views make all their rows at once. Nothing is kept between two calls.
//
// # What every line goes through
//
//	cells  cols puts texts into columns of known width
//	line   fit makes foreign characters harmless, cuts to the width, and marks
//	       what is searched for
//
// Text is literal all the way, so [rcu] and [red] come out as they are.
//
// # Signs
//
// No state is told by colour alone. The same signs mean the same everywhere:
//
//	▶ >  next by itself, the line being executed, the present step
//	◆ *  the chosen processor (in the lists of locks and variables * is a change)
//	H R W S · !  a lock that is held, read, waited for, spun on, free, in a report
//	│ ┌ └ ┆      a lock held, from where to where; waiting for one
//	↓ ◄── ──►    an interrupt lands; it is sent
//
// What comes first is what one looks for first: what is about to happen before
// what is, what is contended before what is free, a deadlock before the chain
// that makes it.
package panes
