package sched

import "lockstep/cpu"

// AwaitedName implements [cpu.Awaited].
func (r *RWSem) AwaitedName() string { return r.name }

// Holder implements [cpu.Awaited]: the first that EachHolder names.
func (r *RWSem) Holder(w *cpu.Wait) cpu.Holder { return cpu.FirstHolder(r, w) }

// EachHolder implements [cpu.ManyHolders]. Everybody waits for a writer that
// has it; without one the first in the queue waits for all readers, and the
// others for the first. Who is in the queue no more was granted it.
func (r *RWSem) EachHolder(w *cpu.Wait, fn func(cpu.Holder) bool) bool {
	i := 0
	for i < len(r.list) && &r.list[i].task.Exec != w.Task {
		i++
	}
	switch {
	case w.CPU != nil && r.owner != nil: // a spinner
		return fn(cpu.Holder{Task: &r.owner.Exec, How: "held for writing"})
	case i == len(r.list):
		return false
	case r.owner != nil:
		return fn(cpu.Holder{Task: &r.owner.Exec, How: "held for writing"})
	case i > 0:
		return fn(cpu.Holder{Task: &r.list[0].task.Exec, How: "queued for earlier"})
	}
	for i := range r.readers {
		if fn(cpu.Holder{Task: &r.readers[i].task.Exec, How: "held for reading"}) {
			return true
		}
	}
	return false
}

// HeldBy implements [cpu.Holdable]: a semaphore is no CPU's.
func (r *RWSem) HeldBy() (*cpu.CPU, bool) { return nil, false }

// EachReader implements [cpu.ReadHoldable].
func (r *RWSem) EachReader(fn func(cpu.Holder)) {
	for i := range r.readers {
		fn(cpu.Holder{Task: &r.readers[i].task.Exec})
	}
}

// Readers returns how many hold it for reading.
func (r *RWSem) Readers() int { return len(r.readers) }

// Waiters returns how many tasks are queued.
func (r *RWSem) Waiters() int { return len(r.list) }

// Count returns the kernel's count: see [RWSem].
func (r *RWSem) Count() int64 { return r.count }

// LockInfo implements [cpu.LockViewer].
func (r *RWSem) LockInfo() cpu.LockInfo {
	return cpu.LockInfo{Name: r.name, Kind: "rwsem", Obj: r.obj.ID, Dep: &r.dep}
}

// LockState implements [cpu.LockViewer].
func (r *RWSem) LockState() cpu.LockState {
	s := cpu.LockState{Read: len(r.readers), Waiting: len(r.list), Contended: r.contended, Waited: r.waited}
	if r.owner != nil {
		s.Task, s.Since = &r.owner.Exec, r.since
	} else if len(r.readers) > 0 {
		s.Task, s.Since = &r.readers[0].task.Exec, r.readers[0].since
	}
	if len(r.list) > 0 {
		s.First = r.list[0].since
	}
	return s
}

// EachWaiter implements [cpu.LockViewer].
func (r *RWSem) EachWaiter(fn func(cpu.Holder)) {
	for _, w := range r.list {
		fn(cpu.Holder{Task: &w.task.Exec})
	}
}
