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
// closes a cycle. A cycle is closed by the last node to park, and the question
// is asked then. The only other moment is the hand-over of a lock to a waiter
// that is stuck in an interrupt handler. A new reader of a lock that a writer
// waits for adds an edge, but it runs, so it closes nothing until it parks.
func (m *Machine) checkDeadlock(c *CPU) {
	m.follow(Holder{CPU: c})
}

// CheckHandover asks the graph after a lock was handed to a waiter on c. It
// returns whether a deadlock ended the run.
func (m *Machine) CheckHandover(c *CPU) bool { return m.follow(Holder{CPU: c}) }

// CheckSleep asks the graph when x, off its runqueue now but still the one its
// CPU runs, goes to sleep for x.Blocked. It comes right behind a global
// operation.
func (m *Machine) CheckSleep(x *Exec) { m.follow(Holder{Task: x}) }

// step is one wait of a cycle and who of those it waits for is in the cycle.
type step struct {
	w *Wait
	h Holder
}

// follow looks for a cycle through start. Most nodes have one outgoing edge
// and are followed; a writer that waits for readers has one to each, and since
// all of them must let go, a cycle through any is a deadlock.
func (m *Machine) follow(start Holder) bool {
	first := start.blocked()
	if first == nil || first.named {
		return false
	}
	m.asked++
	m.path = m.path[:0]
	if !m.leadsTo(first, first) {
		return false
	}
	m.deadlock(m.path)
	return !m.goOn
}

// leadsTo searches from w, depth first, for first. A node is entered once a
// question: what did not lead there before does not do so now. On success
// m.path is the way.
func (m *Machine) leadsTo(w, first *Wait) bool {
	w.asked = m.asked
	if many, ok := w.On.(ManyHolders); ok {
		return many.EachHolder(w, func(h Holder) bool { return m.stepTo(w, h, first) })
	}
	return m.stepTo(w, w.On.Holder(w), first)
}

// stepTo goes on from w to what h waits for.
func (m *Machine) stepTo(w *Wait, h Holder, first *Wait) bool {
	next := h.blocked()
	if next == nil {
		return false
	}
	m.path = append(m.path, step{w, h})
	if next == first || next.asked != m.asked && m.leadsTo(next, first) {
		return true
	}
	m.path = m.path[:len(m.path)-1]
	return false
}

// deadlock puts a cycle on record and ends the run, or goes on and names none
// of these waits again.
func (m *Machine) deadlock(cycle []step) {
	f := &Finding{Kind: "deadlock", Title: "deadlock"}
	var b strings.Builder
	for _, s := range cycle {
		w, h := s.w, s.h
		w.named = true
		e := Edge{Waiter: w.waiter().String(), CPU: -1, Kind: w.Kind, On: w.On.AwaitedName(), Holder: h.How + " by " + h.String()}
		if w.CPU != nil {
			e.CPU = w.CPU.ID
			f.CPUs = append(f.CPUs, e.CPU)
		}
		f.Cycle = append(f.Cycle, e)
		f.Classes = append(f.Classes, e.On)
		fmt.Fprintf(&b, "  %s\n", e)
	}
	f.Text = b.String()
	m.AddFinding(nil, f)
	if !m.goOn {
		m.E.Stop()
	}
}
