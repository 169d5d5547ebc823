package model

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"lockstep/sim"
	"lockstep/ui/history"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// digits are the keys of the first ten processors.
var digits = []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}

// scheduleActions put a person in place of the chooser.
func scheduleActions() []Action {
	return []Action{
		{
			Scope: Main, Group: groupSchedule, Keys: digits, Name: "run", Args: "CPU", Label: "cpu", Rank: 4,
			Help: "that processor performs its next operation now", byKey: true, possible: (*Model).whyNotRun,
			complete: cpuNumbers, run: runCPU,
		},
		{
			Scope: Main, Group: groupSchedule, Keys: []string{"d"}, Name: "do", Label: "do",
			Help:     "the chosen processor performs its next operation now",
			possible: hereOnly(func(m *Model) string { return m.whyNotRun(strconv.Itoa(m.cpu)) }),
			run:      plain(func(m *Model) { m.pick(sim.Pick{Proc: m.cpu}) }),
		},
		{
			Scope: Main, Group: groupSchedule, Keys: []string{"i"}, Name: "fire", Args: "[SOURCE]", Label: "irq", Rank: 12,
			Help: "the chosen processor takes its pending interrupt; or the selected, or earliest, device event comes now",
			possible: func(m *Model, arg string) string {
				if s := m.atEdge(history.Forward); s != "" {
					return s
				}
				if arg == "" && !m.takesIrq() && len(m.now.Devices) == 0 {
					return fmt.Sprintf("no device event is queued, and CPU%d is not about to take an interrupt", m.cpu)
				}
				return ""
			},
			complete: deviceNames, run: fire,
		},
		{
			Scope: Main, Group: groupSchedule, Keys: []string{"backspace"}, Name: "undo", Label: "undo", Rank: 20,
			Help: "takes the latest choice back, and stands where it was made",
			possible: hereOnly(func(m *Model) string {
				if len(m.s.Choices()) == 0 {
					return "nothing was chosen by hand"
				}
				return ""
			}),
			run: plain(undo),
		},
		{
			Scope: Main, Group: groupSchedule, Keys: []string{"left", "h"}, Name: "previous-cpu", Label: "cpu",
			Help: "chooses the processor before", run: plain(func(m *Model) { m.choose(m.cpu - 1) }),
		},
		{
			Scope: Main, Group: groupSchedule, Keys: []string{"right", "l"}, Name: "next-cpu", Label: "cpu",
			Help: "chooses the processor after", run: plain(func(m *Model) { m.choose(m.cpu + 1) }),
		},
		{
			Scope: Main, Group: groupSchedule, Name: "cpu", Args: "CPU", Help: "chooses a processor", complete: cpuNumbers,
			run: func(m *Model, arg string) error {
				if arg == "" {
					return argError{0, "needs a processor"}
				}
				cpu, err := m.cpuArg(arg)
				if err == nil {
					m.choose(cpu)
				}
				return err
			},
		},
	}
}

// undo takes the latest choice back.
func undo(m *Model) {
	left := len(m.s.Choices())
	m.walk(true, func(ctx context.Context, _ history.Progress) error { return m.s.Undo(ctx) }, nil)
	if len(m.s.Choices()) < left {
		m.replay = false
		m.msg = append(text.Line{{Text: "choice taken back", Role: text.Strong}, {Text: "; at ", Role: text.Plain}}, m.msg...)
	}
}

// pick performs a step picked by hand.
func (m *Model) pick(p sim.Pick) {
	m.walk(false, func(ctx context.Context, _ history.Progress) error {
		err := m.s.Choose(ctx, p)
		if err == nil {
			m.replay = false
		}
		return err
	}, nil)
}

// runCPU lets a processor perform its next operation.
func runCPU(m *Model, arg string) error {
	if arg == "" {
		return argError{0, "needs a processor"}
	}
	cpu, err := m.cpuArg(arg)
	if err == nil {
		m.pick(sim.Pick{Proc: cpu})
	}
	return err
}

// whyNotRun is why a processor cannot perform its next operation. What is no
// processor's number is left to whoever reads the argument.
func (m *Model) whyNotRun(arg string) string {
	if s := m.atEdge(history.Forward); s != "" {
		return s
	}
	n, err := strconv.Atoi(arg)
	if err != nil {
		return ""
	}
	if s := m.noCPU(n); s != "" {
		return s
	}
	switch c := &m.now.CPUs[n]; c.State {
	case snapshot.Spin:
		s := fmt.Sprintf("CPU%d waits", n)
		if c.Wait != nil {
			s += " for " + strings.TrimSpace(c.Wait.Kind+" "+c.Wait.On)
			if c.Wait.Holder != "" {
				s += ", " + strings.TrimSpace(c.Wait.How+" by "+c.Wait.Holder)
			}
		}
		return s + "; a asks why"
	case snapshot.Halted:
		return fmt.Sprintf("CPU%d is halted until an interrupt comes; i lets one come", n)
	case snapshot.Stopped:
		return fmt.Sprintf("CPU%d has nothing to run", n)
	}
	return ""
}

// takesIrq reports whether the chosen processor's next step is to take an
// interrupt.
func (m *Model) takesIrq() bool {
	return len(m.now.CPUs) > 0 && m.now.CPUs[m.cpu].State == snapshot.Irq
}

// fire lets an interrupt be taken or a device event come.
func fire(m *Model, arg string) error {
	switch source := m.target().Device; {
	case arg != "":
		for _, d := range m.now.Devices {
			if d.Name == arg {
				m.pick(sim.Pick{Device: d.Source})
				return nil
			}
		}
		return m.known("device event", arg, deviceNames(m, ""))
	case m.takesIrq():
		m.pick(sim.Pick{Proc: m.cpu})
	case source != 0:
		m.pick(sim.Pick{Device: source})
	default:
		m.pick(sim.Pick{Device: m.now.Devices[0].Source})
	}
	return nil
}

// deviceNames are the sources of queued device events.
func deviceNames(m *Model, _ string) []string {
	var all []string
	for _, d := range m.now.Devices {
		all = append(all, d.Name)
	}
	return all
}
