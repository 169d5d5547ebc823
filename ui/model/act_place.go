package model

import (
	"fmt"
	"strconv"

	"lockstep/ui/history"
	"lockstep/ui/text"
)

// placeActions go to a step.
func placeActions() []Action {
	return []Action{
		{
			Scope: Main, Group: groupPlace, Keys: []string{"<"}, Name: "start", Label: "start", Rank: 16,
			Help:     "the start line, where the tasks begin; from there the start of history",
			possible: hereOnly(func(m *Model) string { return m.atEdge(history.Backward) }),
			run: plain(func(m *Model) {
				if start := m.s.Start(); m.s.Step() > start {
					m.seek(start)
					m.msg = m.msg.Add(text.Plain, "; < goes on to the start of history")
				} else {
					m.seek(0)
				}
			}),
		},
		{
			Scope: Main, Group: groupPlace, Keys: []string{">"}, Name: "end", Label: "end", Rank: 17,
			Help:     "the end of the run; from before the start line, that first",
			possible: hereOnly(func(m *Model) string { return m.atEdge(history.Forward) }),
			run: plain(func(m *Model) {
				if start := m.s.Start(); m.s.Step() < start {
					m.seek(start)
				} else {
					m.seek(^uint64(0))
				}
			}),
		},
		{
			Scope: Main, Group: groupPlace, Name: "goto", Args: "STEP|+N|-N|start|end",
			Help:     "goes to a step (its number alone will do)",
			complete: func(*Model, string) []string { return []string{"start", "end"} },
			run: func(m *Model, arg string) error {
				step, err := m.stepArg(arg)
				if err == nil {
					m.seek(step)
				}
				return err
			},
		},
		{
			Scope: Main, Group: groupPlace, Keys: []string{"-"}, Name: "return", Label: "return",
			Help: "where the latest walk began",
			possible: hereOnly(func(m *Model) string {
				if m.came == m.s.Step() {
					return "no walk to return from"
				}
				return ""
			}),
			run: plain(func(m *Model) { m.seek(m.came) }),
		},
	}
}

// stepArg reads a step's number, or a distance from here.
func (m *Model) stepArg(arg string) (uint64, error) {
	if arg == "" {
		return 0, argError{0, "needs a step, start or end"}
	}
	switch arg {
	case "start":
		return m.s.Start(), nil
	case "end":
		return ^uint64(0), nil
	}
	digits := arg
	if arg[0] == '+' || arg[0] == '-' {
		digits = arg[1:]
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil {
		return 0, argError{len(arg) - len(digits), fmt.Sprintf("%q is no step", digits)}
	}
	switch here := m.s.Step(); {
	case arg[0] == '+':
		return here + n, nil
	case arg[0] == '-':
		return here - min(n, here), nil
	}
	return n, nil
}

// cpuArg reads a processor's number; nothing means the chosen one.
func (m *Model) cpuArg(arg string) (int, error) {
	if arg == "" {
		return m.cpu, nil
	}
	n, err := strconv.Atoi(arg)
	if err != nil {
		return 0, argError{0, fmt.Sprintf("%q is no processor", arg)}
	}
	if why := m.noCPU(n); why != "" {
		return 0, argError{0, why}
	}
	return n, nil
}

// noCPU says that there is no such processor, if so.
func (m *Model) noCPU(n int) string {
	switch last := len(m.now.CPUs) - 1; {
	case last < 0:
		return "there is no processor"
	case n < 0 || n > last:
		return fmt.Sprintf("there is no CPU%d, only CPU0 to CPU%d", n, last)
	}
	return ""
}

// cpuNumbers are the processors' numbers.
func cpuNumbers(m *Model, _ string) []string {
	var all []string
	for i := range m.now.CPUs {
		all = append(all, strconv.Itoa(i))
	}
	return all
}
