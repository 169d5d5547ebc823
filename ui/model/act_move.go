package model

import "lockstep/ui/text"

// moveActions move within the pane that has the keys, and search in it.
func moveActions() []Action {
	move := func(name, help string, by func(m *Model, rows, page int) int, keys ...string) Action {
		return Action{
			Scope: Main, Group: groupMove, Keys: keys, Name: name, Help: help,
			run: plain(func(m *Model) { m.move(by) }),
		}
	}
	return []Action{
		move("down", "next row", func(m *Model, _, _ int) int { return m.slots[m.focus].row + 1 }, "j", "down"),
		move("up", "row before", func(m *Model, _, _ int) int { return m.slots[m.focus].row - 1 }, "k", "up"),
		move("page-down", "next page", func(m *Model, _, p int) int { return m.slots[m.focus].row + p }, "pgdn", "ctrl-d"),
		move("page-up", "page before", func(m *Model, _, p int) int { return m.slots[m.focus].row - p }, "pgup", "ctrl-u"),
		move("first", "first row", func(*Model, int, int) int { return 0 }, "g", "home"),
		move("last", "last row", func(_ *Model, n, _ int) int { return n - 1 }, "G", "end"),
		{
			Scope: Main, Group: groupMove, Keys: []string{"enter"}, Name: "select", Label: "select",
			Help: "goes to the selected step; chooses the selected processor or task's; shows the selected frame; draws the graph around the selected lock",
			possible: hereOnly(func(m *Model) string {
				if t := m.target(); t.Step == 0 && t.CPU < 0 && t.Lock == "" {
					return "nothing follows from this row"
				}
				return ""
			}),
			run: plain((*Model).selectRow),
		},
		{
			Scope: Main, Group: groupMove, Keys: []string{"/"}, Name: "search", Args: "[TEXT]", Label: "find", Rank: 11,
			Help: "searches in this pane: events, source, any view", also: []string{"find"},
			run: func(m *Model, arg string) error {
				if arg == "" {
					m.ask(promptSearch, "")
				} else {
					m.searchFor(arg)
				}
				return nil
			},
		},
		{
			Scope: Main, Group: groupMove, Keys: []string{"ctrl-n"}, Name: "next-match", Help: "next row that matches",
			possible: hereOnly((*Model).noSearch), run: plain(func(m *Model) { m.match(1) }),
		},
		{
			Scope: Main, Group: groupMove, Keys: []string{"ctrl-p"}, Name: "previous-match", Help: "row before that matches",
			possible: hereOnly((*Model).noSearch), run: plain(func(m *Model) { m.match(-1) }),
		},
		{
			Scope: Main, Group: groupMove, Keys: []string{"esc"}, Name: "back", Help: "one level up: closes a list, forgets the search, zooms out",
			run: plain(func(m *Model) {
				switch {
				case m.search != "":
					m.search = ""
				case m.zoom != Normal:
					m.zoom = Normal
				default:
					m.say("this is the top level; :q or ctrl-c quits")
				}
			}),
		},
		{
			Scope: Main, Group: groupMove, Keys: []string{"q"}, Name: "close", Help: "closes a list",
			possible: hereOnly(func(*Model) string { return "no list is open; :q or ctrl-c quits" }),
			run:      plain(func(*Model) {}),
		},
	}
}

// move selects another row in the pane with the keys.
func (m *Model) move(to func(m *Model, rows, page int) int) {
	r := m.arrange().Slots[m.focus]
	s := &m.slots[m.focus]
	c := m.context(r)
	n := s.view.Rows(c)
	s.row = max(0, min(to(m, n, max(s.height(c, r.Inner())-1, 1)), n-1))
}

// selectRow does what follows from the selected row.
func (m *Model) selectRow() {
	switch t := m.target(); {
	case t.Step > 0:
		m.seek(t.Step)
	case t.Lock != "":
		m.lock = t.Lock
		m.reveal()
		m.say("the lockgraph view is around " + t.Lock)
	case t.Frame > 0:
		m.showFrame(t.Frame)
	case t.CPU >= 0:
		m.choose(t.CPU)
		m.say("chosen: " + cpuName(m.cpu))
	}
}

// slotRect is where a slot is; one out of sight is as wide as the screen, for
// its rows may be asked for all the same.
func (m *Model) slotRect(i Slot) text.Rect {
	r := m.arrange().Slots[i]
	if r.W == 0 {
		r.W = m.w
	}
	return r
}
