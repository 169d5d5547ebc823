package panes

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"lockstep/ui/text"

	"github.com/rivo/uniseg"
)

// printable reports whether s is printable ASCII, which nearly everything is:
// a byte is a cell then.
func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// width is how many cells a text takes.
func width(s string) int {
	if printable(s) {
		return len(s)
	}
	return uniseg.StringWidth(s)
}

// clean makes a foreign text harmless: what is no printable character, or is
// beyond ASCII where only ASCII may be shown, becomes one that can be seen.
// Nothing is left out, so a name with an escape sequence in it looks odd
// instead of doing something.
func clean(c *Context, s string) string {
	if printable(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case c.ASCII && (r < ' ' || r > '~'):
			return '?'
		case r == '\u200d': // joins what is seen as one character
			return r
		case !unicode.IsPrint(r) || r == utf8.RuneError:
			return '\ufffd'
		}
		return r
	}, s)
}

// pick chooses between a character and its ASCII form.
func (c *Context) pick(char, ascii string) string {
	if c.ASCII {
		return ascii
	}
	return char
}

// more stands where something was cut off.
func (c *Context) more() string { return c.pick("…", "~") }

// arrow leads from one thing to the next.
func (c *Context) arrow() string { return c.pick("→", "->") }

// prefix is the longest beginning of s that takes at most w cells. It is cut
// between what people see as characters.
func prefix(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if printable(s) {
		return s[:min(w, len(s))]
	}
	rest, state, used, n := s, -1, 0, 0
	for rest != "" {
		var cluster string
		var cells int
		cluster, rest, cells, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used += cells; used > w {
			break
		}
		n += len(cluster)
	}
	return s[:n]
}

// cut is s in at most w cells, with a mark where something is missing.
func cut(c *Context, s string, w int) string {
	switch {
	case width(s) <= w:
		return s
	case w <= 0:
		return ""
	}
	return prefix(s, w-1) + c.more()
}

// cell is one field of a table.
type cell = text.Span

// blanks are cut from, so that padding costs no memory.
const blanks = "                                                                                                                                "

// blank is n blanks.
func blank(n int) string {
	if n <= len(blanks) {
		return blanks[:max(n, 0)]
	}
	return strings.Repeat(" ", n)
}

// between is how many blanks stand behind a column: one behind a mere sign.
func between(w int) int { return 2 - max(2-w, 0) }

// cols puts cells into columns with blanks between them. A width below 0 is
// that of a column aligned to the right, a column of width 0 is left out. The
// last column is not filled up.
func cols(c *Context, widths []int, cells ...cell) text.Line {
	line := make(text.Line, 0, 2*len(cells))
	gap := 0
	for i, cl := range cells {
		w := max(widths[i], -widths[i])
		if w == 0 {
			continue
		}
		s := cut(c, clean(c, cl.Text), w)
		n := w - width(s)
		if widths[i] < 0 {
			gap, n = gap+n, 0
		}
		if s == "" {
			gap += n + between(w)
			continue
		}
		if gap > 0 {
			line = line.Add(text.Plain, blank(gap))
		}
		line = line.Add(cl.Role, s)
		gap = n + between(w)
	}
	return line
}

// cutLeft is s in at most w cells, with its end in sight: of a place in a
// source that is the line.
func cutLeft(c *Context, s string, w int) string {
	s = clean(c, s)
	for width(s) > w && s != "" {
		_, rest, _, _ := uniseg.FirstGraphemeClusterInString(s, -1)
		if s = rest; width(s)+1 <= w {
			return c.more() + s
		}
	}
	return s
}

// squeeze makes columns fit into w cells: the widest of those that are wider
// than their floors give way. A floor of 0 lets a column go altogether; the
// last column, which is not filled up, takes what is left.
func squeeze(w int, widths, floors []int) []int {
	for {
		total, most, gap := 0, -1, 0
		for i, n := range widths {
			if n = max(n, -n); n == 0 {
				continue
			}
			total += gap + n
			gap = between(n)
			if n > floors[i] && (most < 0 || n > max(widths[most], -widths[most])) {
				most = i
			}
		}
		switch {
		case total <= w || most < 0:
			return widths
		case floors[most] == 0:
			widths[most] = 0
		case widths[most] < 0:
			widths[most]++
		default:
			widths[most]--
		}
	}
}

// total is the width of columns with the blanks between them.
func total(widths ...int) int {
	n, gap := 0, 0
	for _, w := range widths {
		if w != 0 {
			n += gap + w
			gap = between(w)
		}
	}
	return n
}

// widest is the width of the longest of n texts, within bounds.
func widest(lo, hi, n int, at func(i int) string) int {
	w := lo
	for i := 0; i < n && w < hi; i++ {
		w = max(w, width(at(i)))
	}
	return min(w, hi)
}
