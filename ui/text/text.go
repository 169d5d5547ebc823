package text

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Role is what a piece of text means. A theme gives each a look; no theme
// tells two lock states apart by colour alone, since their words differ too.
type Role uint8

// Roles.
const (
	Plain   Role = iota // ordinary text
	Dim                 // what matters less: addresses, line numbers, units
	Strong              // headings within a pane, names
	Title               // a pane's title
	Border              // a pane's frame
	Focus               // title and frame of the pane that has the keys
	Cursor              // the selected row
	Here                // the line or operation that is about to be performed
	Changed             // what the last step changed
	Held                // a lock that is held, an owner
	Wait                // somebody who waits
	Free                // what is free or idle
	Splat               // a finding, a deadlock, an error
	Warn                // a warning, a limit
	Good                // as it should be
	Key                 // a key in a hint
	Off                 // an action that is not possible now
	Comment             // a comment in a source
	Match               // what a search found
	CPU0                // the colour of a processor: CPU0 + n%8
	CPU1
	CPU2
	CPU3
	CPU4
	CPU5
	CPU6
	CPU7
	NRoles // how many there are
)

// OfCPU is the role of what belongs to processor n.
func OfCPU(n int) Role { return CPU0 + Role(n%8) }

// Span is text of one role.
type Span struct {
	Text string // literal
	Role Role   // what it means
}

// Line is one line of a pane.
type Line []Span

// L makes a line of plain text.
func L(s string) Line { return Line{{s, Plain}} }

// Add appends text of a role and returns the longer line.
func (l Line) Add(r Role, s string) Line { return append(l, Span{s, r}) }

// String is the line's text without roles.
func (l Line) String() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Width is how many cells the line takes.
func (l Line) Width() int {
	n := 0
	for _, s := range l {
		n += uniseg.StringWidth(s.Text)
	}
	return n
}

// Pad appends blanks until the line is w cells wide.
func (l Line) Pad(w int) Line {
	if n := w - l.Width(); n > 0 {
		return append(l, Span{strings.Repeat(" ", n), Plain})
	}
	return l
}
