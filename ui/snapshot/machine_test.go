package snapshot_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"lockstep/configs"
	"lockstep/ui/snapshot"
)

// walk lets a machine run step by step, hands over a snapshot of each step, and
// returns the machine at its end with what it came to.
func walk(tb testing.TB, p *configs.Program, seed uint64, look func(m *configs.Machine, s *snapshot.Snapshot)) (*configs.Result, *snapshot.Snapshot) {
	tb.Helper()
	m := p.Boot(configs.Options{Seed: seed, NoRunAhead: true, Capture: true})
	tb.Cleanup(m.Close)
	taker := snapshot.NewTaker(m)
	for step := uint64(0); ; step++ {
		over, err := m.RunTo(step)
		if err != nil {
			tb.Fatal(err)
		}
		if over {
			r := m.Result()
			return r, taker.Take(m.CPU.E.Picks(), m.CPU.E.Steps(), r.Verdict)
		}
		look(m, taker.Take(step, m.CPU.E.Steps(), ""))
	}
}

func ignore(*configs.Machine, *snapshot.Snapshot) {}

// lock returns the lock of the given name.
func lock(tb testing.TB, s *snapshot.Snapshot, name string) *snapshot.Lock {
	tb.Helper()
	for i := range s.Locks {
		if s.Locks[i].Name == name {
			return &s.Locks[i]
		}
	}
	tb.Fatalf("no lock %q", name)
	return nil
}

// names returns the names of locks by their indexes.
func names(s *snapshot.Snapshot, held []int) []string {
	out := []string{}
	for _, i := range held {
		out = append(out, s.Locks[i].Name)
	}
	return out
}

// funcs returns the functions of a stack.
func funcs(frames []snapshot.Frame) []string {
	var out []string
	for _, f := range frames {
		out = append(out, f.Func)
	}
	return out
}

// hasFunc reports whether a function is on a stack.
func hasFunc(frames []snapshot.Frame, name string) bool { return slices.Contains(funcs(frames), name) }

// sourceLine returns the text of the line that a frame executes.
func sourceLine(tb testing.TB, f snapshot.Frame) string {
	tb.Helper()
	src, err := os.ReadFile("../../" + f.Source)
	if err != nil {
		tb.Fatal(err)
	}
	lines := strings.Split(string(src), "\n")
	if f.Body && f.Last != len(lines)-1 {
		tb.Errorf("%s has %d lines, the frame says %d", f.Source, len(lines)-1, f.Last)
	}
	return strings.TrimSpace(lines[f.Line-1])
}

// innermostBody returns the innermost frame of a task body.
func innermostBody(tb testing.TB, frames []snapshot.Frame) snapshot.Frame {
	tb.Helper()
	for _, f := range frames {
		if f.Body {
			return f
		}
	}
	tb.Fatalf("no body on the stack %v", funcs(frames))
	return snapshot.Frame{}
}
