package configs

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// startLine holds the tasks that call start_line() until all of them have:
// what comes before it is set-up and no part of a search.
type startLine struct {
	queue   sched.WaitQueue
	arrived cpu.Var[int]
	need    int
	over    bool // all have arrived
}

var startLineKey = lockdep.Key{Name: "start_line"}

func (l *startLine) init(m *Machine) {
	l.need = m.prog.starters
	if l.need > 0 {
		l.queue.Init(m.Sched, "start_line", &startLineKey)
		l.arrived.Init(m.CPU, "start_line.arrived", 0)
	}
}

func (l *startLine) wait(x *cpu.Exec) {
	if l.arrived.Update(x, func(n int) int { return n + 1 }) == l.need-1 {
		l.over = true
		l.queue.WakeUpAll(x)
		return
	}
	l.queue.WaitEvent(x, sched.Uninterruptible, func() bool { return l.arrived.ReadOnce(x) >= l.need })
}

// AtStart reports whether the machine is at the start line or behind it: all
// tasks that call start_line() have, or, if none does, a task has begun.
func (m *Machine) AtStart() bool {
	if m.start.need > 0 {
		return m.start.over
	}
	return m.begun
}
