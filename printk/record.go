package printk

import (
	"fmt"
	"strings"

	"lockstep/sim"
)

// Sizes of v4.4 (docs/kernel/sched-irq-printk.md §6.1), in characters.
const (
	logLineMax = 1024 - 32 // text of one record
	prefixLen  = 15        // "[    1.234567] "
	lineWidth  = 56        // of a line in a text whose length is only estimated
)

// Record is one message of the log.
type Record struct {
	Time  sim.Time // of storing
	Level int      // KERN_*
	CPU   int      // that stored it
	Text  string   // without prefix and final newline; may have several lines
	// OnConsole is set when a console has written it.
	OnConsole bool
	// Dropped is set when newer records have overwritten it in the buffer.
	Dropped bool
	// Missed is how many records the consoles lost directly before this one;
	// they print "** N printk messages dropped ** " in their place.
	Missed uint64

	width int // what the text counts for, in characters
	lines int
}

// newRecord cuts the text to what a record holds and works out what it counts
// for. A width stands for a text that may or may not have been captured: then
// neither length nor number of lines may depend on the text.
func newRecord(level int, text string, width int) Record {
	text = strings.TrimSuffix(text, "\n")
	if width > 0 {
		width = min(width, logLineMax)
		return Record{Level: level, Text: text, width: width, lines: (width + lineWidth - 1) / lineWidth}
	}
	text = text[:min(len(text), logLineMax)]
	return Record{Level: level, Text: text, width: len(text), lines: strings.Count(text, "\n") + 1}
}

// String is the record as dmesg shows it: "[    1.234567] text", the prefix
// on each line (docs/kernel/sched-irq-printk.md §6.2).
func (r Record) String() string {
	prefix := fmt.Sprintf("[%5d.%06d] ", r.Time/sim.Second, r.Time%sim.Second/sim.Microsecond)
	return prefix + strings.ReplaceAll(r.Text, "\n", "\n"+prefix)
}

// missedText is what a console prints for the records that it missed.
func (r *Record) missedText() string {
	if r.Missed == 0 {
		return ""
	}
	return fmt.Sprintf("** %d printk messages dropped ** ", r.Missed)
}

// consoleChars is how many characters the record is on a serial line: each of
// its lines has the prefix before it and a carriage return and a newline
// behind it. The newlines between lines count in width already.
func (r *Record) consoleChars() int {
	return len(r.missedText()) + r.width + r.lines*(prefixLen+1) + 1
}
