package sched

import "lockstep/cpu"

// HeldHere reports whether x has the rt_mutex.
func (m *RTMutex) HeldHere(x *cpu.Exec) bool { return m.owner != nil && m.owner == m.s.Task(x) }

// Waiters returns how many tasks wait.
func (m *RTMutex) Waiters() int { return len(m.list) }

// AwaitedName implements [cpu.Awaited].
func (m *RTMutex) AwaitedName() string { return m.name }

// Holder implements [cpu.Awaited].
func (m *RTMutex) Holder(*cpu.Wait) cpu.Holder {
	if m.owner == nil {
		return cpu.Holder{}
	}
	return cpu.Holder{Task: &m.owner.Exec, How: "held"}
}

// EachPIWaiter calls fn for those who lend t their priority, the highest first:
// the first waiter of each rt_mutex that it owns. It returns what t waits for
// itself, nil for nothing. It is for views.
func (t *Task) EachPIWaiter(fn func(waiter *Task, m *RTMutex)) (blockedOn *RTMutex) {
	for _, w := range t.piWaiters {
		fn(w.task, w.lock)
	}
	if t.piBlockedOn != nil {
		return t.piBlockedOn.lock
	}
	return nil
}

// HeldBy implements [cpu.Holdable]: an rt_mutex is a task's, not a CPU's.
func (m *RTMutex) HeldBy() (*cpu.CPU, bool) { return nil, false }

// LockInfo implements [cpu.LockViewer].
func (m *RTMutex) LockInfo() cpu.LockInfo {
	info := cpu.LockInfo{Name: m.name, Kind: "rt_mutex", Obj: m.obj.ID}
	if m.s.m.NewRules() {
		info.Dep = &m.dep
	}
	return info
}

// LockState implements [cpu.LockViewer].
func (m *RTMutex) LockState() cpu.LockState {
	s := cpu.LockState{Waiting: len(m.list), Contended: m.contended, Waited: m.waited}
	if m.owner != nil {
		s.Task, s.Since = &m.owner.Exec, m.since
	}
	for i := range m.list {
		if w := m.list[i]; i == 0 || w.since < s.First {
			s.First = w.since
		}
	}
	return s
}

// EachWaiter implements [cpu.LockViewer].
func (m *RTMutex) EachWaiter(fn func(cpu.Holder)) {
	for i := range m.list {
		fn(cpu.Holder{Task: &m.list[i].task.Exec})
	}
}
