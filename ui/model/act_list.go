package model

import "unicode/utf8"

// listActions are the keys of a list above the panes.
func listActions() []Action {
	on := func(name, help string, run func(m *Model, p *popup), keys ...string) Action {
		return Action{
			Scope: List, Group: List.title(), Keys: keys, Name: name, Help: help,
			run: plain(func(m *Model) { run(m, m.popups[len(m.popups)-1]) }),
		}
	}
	act := func(m *Model, p *popup, do func(m *Model, it item)) {
		if it, ok := p.current(m); ok && do != nil {
			do(m, it)
		}
	}
	return []Action{
		on("down", "next entry", func(m *Model, p *popup) { p.move(m, 1) }, "down", "j"),
		on("up", "entry before", func(m *Model, p *popup) { p.move(m, -1) }, "up", "k"),
		on("page-down", "next page", func(m *Model, p *popup) { p.move(m, p.page(m)) }, "pgdn", "ctrl-d"),
		on("page-up", "page before", func(m *Model, p *popup) { p.move(m, -p.page(m)) }, "pgup", "ctrl-u"),
		on("first", "first entry", func(m *Model, p *popup) { p.move(m, -1<<30) }, "home", "g"),
		on("last", "last entry", func(m *Model, p *popup) { p.move(m, 1<<30) }, "end", "G"),
		on("select", "does what the entry is for", func(m *Model, p *popup) { act(m, p, p.enter) }, "enter"),
		on("remove", "removes a mark or a break point", func(m *Model, p *popup) { act(m, p, p.remove) }, "d", "delete"),
		on("toggle", "a break point on or off", func(m *Model, p *popup) { act(m, p, p.toggle) }, "space"),
		on("close", "closes the list", func(m *Model, _ *popup) { m.close() }, "esc", "q"),
	}
}

// popupKey gives a key to the uppermost list. Where typing narrows the list, a
// rune is text, but for q and ? before anything was typed, which close it.
func (m *Model) popupKey(key string) {
	p := m.popups[len(m.popups)-1]
	if p.filters {
		switch {
		case p.filter == "" && (key == "q" || key == "?"):
			m.close()
			return
		case key == "backspace" && p.filter != "":
			_, n := utf8.DecodeLastRuneInString(p.filter)
			p.filter, p.row = p.filter[:len(p.filter)-n], 0
			return
		case key == "space":
			p.filter, p.row = p.filter+" ", 0
			return
		case utf8.RuneCountInString(key) == 1:
			p.filter, p.row = p.filter+key, 0
			return
		}
	}
	if a := m.keys[List][key]; a != nil {
		m.do(a, "")
	}
}
