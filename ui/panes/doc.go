// Package panes has the views: each turns what is known at a step into lines.
// They are pure functions of a [Context]; nothing here knows of keys, of the
// screen, or of how the step was reached.
package panes
