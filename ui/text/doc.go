// Package text is what the terminal shows before it is a terminal: lines of
// spans, each with a role. Everything that draws a view makes lines; one
// package above turns roles into colours and lines into cells.
//
// A span's text is literal. Nothing in it is markup, so [rcu] and [red] come
// out as they are.
package text
