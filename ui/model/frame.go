package model

import (
	"fmt"

	"lockstep/ui/panes"
	"lockstep/ui/text"
)

// Names of the panes that show no view.
const (
	paneHeader  = "header"
	paneCPU     = "cpu"
	paneMore    = "more"
	paneMessage = "message"
	paneFooter  = "footer"
	panePopup   = "popup"
)

// Frame composes the screen.
func (m *Model) Frame() *text.Frame {
	m.place()
	f := &text.Frame{W: m.w, H: m.h, CursorX: -1, CursorY: -1}
	a := m.arrange()
	bare := func(name string, r text.Rect, lines ...text.Line) {
		if r.W <= 0 || r.H <= 0 {
			return
		}
		for i := range lines {
			lines[i] = cut(lines[i], r.W, m.opt.ASCII)
		}
		f.Panes = append(f.Panes, text.Pane{Name: name, Rect: r, Bare: true, Lines: lines[:min(len(lines), r.H)]})
	}
	bare(paneHeader, a.Header, m.header(a.Header.W))
	m.drawCPUs(f, a, bare)
	for i := range m.slots {
		if a.Slots[i].W > 0 && a.Slots[i].H > 0 {
			f.Panes = append(f.Panes, m.drawSlot(Slot(i), a.Slots[i]))
		}
	}
	message, footer := m.msg, m.footer(a.Footer.W)
	if a.Message.H == 0 {
		a.Message = a.Footer // a screen this low has one line for both
	}
	if m.prompt != nil {
		message = m.promptLine(f, a.Message)
		footer = m.promptHelp(a.Footer.W)
	}
	if a.Footer.H > 0 {
		bare(paneFooter, a.Footer, footer)
	}
	if a.Message != a.Footer || m.prompt != nil {
		bare(paneMessage, a.Message, message)
	}
	for _, p := range m.popups {
		if pane := p.pane(m); pane.Rect.W > 0 && pane.Rect.H > 0 {
			f.Panes = append(f.Panes, pane)
		}
	}
	m.drawn = f
	return f
}

// drawCPUs draws the processors, in columns or lines, and how many are out of
// sight.
func (m *Model) drawCPUs(f *text.Frame, a Arrangement, bare func(string, text.Rect, ...text.Line)) {
	for i, r := range a.CPUs {
		cpu := a.First + i
		if a.Lines {
			bare(paneCPU, r, panes.CPULine(m.context(r), cpu, r.W))
			continue
		}
		in := r.Inner()
		title, lines := panes.CPUColumn(m.context(r), cpu, in.W, in.H)
		f.Panes = append(f.Panes, text.Pane{
			Name: paneCPU, Rect: r, Title: cut(title, in.W, m.opt.ASCII), Lines: m.cutAll(lines, in),
		})
	}
	if a.More.W <= 0 || a.More.H <= 0 {
		return
	}
	left, right := a.First, len(m.now.CPUs)-a.First-len(a.CPUs)
	if a.More.H == 1 {
		bare(paneMore, a.More, text.Line{
			{Text: fmt.Sprintf("  %s%d more ", m.dots(), left+right), Role: text.Dim}, {Text: "[ ]", Role: text.Key},
		})
		return
	}
	dim := func(s string, n int) text.Line { return text.Line{{Text: fmt.Sprintf(s, n), Role: text.Dim}} }
	lines := []text.Line{nil, dim(" "+m.dots()+"%d more", left+right), nil, dim(" %d left", left), dim(" %d right", right), nil,
		{{Text: " [ ]", Role: text.Key}}}
	if n := m.now.NextCPU; n >= 0 && (n < a.First || n >= a.First+len(a.CPUs)) {
		lines[0] = text.Line{{Text: fmt.Sprintf(">CPU%d", n), Role: text.Here}}
	}
	bare(paneMore, a.More, lines...)
}

// drawSlot draws the view of a slot: its head, and the rows in sight.
func (m *Model) drawSlot(i Slot, r text.Rect) text.Pane {
	s := &m.slots[i]
	in := r.Inner()
	c := m.context(r)
	role := text.Title
	if i == m.focus {
		role = text.Focus
	}
	p := text.Pane{
		Name: s.view.Name, Rect: r, Focus: i == m.focus,
		Title: cut(text.Line{{Text: " " + s.view.Title + " ", Role: role}}, in.W, m.opt.ASCII),
	}
	if in.H <= 0 || in.W <= 0 {
		return p
	}
	p.Lines = m.cutAll(s.head(c, in), in)
	n, h := s.view.Rows(c), in.H-len(p.Lines)
	if n == 0 && h > 0 { // how things stand there
		p.Lines = append(p.Lines, cut(text.Line{{Text: s.view.Preview(c)[0].String(), Role: text.Dim}}, in.W, m.opt.ASCII))
	}
	for k, l := range m.cutAll(s.view.Draw(c, s.from, h), text.Rect{W: in.W, H: h}) {
		if i == m.focus && s.from+k == s.row {
			l = selected(l, in.W)
		}
		p.Lines = append(p.Lines, l)
	}
	if n > h {
		p.Note = cut(text.Line{{Text: fmt.Sprintf(" %d/%d ", s.row+1, n), Role: text.Dim}}, in.W, m.opt.ASCII)
	}
	return p
}

// cutAll cuts lines to what a rectangle holds.
func (m *Model) cutAll(lines []text.Line, in text.Rect) []text.Line {
	lines = append([]text.Line(nil), lines[:min(len(lines), max(in.H, 0))]...)
	for i := range lines {
		lines[i] = cut(lines[i], in.W, m.opt.ASCII)
	}
	return lines
}

// promptLine is the line that is being typed, scrolled so that the cursor is
// in sight, and places the cursor.
func (m *Model) promptLine(f *text.Frame, r text.Rect) text.Line {
	p := m.prompt
	room := max(r.W-cells(p.lead)-1, 0) // the cursor may stand behind the end
	from, used := p.pos, 0
	for from > 0 && used+cells(string(p.line[from-1])) <= room {
		from--
		used += cells(string(p.line[from]))
	}
	f.CursorX, f.CursorY = min(r.X+cells(p.lead)+used, r.X+max(r.W-1, 0)), r.Y
	return text.Line{{Text: p.lead, Role: text.Key}, {Text: prefix(string(p.line[from:]), room), Role: text.Plain}}
}
