package model

import (
	"strings"

	"github.com/rivo/uniseg"

	"lockstep/ui/text"
)

// cells is how many cells a text takes; most texts are ASCII, where a byte is
// one.
func cells(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return uniseg.StringWidth(s)
		}
	}
	return len(s)
}

// width is how many cells a line takes.
func width(l text.Line) int {
	n := 0
	for _, s := range l {
		n += cells(s.Text)
	}
	return n
}

// cut is a line of at most w cells, with a mark where something is missing.
func cut(l text.Line, w int, ascii bool) text.Line {
	if width(l) <= w {
		return l
	}
	if w <= 0 {
		return nil
	}
	mark := "…"
	if ascii {
		mark = "~"
	}
	room := w - 1
	var out text.Line
	for _, s := range l {
		if n := cells(s.Text); n <= room {
			out = append(out, s)
			room -= n
			continue
		}
		return out.Add(s.Role, prefix(s.Text, room)+mark)
	}
	return out
}

// prefix is the longest beginning of s of at most w cells, between what people
// see as characters.
func prefix(s string, w int) string {
	if cells(s) == len(s) {
		return s[:min(w, len(s))]
	}
	rest, state, n := s, -1, 0
	for rest != "" {
		var cluster string
		var wide int
		cluster, rest, wide, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if w -= wide; w < 0 {
			break
		}
		n += len(cluster)
	}
	return s[:n]
}

// selected is a line as the selected one: what has no meaning of its own takes
// the cursor's look, over the whole width.
func selected(l text.Line, w int) text.Line {
	out := make(text.Line, len(l), len(l)+1)
	for i, s := range l {
		switch s.Role {
		case text.Plain, text.Dim, text.Strong:
			s.Role = text.Cursor
		}
		out[i] = s
	}
	if n := w - width(out); n > 0 {
		out = out.Add(text.Cursor, strings.Repeat(" ", n))
	}
	return out
}

// plainText is a text of our own without characters beyond ASCII, if so
// wanted.
func (m *Model) plainText(s string) string {
	if !m.opt.ASCII {
		return s
	}
	return strings.NewReplacer("…", "...", "·", "-", "→", "->").Replace(s)
}

// dots stand for what is left out.
func (m *Model) dots() string { return m.plainText("…") }
