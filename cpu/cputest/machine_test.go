package cputest

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/sim"
)

// failure takes down with what a test fails.
type failure string

func (*failure) Helper() {}

func (f *failure) Fatalf(format string, args ...any) { *f = failure(fmt.Sprintf(format, args...)) }

// TestRun: the tasks run behind the end of the start-up, what they find is
// told, and a panic of theirs fails the test and says where it was.
func TestRun(t *testing.T) {
	for _, dies := range []bool{false, true} {
		s := sched.New(New(cpu.Config{CPUs: 1}))
		softirq.New(s.Machine(), s)
		booted := false
		task := s.NewTask("task", 100, 0, nil, func(x *cpu.Exec) {
			s.Machine().AddFinding(x, &cpu.Finding{Kind: "odd", Title: fmt.Sprint("booted ", booted), Text: "so\n"})
			if dies {
				panic("dead")
			}
		})
		s.Machine().Start()
		var f failure
		end := Run(&f, s, func(*cpu.Exec) { booted = true }, task)
		if dies != strings.Contains(string(f), "dead\ngoroutine") || dies != (end == sim.EndFailed) {
			t.Errorf("dies %t: the run ends with %v and the test with %q", dies, end, f)
		}
		if got := Findings(s.Machine()) + Titles(s.Machine()) + Kinds(s.Machine()); got != "odd: booted true\nso\nodd: booted true\nodd" {
			t.Errorf("found %q", got)
		}
	}
}

// TestDebug: LOCKSTEP_DEBUG makes machines check their invariants, but those
// that are broken on purpose.
func TestDebug(t *testing.T) {
	for _, c := range []struct {
		env       string
		mutations []string
		want      bool
	}{{"", nil, false}, {"1", nil, true}, {"1", []string{"m"}, false}} {
		t.Setenv("LOCKSTEP_DEBUG", c.env)
		if m := New(cpu.Config{CPUs: 1}, c.mutations...); m.Debug != c.want || m.Mutated("m") != (c.mutations != nil) {
			t.Errorf("LOCKSTEP_DEBUG=%s, mutations %v: checks %t", c.env, m.Mutations, m.Debug)
		}
	}
}
