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
				all = append(all, item{lines: []text.Line{m.helpLine(a)}, n: i})
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

// helpLine is an action in a line: its keys, its command, what it does, and
// why it is impossible.
func (m *Model) helpLine(a *Action) text.Line {
	if m.listWidth() < compactW {
		return text.Line{{Text: a.keyNames(), Role: text.Key}}.Pad(6).Add(text.Strong, " "+a.Name).Add(text.Plain, "  "+a.Help)
	}
	l := text.Line{{Text: a.keyNames(), Role: text.Key}}.Pad(14)
	name := ""
	if a.command() {
		name = strings.TrimSpace(":" + a.Name + " " + a.brief())
	}
	l = l.Add(text.Plain, " ").Add(text.Strong, name).Pad(38)
	why := ""
	if a.possible != nil && a.command() && !a.byKey {
		why = a.possible(m, "")
	}
	if why != "" {
		return l.Add(text.Plain, " ").Add(text.Off, a.Help+" (not now: "+why+")")
	}
	return l.Add(text.Plain, " "+a.Help)
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
