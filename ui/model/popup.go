package model

import (
	"slices"
	"strings"

	"lockstep/ui/text"
)

// popup is a list or a text that lies above the panes and has the keys. Its
// content is asked for anew for each frame, so it is always about now.
type popup struct {
	title, hint, empty string

	items  func(m *Model) []item             // of a list
	text   func(m *Model, w int) []text.Line // of a text
	enter  func(m *Model, it item)
	remove func(m *Model, it item)
	toggle func(m *Model, it item)

	filters bool   // typing narrows the list
	filter  string // what was typed
	known   []item // what items gave last, until place
	row     int    // the selected item; of a text, the first line in sight
	from    int    // the first line in sight
}

// item is an entry of a list.
type item struct {
	lines []text.Line
	head  bool   // it is a heading and cannot be selected
	name  string // what typing looks for first
	about string // and then
	n     int
	step  uint64
}

// open lays a list above everything.
func (m *Model) open(p *popup) {
	m.popups = append(m.popups, p)
	p.fix(m, 1)
}

// close takes the uppermost list away.
func (m *Model) close() {
	if n := len(m.popups); n > 0 {
		m.popups = m.popups[:n-1]
	}
}

// list is what is in the list: all of it, or what the filter leaves, without
// headings and the best first.
func (p *popup) list(m *Model) []item {
	if p.items == nil {
		return nil
	}
	if p.known == nil {
		p.known = p.items(m)
	}
	all := slices.Clone(p.known)
	if p.filter == "" {
		return all
	}
	want := strings.ToLower(p.filter)
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), want) }
	all = slices.DeleteFunc(all, func(it item) bool { return it.head || !has(it.name) && !has(it.about) })
	slices.SortStableFunc(all, func(a, b item) int { // in the name is better than in what is told of it
		switch {
		case has(a.name) == has(b.name):
			return 0
		case has(a.name):
			return -1
		}
		return 1
	})
	return all
}

// fix brings the selection to an item that can be selected, looking in a
// direction first.
func (p *popup) fix(m *Model, d int) {
	if p.items == nil {
		return
	}
	all := p.list(m)
	p.row = max(0, min(p.row, len(all)-1))
	for _, d := range []int{d, -d} {
		for i := p.row; i >= 0 && i < len(all); i += d {
			if !all[i].head {
				p.row = i
				return
			}
		}
	}
}

// move moves the selection, or the text.
func (p *popup) move(m *Model, by int) {
	if p.text != nil {
		p.from += by
		return
	}
	p.row += by
	d := 1
	if by < 0 {
		d = -1
	}
	p.fix(m, d)
}

// page is how many lines a page is.
func (p *popup) page(m *Model) int { return max(p.rect(m).Inner().H-1, 1) }

// current is the selected item.
func (p *popup) current(m *Model) (item, bool) {
	all := p.list(m)
	if p.row >= len(all) || all[p.row].head {
		return item{}, false
	}
	return all[p.row], true
}

// listWidth is how wide a list is, with its frame.
func (m *Model) listWidth() int {
	if m.w < 100 {
		return m.w
	}
	return min(m.w-8, 110)
}

// body is the popup's lines for a width, and of each which item it belongs to.
func (p *popup) body(m *Model, w int) (lines []text.Line, of []int) {
	if p.text != nil {
		lines = p.text(m, w)
		return lines, make([]int, len(lines))
	}
	for i, it := range p.list(m) {
		for _, l := range it.lines {
			lines, of = append(lines, l), append(of, i)
		}
	}
	if len(lines) == 0 {
		lines, of = []text.Line{{{Text: p.empty, Role: text.Dim}}}, []int{-1}
	}
	return lines, of
}

// rect is where the popup is: in the middle, as high as it has lines.
func (p *popup) rect(m *Model) text.Rect {
	w := m.listWidth()
	lines, _ := p.body(m, max(w-2, 0))
	need := len(lines) + 2
	if p.filters {
		need = m.h // so that it does not jump while one types
	}
	h := min(need, m.h-3) // header, message and footer stay in sight
	if m.h < tinyH {
		h = m.h
	}
	return text.Rect{X: (m.w - w) / 2, Y: max((m.h-h)/2, 0), W: w, H: max(h, 0)}
}

// place takes in what there is now, and scrolls the popup so that the selected item is in sight as a whole.
func (p *popup) place(m *Model) {
	p.known = nil
	r := p.rect(m).Inner()
	lines, of := p.body(m, r.W)
	if p.text == nil {
		p.fix(m, 1)
		first := max(slices.Index(of, p.row), 0)
		last := first
		for last+1 < len(of) && of[last+1] == p.row {
			last++
		}
		if first > 0 && p.row == 1 {
			first-- // with the heading above the first entry
		}
		p.from = max(min(p.from, first), last-r.H+1)
		if p.from > first {
			p.from = first
		}
	}
	p.from = max(0, min(p.from, len(lines)-r.H))
}

// pane draws the popup.
func (p *popup) pane(m *Model) text.Pane {
	r := p.rect(m)
	in := r.Inner()
	title := " " + p.title + " "
	if p.filter != "" {
		title += "/" + p.filter + " "
	}
	pane := text.Pane{
		Name: panePopup, Rect: r, Focus: true,
		Title: cut(text.Line{{Text: title, Role: text.Focus}}, in.W, m.opt.ASCII),
	}
	if p.hint != "" && r.W > 30 {
		pane.Note = cut(text.Line{{Text: " " + m.plainText(p.hint) + " ", Role: text.Dim}}, in.W, m.opt.ASCII)
	}
	lines, of := p.body(m, in.W)
	for i := p.from; i < min(p.from+in.H, len(lines)); i++ {
		l := cut(lines[i], in.W, m.opt.ASCII)
		if p.text == nil && of[i] == p.row {
			l = selected(l, in.W)
		}
		pane.Lines = append(pane.Lines, l)
	}
	return pane
}
