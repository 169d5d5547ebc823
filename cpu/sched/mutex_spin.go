package sched

import "lockstep/cpu"

// optimisticSpin is mutex_optimistic_spin(): as long as the owner runs it will
// be quicker to wait for it than to sleep. It returns true with the mutex.
// Preemption is off; who is to schedule does so before it queues.
//
//kernel:fn mutex_optimistic_spin kernel/locking/mutex.c
func (m *Mutex) optimisticSpin(x *cpu.Exec, ww *wwAcquire) bool {
	spin, since := spinFor{m.kind, m.self}, x.Now()
	if ww != nil {
		spin.on = wwSpin{ww.w}
	}
	if m.canSpin(x) && m.osq.lock(x, spin) {
		got := m.spin(x, ww, spin)
		m.osq.unlock(x)
		if got {
			m.arrives()
			m.leaves(x, since)
			return true
		}
	}
	if m.s.needResched(x) {
		m.s.Task(x).State.WriteOnce(x, Running)
		m.s.SchedulePreemptDisabled(x)
	}
	return false
}

// canSpin is mutex_can_spin_on_owner(). Without an owner the mutex is about to
// be free, or has just been taken.
//
//kernel:fn mutex_can_spin_on_owner kernel/locking/mutex.c
func (m *Mutex) canSpin(x *cpu.Exec) bool {
	if m.s.needResched(x) {
		return false
	}
	m.s.m.Hooks.ReadLock(x)
	owner := m.hint.ReadOnce(x)
	can := owner == nil || owner.OnCPU.ReadOnce(x)
	m.s.m.Hooks.ReadUnlock(x)
	return can
}

// spin is what the head of the queue does.
func (m *Mutex) spin(x *cpu.Exec, ww *wwAcquire, spin spinFor) bool {
	for {
		if ww != nil && ww.ctx.acquired > 0 && ww.taken(x) {
			return false // it may have to back off, which only the queue sees to
		}
		owner := m.hint.ReadOnce(x)
		if owner != nil && !m.s.spinOnOwner(x, &m.hint, owner, &m.spinner, spin) {
			return false
		}
		if m.tryToAcquire(x) {
			m.got(x)
			if ww != nil {
				ww.acquiredFast(x)
			}
			m.setHint(x, m.owner)
			return true
		}
		// Without an owner we may be keeping the CPU from who is about to be
		// the owner, or to let the mutex go.
		if owner == nil && (m.s.needResched(x) || m.s.Task(x).rtTask()) {
			return false
		}
		m.relax(x, owner, spin)
	}
}

// tryToAcquire is mutex_try_to_acquire().
//
//kernel:fn mutex_try_to_acquire kernel/locking/mutex.c
func (m *Mutex) tryToAcquire(x *cpu.Exec) bool {
	if m.IsLocked(x) {
		return false
	}
	m.update(x)
	if m.count != 1 {
		return false
	}
	m.setCount(x, 0)
	return true
}

// relax is cpu_relax() of the loop: it parks until the owner or the count
// changes. Both are looked at once more, behind the operation that came last.
func (m *Mutex) relax(x *cpu.Exec, owner *Task, spin spinFor) {
	if m.hint.Peek() != owner || m.count == 1 || owner != nil {
		return
	}
	m.spinner = x.BeginWait(spin.kind, spin.on, &m.obj)
	x.SpinOnce(m.spinner)
	m.spinner = nil
}

// spinOnOwner is mutex_spin_on_owner() and the like: spin until somebody else
// is the owner. It returns false if the owner was switched away from, or x is
// to schedule. It parks meanwhile: a change of the owner ends the wait in *slot,
// and the end of the owner's context switch that in owner.spinners; its own
// need_resched comes with an interrupt.
//
//kernel:fn mutex_spin_on_owner kernel/locking/mutex.c
func (s *Sched) spinOnOwner(x *cpu.Exec, hint *cpu.Var[*Task], owner *Task, slot **cpu.Wait, spin spinFor) bool {
	s.m.Hooks.ReadLock(x)
	same := true
	for hint.ReadOnce(x) == owner {
		if !owner.OnCPU.ReadOnce(x) || s.needResched(x) {
			same = false
			break
		}
		if hint.Peek() != owner || !owner.OnCPU.Peek() {
			continue // it changed while we looked at the others
		}
		w := x.BeginWait(spin.kind, spin.on, hint.Obj())
		*slot = w
		owner.addSpinner(w)
		x.SpinOnce(w)
		*slot = nil
		owner.dropSpinner(w)
	}
	s.m.Hooks.ReadUnlock(x)
	return same
}

// addSpinner puts a wait among those that end when t is off its CPU.
func (t *Task) addSpinner(w *cpu.Wait) {
	w.Next = t.spinners
	t.spinners = w
}

// dropSpinner takes it off, if it is still there.
func (t *Task) dropSpinner(w *cpu.Wait) {
	for at := &t.spinners; *at != nil; at = &(*at).Next {
		if *at == w {
			*at = w.Next
			return
		}
	}
}
