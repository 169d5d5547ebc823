package sched

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// optimisticSpin is rwsem_optimistic_spin() of a writer: as long as the writer
// who has the semaphore runs it will be quicker to wait for him than to sleep.
// It returns true with the semaphore. Readers leave no owner, so who meets them
// at the beginning does not spin.
//
//kernel:fn rwsem_optimistic_spin kernel/locking/rwsem-xadd.c
func (r *RWSem) optimisticSpin(x *cpu.Exec) bool {
	spin, got := spinFor{cpu.WaitRWSem, r}, false
	cpu.PreemptDisable(x)
	if r.canSpin(x) && r.osq.lock(x, spin) {
		for {
			owner := r.hint.ReadOnce(x)
			if owner != nil && !r.spinOnOwner(x, owner, spin) {
				break
			}
			if got = r.tryWriteUnqueued(x); got {
				break
			}
			if owner == nil && (r.s.needResched(x) || r.s.Task(x).rtTask()) {
				break
			}
			r.relax(x, owner, spin)
		}
		r.osq.unlock(x)
	}
	cpu.PreemptEnable(x)
	return got
}

// canSpin is rwsem_can_spin_on_owner().
//
//kernel:fn rwsem_can_spin_on_owner kernel/locking/rwsem-xadd.c
func (r *RWSem) canSpin(x *cpu.Exec) bool {
	if r.s.needResched(x) {
		return false
	}
	r.s.m.Hooks.ReadLock(x)
	owner := r.hint.ReadOnce(x)
	can := false
	if owner == nil {
		can = r.read(x)&rwsemActiveMask == 0
	} else {
		can = owner.OnCPU.ReadOnce(x)
	}
	r.s.m.Hooks.ReadUnlock(x)
	return can
}

// spinOnOwner is rwsem_spin_on_owner(): another owner is spun for again; with
// none it depends on whether readers have it.
//
//kernel:fn rwsem_spin_on_owner kernel/locking/rwsem-xadd.c
func (r *RWSem) spinOnOwner(x *cpu.Exec, owner *Task, spin spinFor) bool {
	if !r.s.spinOnOwner(x, &r.hint, owner, &r.spinner, spin) {
		return false
	}
	if r.hint.ReadOnce(x) != nil {
		return true
	}
	count := r.read(x)
	return count == 0 || count == rwsemWaiting
}

// tryWriteUnqueued is rwsem_try_write_lock_unqueued(): a spinner may take the
// semaphore before those who sleep.
//
//kernel:fn rwsem_try_write_lock_unqueued kernel/locking/rwsem-xadd.c
func (r *RWSem) tryWriteUnqueued(x *cpu.Exec) bool {
	for count := r.read(x); count == 0 || count == rwsemWaiting; {
		x.Op(cpu.KindUpdate, &r.obj, sim.AccessUpdate, r.s.m.Costs.RMW)
		if r.count == count {
			r.setCount(x, count+rwsemActiveWrite)
			r.setOwner(x)
			x.Acquired(&r.dep)
			r.setHint(x, r.owner)
			return true
		}
		count = r.count
	}
	return false
}

// relax parks until the owner or the count changes; both are looked at once
// more, behind the operation that came last.
func (r *RWSem) relax(x *cpu.Exec, owner *Task, spin spinFor) {
	if owner != nil || r.hint.Peek() != nil || r.count == 0 || r.count == rwsemWaiting {
		return
	}
	r.spinner = x.BeginWait(spin.kind, spin.on, &r.obj)
	x.SpinOnce(r.spinner)
	r.spinner = nil
}

// setCount is the effect of an operation on the count: who spins looks again.
func (r *RWSem) setCount(x *cpu.Exec, n int64) {
	r.count = n
	wakeSpinner(x, r.spinner)
}

// setHint is rwsem_set_owner() and rwsem_clear_owner().
//
//kernel:fn rwsem_set_owner kernel/locking/rwsem.h
func (r *RWSem) setHint(x *cpu.Exec, t *Task) {
	r.hint.WriteOnce(x, t)
	wakeSpinner(x, r.spinner)
}
