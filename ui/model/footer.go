package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"lockstep/ui/text"
)

// footer is as many hints as fit. Those of a low rank are dropped last, that of
// the help never. What is impossible just now stays, in another look.
func (m *Model) footer(w int) text.Line {
	var ranked []*Action
	for i := range m.table {
		if a := &m.table[i]; a.Rank > 0 {
			ranked = append(ranked, a)
		}
	}
	slices.SortStableFunc(ranked, func(a, b *Action) int { return cmp.Compare(a.Rank, b.Rank) })
	help := m.hint(ranked[0])
	var l text.Line
	for _, a := range ranked[1:] {
		h := m.hint(a)
		if width(l)+width(h)+2+width(help) > w {
			continue
		}
		l = append(l, h...).Add(text.Plain, "  ")
	}
	return append(l, help...)
}

// hint is an action in two words.
func (m *Model) hint(a *Action) text.Line {
	key, role := a.keyNames(), text.Plain
	if !a.byKey {
		key = keyShown(a.Keys[0])
	}
	if a.possible != nil && !a.byKey && a.possible(m, "") != "" {
		role = text.Off
	}
	return text.Line{{Text: key, Role: text.Key}, {Text: " " + a.Label, Role: role}}
}

// keyShown is a key's name as a hint has it.
func keyShown(key string) string {
	switch key {
	case "backspace":
		return "Bksp"
	case "tab":
		return "Tab"
	}
	return key
}

// promptHelp stands below a line that is being typed: the completions that are
// gone through, or what the command does.
func (m *Model) promptHelp(w int) text.Line {
	p := m.prompt
	switch {
	case p.kind == promptSearch:
		return text.Line{{Text: "in " + m.slots[m.focus].view.Name + "; empty: the same again", Role: text.Dim}}
	case p.kind == promptNote:
		return text.Line{{Text: fmt.Sprintf("a note on step %d", m.s.Step()), Role: text.Dim}}
	case len(p.cands) > 0:
		return m.candidates(p, w)
	}
	line := string(p.line)
	if strings.TrimSpace(line) == "" {
		return text.Line{{Text: "any action by its name, or a step; Tab completes, up is the command before", Role: text.Dim}}
	}
	a, _, _, err := m.parse(line)
	if err != nil {
		return text.Line{{Text: err.Error(), Role: text.Dim}}
	}
	return text.Line{{Text: strings.TrimSpace(a.Name + " " + a.Args), Role: text.Strong}, {Text: ": " + a.Help, Role: text.Dim}}
}

// candidates are the completions around the one that is in the line.
func (m *Model) candidates(p *prompt, w int) text.Line {
	last := func(s string) string {
		if i := strings.LastIndexByte(strings.TrimRight(s, " "), ' '); i >= 0 {
			return s[i+1:]
		}
		return s
	}
	l := text.Line{{Text: fmt.Sprintf("%d/%d", p.cand+1, len(p.cands)), Role: text.Dim}}
	for i := p.cand; i < len(p.cands) && width(l) < w; i++ {
		role := text.Plain
		if i == p.cand {
			role = text.Cursor
		}
		l = l.Add(text.Plain, "  ").Add(role, last(p.cands[i]))
	}
	return l
}
