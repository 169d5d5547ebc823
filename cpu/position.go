package cpu

import (
	"fmt"
	"path/filepath"
)

// Position is a line of a task body that is being executed. A body that is
// inside functions of its own has one for each, the innermost first.
type Position struct {
	File string // of the scenario
	Line int    // in that file
	Task string // whose body it is
	Func string // of the body, empty at its top level
}

// String is the position as it stands at the bottom of a stack.
func (p Position) String() string {
	return fmt.Sprintf("%s:%d (task %s)", filepath.Base(p.File), p.Line, p.Task)
}
