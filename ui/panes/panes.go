package panes

import (
	"lockstep/sim"
	"lockstep/ui/history"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// Context is what views draw from.
type Context struct {
	Now    *snapshot.Snapshot // what is shown; nil is nothing at all
	Before *snapshot.Snapshot // one step earlier; nil at the start
	CPU    int                // the chosen processor
	W      int                // cells a line may take
	ASCII  bool               // no characters beyond ASCII
	Log    Log                // the steps; nil for none
	Source Sources            // of what is executed; nil for none
	Search string             // highlight this text; empty for none
	// Stops are the break points as "rcu/unlock.go:31" or "configs/abba.toml:12",
	// for the gutter of a source.
	Stops map[string]bool
	Marks map[uint64]string // notes by step
	Lock  string            // the lock that the lock-graph view is around; empty: of the last lock operation
	// File and Line are a place that the source view shows instead of the
	// chosen processor's innermost frame; File is empty for none.
	File  string // as in a frame
	Line  int    // from 1
	Frame int    // which frame of the chosen processor that is, 0 for none
}

// Log is the list of steps.
type Log interface {
	// Events is how many steps are known, and so the number of the last.
	Events() uint64
	// Event is what step 1..Events() was.
	Event(step uint64) history.Event
	// ObjName is what the object of an operation is called.
	ObjName(id sim.ObjID) string
	// TaskName is comm/pid of an Exec.ID.
	TaskName(id int) string
	// SourceName is what a source of device events is called.
	SourceName(id int) string
}

// Sources gives the text of sources by the names that frames carry.
type Sources interface {
	// Lines returns a file's lines, nil if there is no such file.
	Lines(name string) []string
}

// View is one view.
type View struct {
	Name  string // one word: "locks"
	Title string // "locks"
	Help  string // what it shows, one sentence
	// Head returns lines that stand above the rows and do not scroll with
	// them: what is shown, or names of columns.
	Head func(c *Context) []text.Line
	// Labels reports that the head only names columns, so that a low pane can
	// do without it.
	Labels bool
	// Rows says how many lines there are.
	Rows func(c *Context) int
	// Draw returns lines from..from+n, fewer at the end.
	Draw func(c *Context, from, n int) []text.Line
	// Look returns the row that should be in sight, -1 if it does not matter.
	Look func(c *Context) int
	// Target says what a row stands for.
	Target func(c *Context, row int) Target
	// Preview is two lines that say what the view would show now.
	Preview func(c *Context) [2]text.Line
}

// Target is what a row stands for; zero fields mean nothing of the kind.
type Target struct {
	CPU    int    // a processor, -1 for none
	Step   uint64 // a step in the history
	Device int    // a device event source
	Lock   string // a lock's name
	Var    string // a shared variable or field
	Task   int    // a task's ID, -1 for none
	Source string // a place in a source
	Line   int    // its line
	Frame  int    // a frame of CPU, counted from 1 at the innermost
}

// NoTarget stands for nothing.
var NoTarget = Target{CPU: -1, Task: -1}
