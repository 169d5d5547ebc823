package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lockstep/ui/history"
	"lockstep/ui/text"
)

// breakPoint is a place that every search stops at.
type breakPoint struct {
	where Where
	off   bool // it is kept, but does not count
}

// stopActions make and list break points.
func stopActions() []Action {
	return []Action{
		{
			Scope: Main, Group: groupStop, Keys: []string{"b"}, Name: "break", Label: "break", Rank: 7,
			Args: "[FUNC | lock LOCK | line FILE:LINE | task TASK | kind KIND | field FIELD | if CONDITION]",
			Help: "stops there in both directions, at a function where it performs an operation; alone: at what the selected row stands for; again: no longer",
			also: []string{"b"}, complete: completePlace,
			possible: func(m *Model, arg string) string {
				if _, ok := m.placeOf(false); arg == "" && !ok {
					return "the selected row is no place to stop at; select a line, a lock, a task or a variable"
				}
				return ""
			},
			run: func(m *Model, arg string) (err error) {
				w, _ := m.placeOf(false)
				if arg != "" {
					if w, err = m.placeArg(arg); err != nil {
						return err
					}
				}
				return m.toggle(w)
			},
		},
		watchAction(),
		{
			Scope: Main, Group: groupStop, Keys: []string{"B"}, Name: "breaks", Label: "breaks",
			Help: "lists break points and watches", run: plain(func(m *Model) { m.open(breaksList()) }),
		},
		{
			Scope: Main, Group: groupStop, Name: "delete", Args: "N|all", Help: "removes a break point by its number in the list",
			possible: hereOnly(func(m *Model) string {
				if len(m.stops) == 0 {
					return "there is no break point"
				}
				return ""
			}),
			run: func(m *Model, arg string) error {
				if arg == "all" {
					m.stops = nil
					m.say("no break points any more")
					return nil
				}
				n, err := strconv.Atoi(arg)
				if err != nil || n < 1 || n > len(m.stops) {
					return argError{0, fmt.Sprintf("%q is no number of a break point (1 to %d) or all", arg, len(m.stops))}
				}
				m.say("removed: " + m.stops[n-1].where.String())
				m.stops = slices.Delete(m.stops, n-1, n)
				return nil
			},
		},
	}
}

// watchAction makes a break point of what can change.
func watchAction() Action {
	return Action{
		Scope: Main, Group: groupStop, Keys: []string{"w"}, Name: "watch", Args: "[FIELD]", Label: "watch", Rank: 14,
		Help:     "stops when the selected variable or lock changes, or the named field or lock",
		complete: func(m *Model, _ string) []string { return append(fieldNames(m, ""), lockNames(m, "")...) },
		possible: func(m *Model, arg string) string {
			if _, ok := m.placeOf(true); arg == "" && !ok {
				return "the selected row is no variable or lock"
			}
			return ""
		},
		run: func(m *Model, arg string) error {
			w := Where{Kind: AtField, Name: arg}
			switch {
			case arg == "":
				w, _ = m.placeOf(true)
			case slices.Contains(lockNames(m, ""), arg):
				w.Kind = AtLock
			}
			return m.toggle(w)
		},
	}
}

// toggle makes a break point, or removes it if there is one.
func (m *Model) toggle(w Where) error {
	if i := slices.IndexFunc(m.stops, func(b breakPoint) bool { return b.where == w }); i >= 0 {
		m.stops = slices.Delete(m.stops, i, i+1)
		m.say("no break point any more: " + w.String())
		return nil
	}
	if _, err := m.s.Stop(w); err != nil {
		return err
	}
	m.stops = append(m.stops, breakPoint{where: w})
	m.say(fmt.Sprintf("break point %d: %s; c and C run to it", len(m.stops), w))
	return nil
}

// placeOf is what the selected row stands for as a place to stop at; with
// changes, only what can change.
func (m *Model) placeOf(changes bool) (Where, bool) {
	switch t := m.target(); {
	case t.Lock != "":
		return Where{Kind: AtLock, Name: t.Lock}, true
	case t.Var != "":
		return Where{Kind: AtField, Name: t.Var}, true
	case changes:
	case t.Source != "" && t.Line > 0:
		return Where{Kind: AtLine, Name: t.Source, Line: t.Line}, true
	case t.Task >= 0:
		return Where{Kind: AtTask, Task: t.Task, Name: m.s.TaskName(t.Task)}, true
	}
	return Where{}, false
}

// gutter is where break points are in sources.
func (m *Model) gutter() map[string]bool {
	g := map[string]bool{}
	for _, b := range m.stops {
		if b.where.Kind == AtLine && !b.off {
			g[fmt.Sprintf("%s:%d", b.where.Name, b.where.Line)] = true
		}
	}
	return g
}

// breaksList is the list of break points.
func breaksList() *popup {
	return &popup{
		title: "break points",
		hint:  "space on/off · d removes · Enter runs to it",
		empty: "none; b makes one of the selected row, :break of a name",
		items: func(m *Model) []item {
			var all []item
			for i, b := range m.stops {
				l := text.Line{{Text: fmt.Sprintf("%2d ", i+1), Role: text.Dim}}
				if b.off {
					l = l.Add(text.Off, "off "+b.where.String())
				} else {
					l = l.Add(text.Good, "on  ").Add(text.Plain, b.where.String())
				}
				all = append(all, item{lines: []text.Line{l}, n: i})
			}
			return all
		},
		enter: func(m *Model, it item) {
			m.close()
			if why := m.atEdge(history.Forward); why != "" {
				m.warn(why)
			} else if err := m.find(history.Forward, false, m.stops[it.n].where); err != nil {
				m.fail(err.Error())
			}
		},
		remove: func(m *Model, it item) { m.stops = slices.Delete(m.stops, it.n, it.n+1) },
		toggle: func(m *Model, it item) { m.stops[it.n].off = !m.stops[it.n].off },
	}
}

// short is a text of one line, without what would break it.
func short(s string) string { return strings.Join(strings.Fields(s), " ") }
