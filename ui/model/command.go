package model

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lockstep/configs"
)

// parse splits a command into its action and argument; at is where the
// argument begins. A number alone is a step, and rev before a command is its
// twin backwards.
func (m *Model) parse(line string) (a *Action, arg string, at int, err error) {
	start := len(line) - len(strings.TrimLeft(line, " "))
	word, rest, _ := strings.Cut(line[start:], " ")
	if word != "" && strings.ContainsRune("0123456789+-", rune(word[0])) {
		return m.commands["goto"], strings.TrimSpace(line), start, nil
	}
	at = start + len(word)
	if word == "rev" {
		skip := len(rest) - len(strings.TrimLeft(rest, " "))
		twin, after, _ := strings.Cut(rest[skip:], " ")
		word, rest = "rev-"+twin, after
		at += 1 + skip + len(twin)
	}
	if a, err = m.named(word); err != nil {
		return nil, "", 0, argError{start, err.Error()}
	}
	arg = strings.TrimSpace(rest)
	at += len(line[at:]) - len(strings.TrimLeft(line[at:], " "))
	return a, arg, at, nil
}

// named is the action of a command, which may be cut short as long as it is
// clear.
func (m *Model) named(word string) (*Action, error) {
	if a := m.commands[word]; a != nil {
		return a, nil
	}
	names := slices.Sorted(maps.Keys(m.commands))
	var fits []string
	for _, n := range names {
		if strings.HasPrefix(n, word) && word != "" {
			fits = append(fits, n)
		}
	}
	switch {
	case len(fits) == 1:
		return m.commands[fits[0]], nil
	case len(fits) > 1:
		return nil, fmt.Errorf("%q may be %s", word, strings.Join(fits, " or "))
	}
	if near := configs.Nearest(word, names); near != "" {
		return nil, fmt.Errorf("no command %q; did you mean %q?", word, near)
	}
	return nil, fmt.Errorf("no command %q; Tab lists them", word)
}

// command does what a line says. What is wrong with it is told with the
// column, counted from 1, and the line can be had back with the up key.
func (m *Model) command(line string) {
	a, arg, at, err := m.parse(line)
	if err == nil {
		if a.possible != nil {
			if why := a.possible(m, arg); why != "" {
				m.warn(a.Name + ": " + why)
				return
			}
		}
		if err = a.run(m, arg); err == nil {
			return
		}
	}
	var bad argError
	if errors.As(err, &bad) {
		m.fail(fmt.Sprintf(":%s, column %d: %s", line, at+bad.at+1, bad.what))
		return
	}
	m.fail(fmt.Sprintf(":%s: %s", line, err))
}

// completions are the whole lines that a line could become: those that begin
// with it, or else those whose last word has it inside.
func (m *Model) completions(line string) []string {
	begin, cands := "", []string(nil)
	if a, _, at, err := m.parse(line); err == nil && strings.HasSuffix(line[:at], " ") {
		begin = line[:at]
		if a.complete != nil {
			cands = a.complete(m, line[at:])
		}
	} else if rest, ok := strings.CutPrefix(line, "rev "); ok {
		begin, line = "rev ", "rev "+strings.TrimLeft(rest, " ")
		for n := range m.commands {
			if twin, ok := strings.CutPrefix(n, "rev-"); ok {
				cands = append(cands, twin)
			}
		}
		slices.Sort(cands)
	} else {
		for i := range m.table {
			if a := &m.table[i]; a.command() {
				cands = append(cands, a.Name)
			}
		}
		slices.Sort(cands)
	}
	arg := line[len(begin):]
	var first, inside []string
	for _, c := range cands {
		switch {
		case strings.HasPrefix(c, arg):
			first = append(first, begin+c)
		case arg != "" && strings.Contains(c, arg):
			inside = append(inside, begin+c)
		}
	}
	if len(first) > 0 {
		return first
	}
	return inside
}
