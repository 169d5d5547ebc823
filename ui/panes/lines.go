package panes

import (
	"strings"

	"lockstep/ui/text"
)

// fit makes a line ready to be shown: foreign characters harmless, no wider
// than the context allows, and what is searched for highlighted. Every line of
// every view goes through it.
func fit(c *Context, l text.Line) text.Line { return fitTo(c, l, c.W) }

func fitTo(c *Context, l text.Line, w int) text.Line {
	for n := len(l) - 1; n >= 0 && strings.Trim(l[n].Text, " ") == ""; n-- {
		l = l[:n] // blanks at the end
	}
	total := 0
	for i := range l {
		l[i].Text = clean(c, l[i].Text)
		total += width(l[i].Text)
	}
	if total > w {
		l = cutLine(c, l, w)
	}
	if c.Search != "" {
		l = highlight(l, c.Search)
	}
	return l
}

// fitAll fits every line.
func fitAll(c *Context, lines []text.Line) []text.Line {
	for i := range lines {
		lines[i] = fit(c, lines[i])
	}
	return lines
}

// cutLine cuts a line that is wider than w.
func cutLine(c *Context, l text.Line, w int) text.Line {
	if w <= 0 {
		return nil
	}
	room := w - 1
	for i, s := range l {
		n := width(s.Text)
		if n <= room {
			room -= n
			continue
		}
		out := l[:i:i]
		if p := prefix(s.Text, room); p != "" {
			out = out.Add(s.Role, p)
		}
		return out.Add(s.Role, c.more())
	}
	return l
}

// lineWidth is Width with the short cut for ASCII.
func lineWidth(l text.Line) int {
	n := 0
	for _, s := range l {
		n += width(s.Text)
	}
	return n
}

// firstFitting is the first of several forms of one line that is no wider than
// w, or the last and shortest of them.
func firstFitting(w int, forms ...text.Line) text.Line {
	for _, l := range forms {
		if lineWidth(l) <= w {
			return l
		}
	}
	return forms[len(forms)-1]
}

// highlight gives every occurrence of a text the role Match, also where it
// runs across spans.
func highlight(l text.Line, what string) text.Line {
	whole := l.String()
	at := strings.Index(whole, what)
	if at < 0 {
		return l
	}
	var out text.Line
	pos := 0 // of the span in the line
	for _, s := range l {
		for done := 0; done < len(s.Text); {
			for at >= 0 && at+len(what) <= pos+done {
				at = next(whole, what, at+len(what))
			}
			role, end := s.Role, len(s.Text)
			switch {
			case at < 0 || at >= pos+len(s.Text):
			case at > pos+done:
				end = at - pos
			default:
				role, end = text.Match, min(at+len(what)-pos, len(s.Text))
			}
			out = out.Add(role, s.Text[done:end])
			done = end
		}
		pos += len(s.Text)
	}
	return out
}

// next is where what stands in s from a position on, -1 if nowhere.
func next(s, what string, from int) int {
	if i := strings.Index(s[from:], what); i >= 0 {
		return from + i
	}
	return -1
}

// wrap breaks a line between words; the lines behind the first begin with
// hang blanks. A word that is too long for a line is left to be cut.
func wrap(c *Context, l text.Line, hang int) []text.Line {
	if hang > c.W/2 {
		hang = 0
	}
	var lines []text.Line
	var line text.Line
	used, fresh := 0, true
	for _, w := range words(c, l) {
		if !fresh && used+w.gap+w.cells > c.W {
			lines, line = append(lines, line), nil
			used, w.gap = 0, hang
		}
		if w.gap > 0 {
			line = line.Add(text.Plain, blank(w.gap))
		}
		line = append(line, w.spans...)
		used += w.gap + w.cells
		fresh = false
	}
	return append(lines, line)
}

// word is what wrap does not break, with the blanks in front of it.
type word struct {
	gap, cells int
	spans      text.Line
}

// words splits a line at its blanks.
func words(c *Context, l text.Line) []word {
	var ws []word
	glue := false // the next piece belongs to the last word
	gap := 0
	for _, s := range l {
		rest := clean(c, s.Text)
		for rest != "" {
			bare := strings.TrimLeft(rest, " ")
			if n := len(rest) - len(bare); n > 0 {
				gap, glue, rest = gap+n, false, bare
				continue
			}
			piece, _, _ := strings.Cut(rest, " ")
			rest = rest[len(piece):]
			if !glue {
				ws = append(ws, word{gap: gap})
				gap, glue = 0, true
			}
			w := &ws[len(ws)-1]
			w.cells += width(piece)
			w.spans = w.spans.Add(s.Role, piece)
		}
	}
	return ws
}
