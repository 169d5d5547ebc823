package model

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// typed are the keys of a line: its runes, and Enter at the end.
func typed(m *Model, line string) {
	for _, r := range line {
		m.Handle(Event{Key: string(r)}, nil)
	}
	m.Handle(Event{Key: "enter"}, nil)
}

// opened is the model that a fake or real command asks for.
func opened(t *testing.T, d *datadriven.TestData) *Model {
	w, h, seed, cpus, name := 80, 24, 1, 2, ""
	d.MaybeScanArgs(t, "w", &w)
	d.MaybeScanArgs(t, "h", &h)
	d.MaybeScanArgs(t, "seed", &seed)
	d.MaybeScanArgs(t, "cpus", &cpus)
	opt := Options{
		W: w, H: h, ASCII: d.HasArg("ascii"), Replay: d.HasArg("replay"),
		Themes: []string{"auto", "dark", "mono"}, Theme: func(string) error { return nil },
		Functions: []string{"__schedule", "rcu_read_unlock_special", "try_to_wake_up"},
	}
	if d.Cmd == "real" {
		d.ScanArgs(t, "scenario", &name)
		return real(t, name, uint64(seed), opt)
	}
	opt.Sources = fakeSource{}
	return New(newFake(cpus, 3, 40), opt)
}

// script runs one command of a scripted session.
type script struct{ m *Model }

func (s *script) run(t *testing.T, d *datadriven.TestData) string {
	switch d.Cmd {
	case "fake", "real":
		s.m = opened(t, d)
	case "key":
		quit := false
		for _, arg := range d.CmdArgs {
			quit = s.m.Handle(Event{Key: arg.Key}, nil)
		}
		if quit {
			return "quit\n"
		}
	case "repeat": // a key until the message has the text
		var text string
		d.ScanArgs(t, "text", &text)
		for n := 1; ; n++ {
			s.m.Handle(Event{Key: d.CmdArgs[0].Key}, nil)
			if strings.Contains(s.m.msg.String(), text) {
				return fmt.Sprintf("%d times: %s\n", n, s.m.msg)
			}
			if n == 500 {
				return fmt.Sprintf("never; now %s\n", s.m.msg)
			}
		}
	case "type":
		typed(s.m, strings.TrimSpace(d.Input))
	case "click", "double", "wheel-up", "wheel-down":
		ev := Event{Mouse: d.Cmd}
		d.ScanArgs(t, "x", &ev.X)
		d.ScanArgs(t, "y", &ev.Y)
		s.m.Handle(ev, nil)
	case "size":
		ev := Event{}
		d.ScanArgs(t, "w", &ev.W)
		d.ScanArgs(t, "h", &ev.H)
		s.m.Handle(ev, nil)
	case "frame":
		return strings.ReplaceAll(draw(s.m.Frame()), "\n\n", "\n.\n")
	case "footer":
		return paneText(s.m, paneFooter)
	case "header":
		return paneText(s.m, paneHeader)
	default:
		t.Fatalf("%s: no such command", d.Cmd)
	}
	s.m.Frame()
	if s.m.prompt != nil {
		return fmt.Sprintf("%s%s\n%s", s.m.prompt.lead, string(s.m.prompt.line), paneText(s.m, paneFooter))
	}
	if len(s.m.msg) == 0 {
		return "(no message)\n"
	}
	return s.m.msg.String() + "\n"
}

// paneText is the text of the pane of a name.
func paneText(m *Model, name string) string {
	for _, p := range m.Frame().Panes {
		if p.Name == name {
			return p.Lines[0].String() + "\n"
		}
	}
	return "none\n"
}

// TestSessions plays the sessions in testdata/session: keys in, words and
// screens out. What follows a command that changes something is the message,
// or the line that is being typed with the line below it. -rewrite writes them
// anew; read the difference.
func TestSessions(t *testing.T) {
	datadriven.Walk(t, "testdata/session", func(t *testing.T, path string) {
		var s script
		datadriven.RunTest(t, path, s.run)
	})
}
