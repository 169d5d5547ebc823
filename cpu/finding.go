package cpu

import (
	"slices"

	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Finding is something an oracle saw.
type Finding struct {
	Kind    string          // a verdict's name: deadlock, lockdep, warn, …
	Title   string          // one line
	Text    string          // the rest, for people
	Classes []string        // lock classes or locks in cycle order
	CPUs    []int           // that take part
	CPU     int             // on which it was seen
	Step    uint64          // operations performed until then
	Time    sim.Time        // on that CPU
	Cycle   []Edge          // of a deadlock
	Report  *lockdep.Report // of the validator
	// Stack is the position of a WARN or assertion, captured in a traced run.
	Stack lockdep.Stack
}

// AddFinding puts f on record; x is who saw it, nil for an observer from
// outside. An observation that stands on its own is an operation.
func (m *Machine) AddFinding(x *Exec, f *Finding) {
	if x != nil {
		f.CPU = x.cpu.ID
		f.Time = x.cpu.P.Now()
	} else {
		f.Time = m.E.Now()
		if p := m.E.Current(); p != nil {
			f.CPU = p.ID()
		}
	}
	f.Step = m.E.Steps()
	if len(f.CPUs) == 0 {
		f.CPUs = []int{f.CPU}
	}
	m.findings = append(m.findings, f)
}

// Findings returns what the oracles saw, in order.
func (m *Machine) Findings() []*Finding { return m.findings }

// Holdable is a lock that a CPU can hold; all of them are registered so that
// a report can list what is held without the hot path keeping lists.
type Holdable interface {
	// HeldBy returns the CPU that owns the lock or is next in line for it
	// with the lock reserved, nil if it is free.
	HeldBy() (c *CPU, reserved bool)
	// AwaitedName names the lock.
	AwaitedName() string
	LockViewer
}

// ReadHoldable is a lock that several can hold at once, as readers.
type ReadHoldable interface {
	Holdable
	// EachReader calls fn for everybody who holds it so, CPU or task, in the
	// order they got it; who recursed comes several times.
	EachReader(fn func(Holder))
}

// RegisterHoldable adds a lock to those that reports and views look through.
func (m *Machine) RegisterHoldable(h Holdable) { m.held = append(m.held, h) }

// ForgetHoldable takes a lock from them whose memory is freed.
func (m *Machine) ForgetHoldable(h Holdable) {
	if m.freed == nil {
		m.freed = map[Holdable]bool{}
	}
	m.freed[h] = true
	if len(m.freed) > 64 && 2*len(m.freed) > len(m.held) {
		m.Locks()
	}
}

// Locks returns the locks that there are, in the order they were made. Those
// that were freed are taken out when somebody looks or they are many, all at
// once.
func (m *Machine) Locks() []Holdable {
	if len(m.freed) > 0 {
		m.held = slices.DeleteFunc(m.held, func(h Holdable) bool { return m.freed[h] })
		clear(m.freed)
	}
	return m.held
}

// HeldBy lists the locks that CPU c holds, in the order the locks were made.
func (m *Machine) HeldBy(c *CPU) []string {
	var names []string
	for _, h := range m.Locks() {
		by, reserved := h.HeldBy()
		held := by == c && !reserved
		if r, ok := h.(ReadHoldable); ok && !held {
			r.EachReader(func(reader Holder) { held = held || reader.CPU == c })
		}
		if held {
			names = append(names, h.AwaitedName())
		}
	}
	return names
}
