package model

import (
	"fmt"
	"strings"

	"lockstep/ui/history"
)

// Kind is what kind of place a search ends at.
type Kind uint8

// Kinds of places.
const (
	AtCPU       Kind = iota // processor CPU moved
	AtOver                  // processor CPU is at another line of its function, or further out
	AtOut                   // processor CPU has left its function
	AtLock                  // lock Name (any if empty) was taken, released or queued for
	AtSwitch                // a context switch
	AtInterrupt             // an interrupt was taken
	AtReader                // an RCU reader began, ended, was preempted or asked
	AtConsole               // a line reached the kernel log
	AtFinding               // an oracle saw something
	AtFunc                  // a processor came into kernel function Name
	AtLine                  // a processor came to line Line of source Name
	AtTask                  // task Task ran; Name is its comm/pid
	AtKind                  // an operation of kind Name
	AtField                 // field Name changed
	AtExpr                  // condition Name became true
)

// Where is a place that a search ends at. Two break points are the same if
// their places are equal.
type Where struct {
	Kind Kind   // which of the other fields count
	CPU  int    // a processor
	Name string // of a lock, function, source, task, kind or field; a condition
	Line int    // of a source
	Task int    // a task's ID
}

// sought says that a search for a place found nothing.
func sought(w Where, d history.Direction) string {
	what := map[Kind]string{
		AtSwitch: "context switch", AtInterrupt: "interrupt", AtReader: "change of an RCU reader", AtConsole: "log line", AtFinding: "break point or finding",
	}[w.Kind]
	switch w.Kind {
	case AtCPU:
		what = fmt.Sprintf("step of CPU%d", w.CPU)
	case AtOver, AtOut:
		what = "such step of its task"
	case AtLock:
		what = strings.TrimSpace("lock operation on " + w.Name)
		if w.Name == "" {
			what = "lock operation"
		}
	}
	if what == "" {
		what = w.String()
	}
	switch {
	case d == history.Backward:
		return "no earlier " + what
	case w.Kind == AtFinding:
		return "" // that the history ends says as much
	}
	return "no " + what + " until the end"
}

// String is the place as the break command takes it.
func (w Where) String() string {
	switch w.Kind {
	case AtFunc:
		return "func " + w.Name
	case AtLine:
		return fmt.Sprintf("line %s:%d", w.Name, w.Line)
	case AtTask:
		return "task " + w.Name
	case AtKind:
		return "kind " + w.Name
	case AtField:
		return "field " + w.Name
	case AtExpr:
		return "if " + w.Name
	case AtLock:
		return "lock " + w.Name
	}
	return fmt.Sprintf("cpu %d", w.CPU)
}
