package model

import (
	"fmt"
	"strings"

	"lockstep/ui/history"
)

// There and back: most actions have a twin that does the same backwards. Its
// key is the capital, its command has rev in front.
func twins(a Action, keys, rev []string, run func(m *Model, d history.Direction, arg string) error) []Action {
	why := a.possible
	make := func(d history.Direction) Action {
		t := a
		t.Keys = keys
		if d == history.Backward {
			t.Keys, t.Name, t.Help, t.Rank, t.also = rev, "rev-"+a.Name, a.Help+", backwards", 0, nil
		}
		t.possible = func(m *Model, arg string) string {
			if s := m.atEdge(d); s != "" || why == nil {
				return s
			}
			return why(m, arg)
		}
		t.run = func(m *Model, arg string) error { return run(m, d, arg) }
		return t
	}
	return []Action{make(history.Forward), make(history.Backward)}
}

// atEdge is why one cannot go on in a direction.
func (m *Model) atEdge(d history.Direction) string {
	switch {
	case d == history.Forward && m.now.End != "":
		return "end of history: " + m.now.End
	case d == history.Backward && m.s.Step() == 0:
		return "start of history"
	}
	return ""
}

// inFunction is why a search about the chosen processor's function is
// impossible.
func inFunction(m *Model, _ string) string {
	if len(m.now.CPUs) == 0 || len(m.now.CPUs[m.cpu].Frames) == 0 {
		return fmt.Sprintf("CPU%d is in no function", m.cpu)
	}
	return ""
}

// noArg refuses an argument.
func noArg(run func(m *Model, d history.Direction) error) func(*Model, history.Direction, string) error {
	return func(m *Model, d history.Direction, arg string) error {
		if arg != "" {
			return argError{0, "takes no argument"}
		}
		return run(m, d)
	}
}

// stepActions move by one step, or by what a function does.
func stepActions() []Action {
	step := twins(Action{
		Scope: Main, Group: groupStep, Name: "step", Label: "step", Rank: 2,
		Help: "one step of whoever is next",
	}, []string{"s", "."}, []string{"S", ","}, noArg(func(m *Model, d history.Direction) error {
		m.step(d)
		return nil
	}))
	step[1].Label, step[1].Rank, step[1].Help = "back", 3, "takes the latest step back"
	over := twins(Action{
		Scope: Main, Group: groupStep, Name: "over", Label: "over", Rank: 6,
		Help: "until the chosen processor's task is at another line of its function, or further out", possible: inFunction,
	}, []string{"n"}, []string{"N"}, noArg(func(m *Model, d history.Direction) error {
		return m.find(d, true, Where{Kind: AtOver, CPU: m.cpu})
	}))
	out := twins(Action{
		Scope: Main, Group: groupStep, Name: "out", Label: "out", Rank: 13,
		Help: "until the chosen processor's task has left its function", possible: inFunction,
	}, []string{"f"}, []string{"F"}, noArg(func(m *Model, d history.Direction) error {
		return m.find(d, true, Where{Kind: AtOut, CPU: m.cpu})
	}))
	cont := twins(Action{
		Scope: Main, Group: groupStep, Name: "continue", Label: "run", Rank: 5,
		Help: "until a break point, a finding or the end",
	}, []string{"c"}, []string{"C"}, noArg(func(m *Model, d history.Direction) error {
		return m.find(d, false, Where{Kind: AtFinding})
	}))
	return append(append(append(step, over...), out...), cont...)
}

// untilActions search for the next thing of a kind.
func untilActions() []Action {
	var all []Action
	until := func(key, name, label, help string, k Kind) {
		all = append(all, twins(
			Action{Scope: Main, Group: groupUntil, Name: "until-" + name, Label: label, Help: help},
			[]string{key}, []string{strings.ToUpper(key)}, noArg(func(m *Model, d history.Direction) error {
				return m.find(d, false, Where{Kind: k})
			}))...)
	}
	all = append(all, twins(Action{
		Scope: Main, Group: groupUntil, Name: "until-lock", Args: "[LOCK]", Label: "lock", Rank: 15,
		Help: "a lock is taken, released or queued for", complete: lockNames,
	}, []string{"o"}, []string{"O"}, func(m *Model, d history.Direction, arg string) error {
		if err := m.known("lock", arg, lockNames(m, "")); err != nil {
			return err
		}
		return m.find(d, false, Where{Kind: AtLock, Name: arg})
	})...)
	all = append(all, twins(Action{
		Scope: Main, Group: groupUntil, Name: "until-cpu", Args: "[CPU]", Label: "cpu",
		Help: "the chosen processor moves", complete: cpuNumbers,
	}, []string{"u"}, []string{"U"}, func(m *Model, d history.Direction, arg string) error {
		cpu, err := m.cpuArg(arg)
		if err != nil {
			return err
		}
		m.choose(cpu)
		return m.find(d, true, Where{Kind: AtCPU, CPU: cpu})
	})...)
	until("x", "switch", "switch", "a context switch", AtSwitch)
	until("t", "interrupt", "irq", "an interrupt is taken", AtInterrupt)
	until("z", "reader", "reader", "an RCU reader begins or ends, is preempted, or is asked to report", AtReader)
	until("p", "print", "print", "a line reaches the kernel log", AtConsole)
	until("e", "finding", "finding", "an oracle sees something", AtFinding)
	return all
}
