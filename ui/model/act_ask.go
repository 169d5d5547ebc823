package model

import (
	"strings"

	"lockstep/ui/panes"
	"lockstep/ui/text"
)

// askActions ask: the model, its keys, for a command. The last quit.
func askActions() []Action {
	return []Action{
		{
			Scope: Main, Group: groupAsk, Keys: []string{"a"}, Name: "why", Args: "[CPU]", Label: "why", Rank: 8,
			Help: "why the chosen processor cannot go on: who waits for whom", complete: cpuNumbers,
			run: func(m *Model, arg string) error {
				cpu, err := m.cpuArg(arg)
				if err != nil {
					return err
				}
				m.open(&popup{title: "why " + cpuName(cpu), text: func(m *Model, w int) []text.Line {
					c := m.context(text.Rect{W: w + 2})
					return panes.Why(c, cpu)
				}})
				return nil
			},
		},
		{
			Scope: Main, Group: groupAsk, Keys: []string{":"}, Name: "command", Label: "cmd", Rank: 10,
			Help: "takes a command: any action by its name; Tab completes",
			run:  plain(func(m *Model) { m.ask(promptCommand, "") }),
		},
		{
			Scope: Main, Group: groupAsk, Keys: []string{"?"}, Name: "help", Label: "help", Rank: 1,
			Help: "lists the keys; typing narrows the list, Enter does it",
			run:  plain(func(m *Model) { m.open(helpList()) }),
		},
		{
			Scope: Always, Group: groupAsk, Keys: []string{"f1"}, Name: "keys", Help: "lists the keys, whatever is open",
			run: plain(func(m *Model) {
				m.prompt, m.popups = nil, nil
				m.open(helpList())
			}),
		},
		{
			Scope: Always, Group: groupAsk, Keys: []string{"ctrl-c"}, Name: "quit", also: []string{"q"},
			Help: "quits, and asks nothing; during a walk the key stops it instead",
			run:  plain(func(m *Model) { m.quit = true }),
		},
		{
			Scope: Always, Group: groupAsk, Keys: []string{"ctrl-z"}, Name: "suspend", Help: "back to the shell for a while",
			possible: hereOnly(func(m *Model) string {
				if m.opt.Suspend == nil {
					return "there is no shell to go back to"
				}
				return ""
			}),
			run: plain(func(m *Model) { m.opt.Suspend() }),
		},
	}
}

// helpList is the list of keys, as they are now: what is impossible says why.
func helpList() *popup {
	return &popup{
		title:   "keys",
		hint:    "type to narrow · Enter does it · Esc closes",
		empty:   "no action matches",
		filters: true,
		items: func(m *Model) []item {
			var all []item
			group := ""
			for i := range m.table {
				a := &m.table[i]
				if a.Group != group {
					group = a.Group
					all = append(all, item{head: true, lines: []text.Line{{{Text: group, Role: text.Strong}}}})
				}
				all = append(all, item{lines: m.helpLines(a), name: a.keyNames() + " :" + a.Name, about: a.Help, n: i})
			}
			return all
		},
		enter: func(m *Model, it item) {
			a := &m.table[it.n]
			m.close()
			switch {
			case !a.command():
				m.warn(a.Name + " is a key of lists and lines: " + a.keyNames())
			case a.byKey || a.Args != "" && len(a.Keys) == 0:
				m.ask(promptCommand, a.Name+" ")
			default:
				m.do(a, "")
			}
		},
	}
}

// helpLines is an action: its keys, its command, what it does, and why it is
// impossible. Where there is little room the last two stand below the others.
func (m *Model) helpLines(a *Action) []text.Line {
	w := m.listWidth() - 2
	name := ""
	if a.command() {
		name = strings.TrimSpace(":" + a.Name + " " + a.brief())
	}
	l := text.Line{{Text: a.keyNames(), Role: text.Key}}.Pad(12).Add(text.Plain, " ").Add(text.Strong, name)
	help := text.Span{Text: a.Help, Role: text.Plain}
	if a.possible != nil && a.command() && !a.byKey {
		if why := a.possible(m, ""); why != "" {
			help = text.Span{Text: a.Help + " (not now: " + why + ")", Role: text.Off}
		}
	}
	column := 36
	if m.listWidth() < compactW {
		column = 4
	}
	var lines []text.Line
	for i, part := range folded(help.Text, w-column) {
		if i > 0 || width(l) >= column {
			lines, l = append(lines, l), nil
		}
		l = l.Pad(column).Add(help.Role, part)
	}
	return append(lines, l)
}

// folded breaks a text between words into parts of at most w cells, as far as
// words are not longer.
func folded(s string, w int) []string {
	parts := []string{""}
	for _, word := range strings.Fields(s) {
		last := &parts[len(parts)-1]
		switch {
		case *last == "":
			*last = word
		case cells(*last)+1+cells(word) <= w:
			*last += " " + word
		default:
			parts = append(parts, word)
		}
	}
	return parts
}

// keyNames are the action's keys as people read them.
func (a *Action) keyNames() string {
	if a.byKey {
		return "0-9"
	}
	return strings.Join(a.Keys, " ")
}

// brief is what the command takes, if that is short.
func (a *Action) brief() string {
	if len(a.Args) > 12 {
		return "[…]"
	}
	return a.Args
}
