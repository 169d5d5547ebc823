package cpu

import (
	"fmt"
	"strings"
)

// Edge is one step of a wait-for cycle.
type Edge struct {
	Waiter string   // "CPU0 perf/101"
	CPU    int      // of the waiter, -1 for a sleeping task
	Kind   WaitKind // of waiting
	On     string   // what it waits for
	Holder string   // who has it, and how
}

// String prints the edge as a sentence.
func (e Edge) String() string {
	return fmt.Sprintf("%s waits for %s %s, %s", e.Waiter, e.Kind, e.On, e.Holder)
}

// blocked returns what a node of the wait-for graph waits for: a CPU's
// innermost spin, or what a task that is on no CPU sleeps for.
func (h Holder) blocked() *Wait {
	if h.CPU != nil {
		return h.CPU.Waiting()
	}
	if h.Task == nil {
		return nil
	}
	if c := h.Task.cpu; c != nil && c.cur == h.Task {
		if w := c.Waiting(); w != nil {
			return w // perhaps in an interrupt handler on its way to sleep
		}
	}
	return h.Task.Blocked
}

// String names who it is.
func (h Holder) String() string {
	if h.CPU != nil {
		return fmt.Sprintf("CPU%d %s/%d", h.CPU.ID, h.CPU.cur.Comm, h.CPU.cur.PID)
	}
	return fmt.Sprintf("task %s/%d", h.Task.Comm, h.Task.PID)
}

// waiter is the node that w blocks.
func (w *Wait) waiter() Holder {
	if w.CPU != nil {
		return Holder{CPU: w.CPU}
	}
	return Holder{Task: w.Task}
}

// checkDeadlock asks the wait-for graph whether c, which is about to park,
// closes a cycle. Every node has one outgoing edge at most, so the graph is
// followed, not searched; a cycle is closed by the last node to park, and
// the question is asked then. The only other moment is the hand-over of a
// lock to a waiter that is stuck in an interrupt handler.
func (m *Machine) checkDeadlock(c *CPU) {
	m.follow(Holder{CPU: c})
}

// CheckHandover asks the graph after a lock was handed to a waiter on c.
func (m *Machine) CheckHandover(c *CPU) { m.follow(Holder{CPU: c}) }

// CheckSleep asks the graph when x, off its runqueue now but still the one its
// CPU runs, goes to sleep for x.Blocked. It comes right behind a global
// operation.
func (m *Machine) CheckSleep(x *Exec) { m.follow(Holder{Task: x}) }

func (m *Machine) follow(start Holder) {
	w := start.blocked()
	first := w
	for n := 0; w != nil && n <= len(m.execs)+len(m.CPUs); n++ {
		w = w.On.Holder(w).blocked()
		if w == first && w != nil {
			m.deadlock(first)
			return
		}
	}
}

// deadlock puts the cycle through first on record and ends the run.
func (m *Machine) deadlock(first *Wait) {
	f := &Finding{Kind: "deadlock", Title: "deadlock"}
	var b strings.Builder
	for w := first; ; {
		h := w.On.Holder(w)
		e := Edge{Waiter: w.waiter().String(), CPU: -1, Kind: w.Kind, On: w.On.AwaitedName(), Holder: h.How + " by " + h.String()}
		if w.CPU != nil {
			e.CPU = w.CPU.ID
			f.CPUs = append(f.CPUs, e.CPU)
		}
		f.Cycle = append(f.Cycle, e)
		f.Classes = append(f.Classes, e.On)
		fmt.Fprintf(&b, "  %s\n", e)
		w = h.blocked()
		if w == first || w == nil {
			break
		}
	}
	f.Text = b.String()
	m.AddFinding(nil, f)
	m.E.Stop()
}
