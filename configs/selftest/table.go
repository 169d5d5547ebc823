package selftest

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// The table is that of lib/locking-selftest.c: a right-aligned label of 33
// characters, then a cell of seven for each case.
const (
	rule     = "  --------------------------------------------------------------------------\n"
	okCell   = "  ok  |"
	badCell  = "FAILED|"
	noCell   = "       " // the last of a run of them ends in a bar
	cellSize = len(okCell)
)

// columns of the first part, and of the two parts that have their own.
var (
	lockColumns = []string{"spin", "wlock", "rlock", "mutex", "wsem", "rsem", "rtmutex"}
	wwColumns   = []string{"block", "try", "context"}
	waitColumns = []string{"RCU", "raw", "spinlock", "mutex"}
)

// banner opens the table; the column of rt_mutexes is newer.
func banner(k Kernel) string {
	head := "                                 | spin |wlock |rlock |mutex | wsem | rsem |"
	if k != V44 {
		head += "rtmutex"
	}
	return "------------------------\n" +
		"| Locking API testsuite:\n" +
		"----------------------------------------------------------------------------\n" +
		head + "\n" + rule
}

// part is a stretch of the table below a heading of its own.
type part uint8

const (
	partLocks part = iota
	partReaders
	partIrq
	partWW
	partWWMatrix
	partReclaim
	partWait
	partSubclass
	partOther
)

// headings are what the kernel prints between the parts.
var headings = [...]string{
	partReaders:  rule,
	partIrq:      rule,
	partWW:       rule + "  | Wound/wait tests |\n  ---------------------\n",
	partWWMatrix: "  -----------------------------------------------------\n                                 |block | try  |context|\n  -----------------------------------------------------\n",
	partReclaim:  "  --------------------\n  | fs_reclaim tests |\n  --------------------\n",
	partWait:     rule + "  | wait context tests |\n" + rule + "                                 | rcu  | raw  | spin |mutex |\n" + rule,
	partSubclass: rule + "  | lockdep_set_subclass() name test|\n  -----------------------------------\n",
	partOther:    rule,
}

// partOf says where a case belongs.
func partOf(c *Case) part {
	switch g := c.Label.Group; {
	case g == "read_recursion_basic" || g == "mixed_ABBA":
		return partReaders
	case strings.HasPrefix(g, "irq"):
		return partIrq
	case g == "ww_mutex" && wwColumn(c) >= 0:
		return partWWMatrix
	case g == "ww_mutex":
		return partWW
	case g == "fs_reclaim":
		return partReclaim
	case g == "wait_context":
		return partWait
	case g == "special" && strings.HasPrefix(c.Label.Row, "compare name"):
		return partSubclass
	case g == "special":
		return partOther
	}
	return partLocks
}

// wwColumn is the column of a ROW/COLUMN pair of the ww matrix, -1 if the
// case is none.
func wwColumn(c *Case) int {
	i := strings.LastIndexByte(c.Label.Row, '/')
	if i < 0 {
		return -1
	}
	return slices.Index(wwColumns, c.Label.Row[i+1:])
}

// label is what stands in front of a case's row.
func label(c *Case, p part) string {
	if p == partWWMatrix {
		return c.Label.Row[:strings.LastIndexByte(c.Label.Row, '/')]
	}
	return c.Label.Row
}

// column is where in its row a case stands, -1 if behind the one before it:
// the ww tests count no columns, and v4.4 puts the only case of a
// read-recursion row first.
func column(c *Case, p part) int {
	switch {
	case p == partWW || c.Label.Group == "irq_read_recursion" && c.Script.Kernel == V44:
		return -1
	case p == partWWMatrix:
		return wwColumn(c)
	case p == partWait:
		return slices.Index(waitColumns, c.Label.Variant)
	case p == partReclaim || p == partSubclass || p == partOther:
		return -1
	}
	return slices.Index(lockColumns, c.Label.Variant)
}

// table writes rows as they come.
type table struct {
	w     io.Writer
	begun bool
	k     Kernel
	p     part
	row   string
	cells int // in the row so far
}

// WriteTable writes the kernel's table of outcomes, in their order, with its
// closing line. Write errors are dropped: give it a buffer.
func WriteTable(w io.Writer, outcomes []Outcome) {
	t := &table{w: w}
	failed := 0
	for i := range outcomes {
		o := &outcomes[i]
		t.add(o)
		if !o.VerdictOK() {
			failed++
		}
	}
	if t.begun {
		fmt.Fprintln(w)
	}
	writeClosing(w, failed, len(outcomes))
}

// add writes a case's cell, and what has to stand in front of it.
func (t *table) add(o *Outcome) {
	c := o.Case
	p := partOf(c)
	row, col := label(c, p), column(c, p)
	fresh := !t.begun || c.Script.Kernel != t.k
	if fresh || p != t.p || row != t.row || col >= 0 && col < t.cells {
		t.newRow(c, p, row, fresh)
	}
	if gap := col - t.cells; gap > 0 {
		fmt.Fprint(t.w, strings.Repeat(noCell, gap)[1:], "|")
		t.cells = col
	}
	cell := badCell
	if o.VerdictOK() {
		cell = okCell
	}
	fmt.Fprint(t.w, cell)
	t.cells++
}

func (t *table) newRow(c *Case, p part, row string, fresh bool) {
	if t.begun {
		fmt.Fprintln(t.w)
	}
	if fresh {
		fmt.Fprint(t.w, banner(c.Script.Kernel))
	}
	if p != t.p || fresh {
		fmt.Fprint(t.w, headings[p])
	}
	t.begun, t.k, t.p, t.row, t.cells = true, c.Script.Kernel, p, row, 0
	fmt.Fprintf(t.w, "%33s:", row)
}

// writeClosing writes how it all went, as the kernel does.
func writeClosing(w io.Writer, failed, total int) {
	if failed > 0 {
		const bar = "-----------------------------------------------------------------\n"
		fmt.Fprintf(w, "%sBUG: %3d unexpected failures (out of %3d) - debugging disabled! |\n%s", bar, failed, total, bar)
		return
	}
	fmt.Fprintf(w, "-------------------------------------------------------\nGood, all %3d testcases passed! |\n---------------------------------\n", total)
}
