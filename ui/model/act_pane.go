package model

import (
	"fmt"
	"slices"

	"lockstep/ui/panes"
	"lockstep/ui/text"
)

// zoomNames are the zooms' names.
var zoomNames = []string{"normal", "half", "full"}

// paneActions are about which views are where.
func paneActions() []Action {
	one := func(name, help, label string, rank int, run func(m *Model), keys ...string) Action {
		return Action{Scope: Main, Group: groupPane, Keys: keys, Name: name, Label: label, Rank: rank, Help: help, run: plain(run)}
	}
	return []Action{
		one("views", "lists all views, to show one in this pane", "views", 9, func(m *Model) { m.open(toolbox(m)) }, "v"),
		{
			Scope: Main, Group: groupPane, Name: "view", Args: "NAME", Help: "shows that view in this pane", complete: viewNames,
			run: func(m *Model, arg string) error {
				v := panes.Named(arg)
				if v == nil {
					if arg == "" {
						return argError{0, "needs a view's name; v lists them"}
					}
					return m.known("view", arg, viewNames(m, ""))
				}
				m.put(v)
				return nil
			},
		},
		one("next-pane", "gives the keys to the next pane", "pane", 21, func(m *Model) { m.turn(1) }, "tab"),
		one("previous-pane", "gives the keys to the pane before", "pane", 0, func(m *Model) { m.turn(-1) }, "backtab"),
		one("bigger", "this pane bigger: its share, all but the processors, everything", "zoom", 22,
			func(m *Model) { m.setZoom((m.zoom + 1) % 3) }, "+", "="),
		one("smaller", "this pane smaller again", "", 0, func(m *Model) { m.setZoom((m.zoom + 2) % 3) }, "_"),
		{
			Scope: Main, Group: groupPane, Name: "zoom", Args: "[normal|half|full]", Help: "how big this pane is; alone: the next",
			complete: func(*Model, string) []string { return zoomNames },
			run: func(m *Model, arg string) error {
				i := slices.Index(zoomNames, arg)
				if arg == "" {
					i = int(m.zoom+1) % 3
				}
				if i < 0 {
					return m.known("zoom", arg, zoomNames)
				}
				m.setZoom(Zoom(i))
				return nil
			},
		},
		one("swap", "changes places with the view of the next pane", "", 0, func(m *Model) {
			next := (m.focus + 1) % NSlots
			m.slots[m.focus], m.slots[next] = m.slots[next], m.slots[m.focus]
			m.focus = next
			m.say(m.slots[m.focus].view.Name + " has moved on; the keys went with it")
		}),
		one("cpus-left", "scrolls the processors back", "", 0, func(m *Model) { m.scrollCPUs(-1) }, "["),
		one("cpus-right", "scrolls the processors on", "", 0, func(m *Model) { m.scrollCPUs(1) }, "]"),
		{
			Scope: Main, Group: groupPane, Name: "theme", Args: "NAME", Help: "changes the colours",
			complete: func(m *Model, _ string) []string { return m.opt.Themes },
			possible: hereOnly(func(m *Model) string {
				if m.opt.Theme == nil {
					return "there are no colours here"
				}
				return ""
			}),
			run: func(m *Model, arg string) error {
				if arg == "" {
					return argError{0, fmt.Sprintf("needs a name: %v", m.opt.Themes)}
				}
				if err := m.known("theme", arg, m.opt.Themes); err != nil {
					return err
				}
				m.say("theme: " + arg)
				return m.opt.Theme(arg)
			},
		},
	}
}

// put shows a view in the pane with the keys. A view is in one slot only, so
// if another has it, the two change places.
func (m *Model) put(v *panes.View) {
	old := m.slots[m.focus]
	m.slots[m.focus] = slot{view: v}
	for i := range m.slots {
		if s := &m.slots[i]; Slot(i) != m.focus && s.view == v {
			m.slots[m.focus], *s = *s, old
		}
	}
	m.reveal()
	m.say(v.Name + ": " + v.Help)
}

// turn gives the keys to the n-th pane from here.
func (m *Model) turn(n Slot) { m.focus = (m.focus + n + NSlots) % NSlots }

// setZoom changes how big the pane with the keys is.
func (m *Model) setZoom(z Zoom) {
	m.zoom = z
	m.say("zoom: " + zoomNames[z])
}

// scrollCPUs brings as many other processors into sight as there is room for.
func (m *Model) scrollCPUs(d int) {
	a := m.arrange()
	n := len(a.CPUs)
	if n >= len(m.now.CPUs) {
		m.warn("all processors are in sight")
		return
	}
	m.first = max(0, min(a.First+d*n, len(m.now.CPUs)-n))
	m.say(fmt.Sprintf("CPU%d to CPU%d of %d", m.first, min(m.first+n, len(m.now.CPUs))-1, len(m.now.CPUs)))
}

// viewNames are all views.
func viewNames(*Model, string) []string {
	var all []string
	for _, v := range panes.All() {
		all = append(all, v.Name)
	}
	return all
}

// toolbox lists all views, each with what it would show now.
func toolbox(m *Model) *popup {
	p := &popup{
		title: "views",
		hint:  "Enter shows it in this pane",
		items: func(m *Model) []item {
			c := m.context(text.Rect{W: m.listWidth() - 2})
			var all []item
			for i, v := range panes.All() {
				head := text.Line{{Text: v.Name, Role: text.Strong}, {Text: "  " + v.Help, Role: text.Dim}}
				if m.shows(v.Name) {
					head = head.Add(text.Here, "  (in sight)")
				}
				lines := []text.Line{head}
				for _, l := range v.Preview(c) {
					lines = append(lines, append(text.L("  "), l...))
				}
				all = append(all, item{lines: lines, n: i})
			}
			return all
		},
		enter: func(m *Model, it item) {
			m.close()
			m.put(panes.All()[it.n])
		},
	}
	p.row = max(0, slices.Index(panes.All(), m.slots[m.focus].view))
	return p
}
