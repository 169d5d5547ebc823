package history

import (
	"slices"

	"lockstep/configs"
	"lockstep/cpu"
	"lockstep/cpu/ksym"
)

// moved lists the tasks whose stacks a step changed: who ran, and who runs
// now if the processor switched.
func (m *Moment) moved() []*cpu.Exec {
	if m.Event.Task < 0 {
		return nil
	}
	x := m.Live.M.CPU.Execs()[m.Event.Task]
	if now := m.Live.M.CPU.CPUs[m.Event.CPU].Current(); now != x {
		return []*cpu.Exec{x, now}
	}
	return []*cpu.Exec{x}
}

// depthStop stops when a task has moved and its stack is of a depth.
type depthStop struct {
	task  int
	depth int
}

// Over stops when the task that runs on the processor now is about to perform
// an operation in the kernel function it is in, or further out: calls and
// interrupts are passed over.
func Over(s *Session, n int) Stop { return s.depthStop(n, 0) }

// Out stops when the task that runs on the processor now has left the kernel
// function it is in; backwards, when it has not yet entered it.
func Out(s *Session, n int) Stop { return s.depthStop(n, 1) }

func (s *Session) depthStop(n, less int) Stop {
	c := s.At().CPUs[n]
	depth := 0
	for _, f := range c.Frames {
		if !f.Body {
			depth++
		}
	}
	return &depthStop{task: c.Task, depth: max(depth-less, 0)}
}

// Begin implements [Stop].
func (d *depthStop) Begin(*Live) {}

// At implements [Stop].
func (d *depthStop) At(m *Moment) bool {
	for _, x := range m.moved() {
		if x.ID == d.task {
			return len(kernel(m.Live.frames(x))) <= d.depth
		}
	}
	return false
}

// kernel cuts a stack at the system call of a task body: below it there is
// nothing of the kernel.
func kernel(frames []ksym.Frame) []ksym.Frame {
	for i, f := range frames {
		if f.Func.Kernel == "ret_from_fork" {
			return frames[:i]
		}
	}
	return frames
}

// cameStop stops when a frame for which is holds has come into the stack of a
// task.
type cameStop struct {
	is func(l *Live, x *cpu.Exec) bool
	in map[int]bool // tasks that have it
}

// Begin implements [Stop].
func (c *cameStop) Begin(l *Live) {
	c.in = map[int]bool{}
	for _, x := range l.M.CPU.Execs() { // those that wait, too: they are in it when they come back
		c.in[x.ID] = c.is(l, x)
	}
}

// At implements [Stop].
func (c *cameStop) At(m *Moment) bool {
	hit := false
	for _, x := range m.moved() {
		is := c.is(m.Live, x)
		hit = hit || is && !c.in[x.ID]
		c.in[x.ID] = is
	}
	return hit
}

// OnFunc stops when a task has come into the kernel function.
func OnFunc(name string) Stop {
	return &cameStop{is: func(l *Live, x *cpu.Exec) bool {
		return slices.ContainsFunc(l.frames(x), func(f ksym.Frame) bool { return f.Func.Kernel == name })
	}}
}

// OnLine stops when a task has come to a line: of a source of the port, as in
// rcu/unlock.go, or of the scenario.
func OnLine(source string, line int) Stop {
	return &cameStop{is: func(l *Live, x *cpu.Exec) bool {
		if l.M.Scenario().File() == source {
			return l.M.BodyAt(x, line)
		}
		return slices.ContainsFunc(l.frames(x), func(f ksym.Frame) bool {
			return f.Func.Source == source && f.Line == line
		})
	}}
}

// Functions lists the kernel functions that there are.
func Functions() []string { return configs.Symbols().Names() }
