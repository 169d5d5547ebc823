package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lockstep/configs"
	"lockstep/ui/history"
)

// placeWords are what a place to stop at can begin with; any other word is a
// kernel function.
var placeWords = []string{"func ", "lock ", "line ", "task ", "kind ", "field ", "if "}

// deviceEvent is the kind of device events among those of operations.
const deviceEvent = "device-event"

// placeArg reads a place to stop at.
func (m *Model) placeArg(arg string) (Where, error) {
	word, rest, found := strings.Cut(arg, " ")
	if !found || !slices.Contains(placeWords, word+" ") {
		word, rest = "func", arg
	}
	at := len(arg) - len(strings.TrimLeft(rest, " "))
	if word == "func" && !found {
		at = 0
	}
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return Where{}, argError{len(arg), "needs a name behind " + word}
	}
	w, err := m.placeNamed(word, rest)
	if e, ok := err.(argError); ok {
		e.at += at
		return Where{}, e
	}
	return w, err
}

// placeNamed is the place of a kind with a name.
func (m *Model) placeNamed(word, name string) (Where, error) {
	switch word {
	case "lock":
		return Where{Kind: AtLock, Name: name}, m.known("lock", name, lockNames(m, ""))
	case "line":
		return m.lineArg(name)
	case "task":
		for _, t := range m.now.Tasks {
			full := m.s.TaskName(t.ID)
			if name == full || name == t.Comm || name == strconv.Itoa(t.PID) {
				return Where{Kind: AtTask, Task: t.ID, Name: full}, nil
			}
		}
		return Where{}, m.known("task", name, m.taskNames())
	case "kind":
		return Where{Kind: AtKind, Name: name}, m.known("kind of operation", name, history.Kinds())
	case "field":
		return Where{Kind: AtField, Name: name}, nil
	case "if":
		return Where{Kind: AtExpr, Name: name}, nil
	}
	if first, _, more := strings.Cut(name, " "); more {
		kinds := make([]string, len(placeWords))
		for i, w := range placeWords {
			kinds[i] = strings.TrimSpace(w)
		}
		if err := m.known("kind of place", first, kinds); err != nil {
			return Where{}, err
		}
		return Where{}, argError{0, fmt.Sprintf("%q is no name of a function", name)}
	}
	var err error
	if len(m.opt.Functions) > 0 {
		err = m.known("kernel function", name, m.opt.Functions)
	}
	return Where{Kind: AtFunc, Name: name}, err
}

// lineArg reads FILE:LINE.
func (m *Model) lineArg(arg string) (Where, error) {
	i := strings.LastIndexByte(arg, ':')
	if i < 0 {
		return Where{}, argError{len(arg), "needs FILE:LINE"}
	}
	file := arg[:i]
	n, err := strconv.Atoi(arg[i+1:])
	if err != nil || n < 1 {
		return Where{}, argError{i + 1, fmt.Sprintf("%q is no line number", arg[i+1:])}
	}
	if m.opt.Sources != nil {
		switch lines := m.opt.Sources.Lines(file); {
		case lines == nil:
			return Where{}, m.known("source", file, m.sourceNames())
		case n > len(lines):
			return Where{}, argError{i + 1, fmt.Sprintf("%s has %d lines", file, len(lines))}
		}
	}
	return Where{Kind: AtLine, Name: file, Line: n}, nil
}

// known is an error with a suggestion unless the name is among those known; an
// empty name stands for any.
func (m *Model) known(what, name string, names []string) error {
	if name == "" || slices.Contains(names, name) {
		return nil
	}
	s := fmt.Sprintf("no %s %q", what, name)
	if near := configs.Nearest(name, names); near != "" {
		s += fmt.Sprintf("; did you mean %q?", near)
	}
	return argError{0, s}
}

// completePlace completes what a place is made of.
func completePlace(m *Model, arg string) []string {
	word, _, found := strings.Cut(arg, " ")
	if !found {
		return slices.Concat(placeWords, m.opt.Functions)
	}
	var names []string
	switch word {
	case "func":
		names = m.opt.Functions
	case "lock":
		names = lockNames(m, "")
	case "line":
		for _, s := range m.sourceNames() {
			names = append(names, s+":")
		}
	case "task":
		names = m.taskNames()
	case "kind":
		names = history.Kinds()
	case "field":
		names = fieldNames(m, "")
	}
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = word + " " + n
	}
	return all
}

// lockNames are the machine's locks.
func lockNames(m *Model, _ string) []string {
	all := make([]string, len(m.now.Locks))
	for i := range m.now.Locks {
		all[i] = m.now.Locks[i].Name
	}
	return all
}

// fieldNames are the scenario's variables.
func fieldNames(m *Model, _ string) []string {
	all := make([]string, len(m.now.Vars))
	for i := range m.now.Vars {
		all[i] = m.now.Vars[i].Name
	}
	return all
}

// taskNames are the machine's tasks.
func (m *Model) taskNames() []string {
	all := make([]string, len(m.now.Tasks))
	for i := range m.now.Tasks {
		all[i] = m.s.TaskName(m.now.Tasks[i].ID)
	}
	return all
}

// sourceNames are the sources of what is on stacks.
func (m *Model) sourceNames() []string {
	var all []string
	for i := range m.now.CPUs {
		for _, f := range m.now.CPUs[i].Frames {
			if f.Source != "" {
				all = append(all, f.Source)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
