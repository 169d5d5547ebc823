package cpu

import (
	"fmt"
	"runtime"
	"slices"
)

// LineWidth is the price of a printed line whose text depends on the build.
const LineWidth = lineWidth

// Place names where its caller was called, as file:line of the kernel's, which
// messages say that have the place compiled in; but for the given functions.
// The line is ours: the kernel's own lines are not known here. Without symbols
// the place is unknown. It costs as much as a stack, so it is for messages.
func (m *Machine) Place(but []string) string {
	if m.symbols == nil {
		return "unknown:0"
	}
	var pcs [32]uintptr
	for _, f := range m.symbols().Walk(pcs[:runtime.Callers(2, pcs[:])]) {
		if !slices.Contains(but, f.Func.Kernel) {
			return fmt.Sprintf("%s:%d", f.Func.File, f.Line)
		}
	}
	return "unknown:0"
}

// Ratelimit is the check that lets a message through once a second of jiffies,
// the last being kept in prev. It comes right behind an operation, which says
// who is the first.
func (m *Machine) Ratelimit(prev *uint64) bool {
	now := m.Jiffies.Peek()
	if *prev != 0 && now < *prev+uint64(m.HZ) {
		return false
	}
	*prev = now
	return true
}
