package panes

import (
	"fmt"
	"path"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var stackView = list("stack", "call stack",
	"The chosen CPU's kernel functions by context, innermost first.",
	stackSum, nil, openStack)

func stackSum(c *Context) text.Line {
	p := c.cpu(c.CPU)
	if p == nil {
		return text.Line{{Text: "no " + cpuName(c.CPU), Role: text.Dim}}
	}
	return who(p).Add(text.Plain, fmt.Sprintf(": %s in %s", count(len(p.Frames), "frame"), count(len(p.Contexts), "context")))
}

// openStack lists the frames under the contexts they belong to.
func openStack(c *Context) page {
	p := c.cpu(c.CPU)
	if p == nil {
		return page{look: -1}
	}
	owner := frameContexts(p)
	t := newFrameTable(c, p)
	last, look := -1, -1
	var rows []row
	for i := range p.Frames {
		if owner[i] != last {
			last = owner[i]
			rows = append(rows, row{contextHead(&p.Contexts[last]), NoTarget})
		}
		if i == c.Frame-1 || c.Frame == 0 && i == innermost(p) {
			look = len(rows)
		}
		rows = append(rows, t.row(i))
	}
	return pageOf(rows, look)
}

// contextHead is a line between the frames of two contexts.
func contextHead(x *snapshot.Context) text.Line {
	l := text.Line{{Text: x.Kind, Role: text.Strong}}
	if x.Name != "" {
		l = l.Add(text.Plain, " "+x.Name)
	}
	return l
}

// frameTable is a stack's columns: mark, function, the kernel's file, place.
type frameTable struct {
	c      *Context
	p      *snapshot.CPU
	widths []int
}

func newFrameTable(c *Context, p *snapshot.CPU) *frameTable {
	n := len(p.Frames)
	fn := widest(9, 40, n, func(i int) string { return p.Frames[i].Func })
	kernel := widest(0, 40, n, func(i int) string { return p.Frames[i].Kernel })
	at := widest(0, 40, n, func(i int) string { return framePlace(c, &p.Frames[i]) })
	if c.W < 1+2+fn+2+kernel+2+at {
		kernel = 0
	}
	return &frameTable{c, p, squeeze(c.W, []int{1, fn, kernel, at}, []int{1, 12, kernel, 12})}
}

// framePlace is where a frame is executed; a file's name alone must do where
// there is little room.
func framePlace(c *Context, f *snapshot.Frame) string {
	file := f.Source
	if c.W < 60 {
		file = path.Base(file)
	}
	return fmt.Sprintf("%s:%d", file, f.Line)
}

func (t *frameTable) row(i int) row {
	c, f := t.c, &t.p.Frames[i]
	mark, role := " ", text.Plain
	switch {
	case i == innermost(t.p):
		mark, role = c.pick("▶", ">"), text.Here
	case i == c.Frame-1:
		mark, role = c.pick("▷", "-"), text.Focus
	}
	fn := f.Func
	if f.Body && fn == "body" {
		fn = "task body"
	}
	to := NoTarget
	to.CPU, to.Source, to.Line, to.Frame = t.p.ID, f.Source, f.Line, i+1
	return row{cols(c, t.widths,
		cell{Text: mark, Role: role}, cell{Text: fn, Role: role}, cell{Text: f.Kernel, Role: text.Dim},
		cell{Text: cutLeft(c, framePlace(c, f), t.widths[3]), Role: text.Plain}), to}
}

// frameContexts says for each frame the index of the context it runs in, -1
// for all if there are none. A context's Func is its innermost function, so
// going outwards the next context begins where that of the outer one is met.
func frameContexts(p *snapshot.CPU) []int {
	owner := make([]int, len(p.Frames))
	k := len(p.Contexts) - 1
	fresh := true // the present context has no frame yet
	for i, f := range p.Frames {
		if !fresh && k > 0 && f.Func == p.Contexts[k-1].Func {
			k--
		}
		owner[i], fresh = k, false
	}
	return owner
}
