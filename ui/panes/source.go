package panes

import (
	"fmt"
	"strconv"
	"strings"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var sourceView = list("source", "source",
	"The chosen CPU's source, with break points and who stands where.",
	sourceHead, func(c *Context) []text.Line { return []text.Line{sourceHead(c)} }, openSource)

// place is what the source view shows: a file, the line to be seen, and the
// frame it is of, if it is one of the chosen processor's.
type place struct {
	file  string
	line  int
	frame *snapshot.Frame
}

// place finds out what is to be shown: the place asked for, or the innermost
// frame that has a source.
func (c *Context) place() place {
	p := c.cpu(c.CPU)
	at := place{file: c.File, line: c.Line}
	if p == nil {
		return at
	}
	from := max(innermost(p), 0)
	if c.File != "" {
		from = max(c.Frame-1, 0)
	}
	for i := from; i < len(p.Frames); i++ {
		f := &p.Frames[i]
		if c.File == "" && f.Source != "" || c.File != "" && f.Source == c.File && f.Line == c.Line {
			return place{f.Source, f.Line, f}
		}
	}
	return at
}

// lines are a file's lines, nil if there are none to be had.
func (c *Context) lines(file string) []string {
	if c.Source == nil || file == "" {
		return nil
	}
	return c.Source.Lines(file)
}

// sourceHead names the function, its file in the kernel, and the file shown.
func sourceHead(c *Context) text.Line {
	at := c.place()
	if at.file == "" {
		return text.Line{{Text: "no source: " + cpuName(c.CPU) + " has no stack", Role: text.Dim}}
	}
	here := fmt.Sprintf("%s:%d", at.file, at.line)
	switch f := at.frame; {
	case f == nil:
		return text.Line{{Text: here, Role: text.Strong}}
	case f.Body:
		return text.Line{{Text: "task body", Role: text.Strong}, {Text: "  " + here, Role: text.Plain}}
	default:
		name, file := text.Span{Text: f.Func, Role: text.Strong}, text.Span{Text: "  " + here, Role: text.Plain}
		return firstFitting(c.W,
			text.Line{name, {Text: "  " + f.Kernel, Role: text.Dim}, file},
			text.Line{name, file}, text.Line{name})
	}
}

// openSource shows the whole file.
func openSource(c *Context) page {
	at := c.place()
	code := c.lines(at.file)
	if code == nil {
		if at.file == "" {
			return page{look: -1}
		}
		return pageOf([]row{{text.Line{{Text: "no text of " + at.file, Role: text.Dim}}, NoTarget}}, -1)
	}
	g := newGutter(c, at, len(code))
	comment := "#"
	if strings.HasSuffix(at.file, ".go") {
		comment = "//"
	}
	tab := blank(4)
	if c.W < 60 {
		tab = blank(2)
	}
	return page{
		n:    len(code),
		look: at.line - 1,
		row: func(i int) text.Line {
			s := strings.ReplaceAll(code[i], "\t", tab)
			return append(g.line(c, i+1), codeSpans(s, comment, g.here(i+1))...)
		},
		to: func(i int) Target {
			t := NoTarget
			t.Source, t.Line = at.file, i+1
			return t
		},
	}
}

// codeSpans is a line of code with its comment in a role of its own; the line
// that is being executed has one role from end to end.
func codeSpans(s, comment string, here bool) text.Line {
	if here {
		return text.Line{{Text: s, Role: text.Here}}
	}
	i := commentAt(s, comment)
	if i < 0 {
		return text.L(s)
	}
	var l text.Line
	if i > 0 {
		l = text.L(s[:i])
	}
	return l.Add(text.Comment, s[i:])
}

// commentAt is where a line's comment begins, -1 if it has none. What stands
// in quotes is no comment.
func commentAt(s, comment string) int {
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case quote != 0 && ch == '\\' && quote != '`':
			i++
		case quote != 0:
			if ch == quote {
				quote = 0
			}
		case ch == '"' || ch == '\'' || ch == '`':
			quote = ch
		case strings.HasPrefix(s[i:], comment):
			return i
		}
	}
	return -1
}

// number is a line number aligned to the right.
func number(n, digits int) string {
	s := strconv.Itoa(n)
	return blank(digits-len(s)) + s
}
