package irq

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// story writes down what happens to interrupts: the operations on the objects
// that matter, what handlers say, and the events of devices.
type story struct {
	b    *box
	out  strings.Builder
	on   bool
	objs []string // prefixes of the objects to tell about
}

// newStory makes a machine with the given number of CPUs.
func newStory(cpus int, objs ...string) *story {
	s := &story{b: newBox(cpu.Config{CPUs: cpus, Engine: sim.Config{Seed: 1, NoRunAhead: true}}), objs: objs}
	s.b.m.E.OnOp(s.op)
	s.b.m.E.OnPick(func(_ *sim.Proc, src *sim.Source) {
		if s.on && src != nil && !strings.HasPrefix(src.Name(), "timer") {
			fmt.Fprintf(&s.out, "---- %s\n", src.Name())
		}
	})
	return s
}

// context names the context a CPU is in.
func context(c *cpu.CPU) string {
	switch {
	case c.InNMI():
		return "nmi"
	case c.InIrq():
		return "hardirq"
	case c.InServingSoftirq():
		return "softirq"
	}
	return "task"
}

func (s *story) line(c *cpu.CPU, words string) {
	if s.on {
		fmt.Fprintf(&s.out, "cpu%d %-10s %-8s %s\n", c.ID, c.Current().Comm, context(c), words)
	}
}

func (s *story) op(p *sim.Proc, op sim.Op) {
	c := s.b.m.CPUs[p.ID()]
	name := s.b.m.ObjName(op.Obj)
	if op.Kind == cpu.KindIrqEntry || op.Kind == cpu.KindIrqExit {
		s.line(c, cpu.KindName(op.Kind))
		return
	}
	if slices.ContainsFunc(s.objs, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
		s.line(c, cpu.KindName(op.Kind)+" "+name)
	}
}

// say is a line of code that is being told about.
func (s *story) say(x *cpu.Exec, format string, args ...any) {
	s.line(x.CPU(), "* "+fmt.Sprintf(format, args...))
}

// task makes a task on a CPU.
func (s *story) task(comm string, c int, body func(x *cpu.Exec)) *sched.Task {
	return s.b.s.NewTask(comm, 100+c, 0, []int{c}, body)
}

// busy is a task that does what first says, if anything, and then computes from
// when the story begins until it ends.
func (s *story) busy(c int, first func(x *cpu.Exec)) *sched.Task {
	return s.task("busy", c, func(x *cpu.Exec) {
		if first != nil {
			first(x)
		}
		s.wait(x)
		for x.Now() < end {
			x.Delay(100)
		}
		s.on = false
	})
}

// wait computes until the story begins.
func (s *story) wait(x *cpu.Exec) {
	for x.Now() < begin {
		x.Delay(100)
	}
	s.on = true
}

// must returns an error if the lines of order do not come in that order in the
// story.
func must(order, told string) error {
	norm := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	lines := strings.Split(told, "\n")
	at := 0
	for _, want := range strings.Split(order, "\n") {
		n := slices.IndexFunc(lines[at:], func(l string) bool { return norm(l) == norm(want) })
		if n < 0 {
			return fmt.Errorf("%q does not come behind line %d", norm(want), at)
		}
		at += n + 1
	}
	return nil
}

// TestStories compares the stories with those in testdata. Each is preceded by
// the order that it must show, which somebody wrote by hand from the fact
// sheet: rewriting the stories does not change it.
func TestStories(t *testing.T) { testStories(t, "testdata/interrupts", stories) }

func testStories(t *testing.T, file string, stories map[string]func(*testing.T) (*story, []*sched.Task)) {
	datadriven.RunTest(t, file, func(t *testing.T, d *datadriven.TestData) string {
		make, ok := stories[d.CmdArgs[0].Key]
		if d.Cmd != "story" || !ok {
			t.Fatalf("%s: no story %q", d.Pos, d.CmdArgs[0].Key)
		}
		s, tasks := make(t)
		if end := s.b.run(t, tasks...); end != sim.EndStopped {
			t.Fatalf("%s: the run ended with %v", d.Pos, end)
		}
		told := s.out.String() + s.b.verdicts()
		if err := must(d.Input, told); err != nil {
			t.Errorf("%s: %v, of\n%s", d.Pos, err, told)
		}
		return told
	})
}

// request requests actions.
func request(t *testing.T, as ...*Action) func(x *cpu.Exec) {
	return func(x *cpu.Exec) {
		for _, a := range as {
			if err := a.Request(x); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestMust: an order that a story does not show is found.
func TestMust(t *testing.T) {
	told := "cpu0 a   lock l\ncpu1 b   lock l\ncpu0 a   unlock l\n"
	for order, holds := range map[string]bool{
		"cpu0 a lock l\ncpu0 a unlock l": true, "cpu0 a unlock l\ncpu0 a lock l": false,
		"cpu1 b lock l\ncpu1 b lock l": false, "cpu1 b unlock l": false,
	} {
		if err := must(order, told); (err == nil) != holds {
			t.Errorf("%q: %v", order, err)
		}
	}
}
