package cputest

import (
	"cmp"
	"fmt"
	"os"
	"strings"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// Debug is whether all machines of tests are to check their invariants, for
// which LOCKSTEP_DEBUG=1 go test asks. It is asked while a test runs: go test
// does not see what is read before, and would take an old result for this one.
func Debug() bool { return os.Getenv("LOCKSTEP_DEBUG") != "" }

// New makes a machine with some paths broken. Where cfg is silent it has 1000
// ticks a second, the costs of a production kernel, a second to run and a
// validator. A broken one does not check its invariants: what a mutation does
// is for the oracles to find.
func New(cfg cpu.Config, mutations ...string) *cpu.Machine {
	cfg.HZ = cmp.Or(cfg.HZ, 1000)
	cfg.Engine.TimeLimit = cmp.Or(cfg.Engine.TimeLimit, sim.Second)
	if cfg.Costs == (cpu.Costs{}) {
		cfg.Costs = cpu.ProductionCosts()
	}
	if cfg.Lockdep == nil {
		cfg.Lockdep = &lockdep.Config{}
	}
	cfg.Debug = (cfg.Debug || Debug()) && len(mutations) == 0
	m := cpu.New(cfg)
	Mutate(m, mutations...)
	return m
}

// Mutate breaks these paths of a machine that has not started, and no others.
// Whether it checks its invariants stays as it is.
func Mutate(m *cpu.Machine, names ...string) {
	m.Mutations = map[string]bool{}
	for _, name := range names {
		m.Mutations[name] = true
	}
}

// TB is what Run needs of a test, a benchmark or a property.
type TB interface {
	Helper()                           // marks the caller as no place of its own
	Fatalf(format string, args ...any) // ends the test
}

// Run lets a started machine go to its end and closes it: boot, unless nil, is
// the end of its start-up, behind which the tasks are woken. A panic of
// simulated code fails the test.
func Run(t TB, s *sched.Sched, boot func(x *cpu.Exec), tasks ...*sched.Task) sim.End {
	t.Helper()
	s.OnBoot(func(x *cpu.Exec) {
		if boot != nil {
			boot(x)
		}
		for _, task := range tasks {
			s.WakeUpNewTask(x, task)
		}
	})
	e := s.Machine().E
	end, err := e.Run()
	if err != nil {
		t.Fatalf("run: %v\n%s", err, err.(*sim.PanicError).Stack)
	}
	e.Close()
	return end
}

// Findings tells in full what the oracles saw.
func Findings(m *cpu.Machine) string {
	var b strings.Builder
	for _, f := range m.Findings() {
		fmt.Fprintf(&b, "%s: %s\n%s", f.Kind, f.Title, f.Text)
	}
	return b.String()
}

// Titles tells it in a line each.
func Titles(m *cpu.Machine) string {
	var b strings.Builder
	for _, f := range m.Findings() {
		fmt.Fprintf(&b, "%s: %s\n", f.Kind, f.Title)
	}
	return b.String()
}

// Kinds lists the kinds of it, with blanks between.
func Kinds(m *cpu.Machine) string {
	var kinds []string
	for _, f := range m.Findings() {
		kinds = append(kinds, f.Kind)
	}
	return strings.Join(kinds, " ")
}
