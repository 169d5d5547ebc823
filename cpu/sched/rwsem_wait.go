package sched

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// downReadFailed is the slow half of down_read(): queue, wake whoever can have
// the semaphore now, perhaps ourselves, and sleep until granted.
//
//kernel:fn rwsem_down_read_failed kernel/locking/rwsem-xadd.c
func (r *RWSem) downReadFailed(x *cpu.Exec) {
	w := &rwsemWaiter{task: r.s.Task(x), since: x.Now()}
	adjustment := -rwsemActive
	r.waitLock.LockIrq(x)
	if len(r.list) == 0 {
		adjustment += rwsemWaiting
	}
	r.waitLock.AssertHeld(x)
	r.list = append(r.list, w)
	r.arrives()
	count := r.add(x, adjustment)
	// Nobody active: the head of the queue may go. Only readers active and
	// nobody queued before us: so may we.
	if count == rwsemWaiting || count > rwsemWaiting && adjustment != -rwsemActive {
		r.wake(x, wakeAny)
	}
	r.waitLock.UnlockIrq(x)
	t := r.s.Task(x)
	for {
		r.s.SetCurrentState(x, Uninterruptible)
		if r.read(x); w.granted {
			break
		}
		r.s.SleepFor(x, cpu.WaitRWSem, r)
	}
	t.State.WriteOnce(x, Running)
	r.leaves(x, w.since)
}

// downWriteFailed is the slow half of down_write(). A writer is not granted
// the semaphore: it tries whenever it wakes and finds nobody active.
//
//kernel:fn rwsem_down_write_failed kernel/locking/rwsem-xadd.c
func (r *RWSem) downWriteFailed(x *cpu.Exec) {
	r.add(x, -rwsemActiveWrite)
	since := x.Now()
	if r.optimisticSpin(x) {
		r.arrives()
		r.leaves(x, since)
		return
	}
	w := &rwsemWaiter{task: r.s.Task(x), write: true, since: x.Now()}
	var count int64
	r.waitLock.LockIrq(x)
	first := len(r.list) == 0
	r.waitLock.AssertHeld(x)
	r.list = append(r.list, w)
	r.arrives()
	if first {
		count = r.add(x, rwsemWaiting)
	} else if count = r.read(x); count > rwsemWaiting {
		r.wake(x, wakeReaders) // only readers are active: those queued before us may join
	}
	r.s.SetCurrentState(x, Uninterruptible)
	for !r.tryWrite(x, count) {
		r.waitLock.UnlockIrq(x)
		for {
			r.s.SleepFor(x, cpu.WaitRWSem, r)
			r.s.SetCurrentState(x, Uninterruptible)
			if count = r.read(x); count&rwsemActiveMask == 0 {
				break
			}
		}
		r.waitLock.LockIrq(x)
	}
	r.s.Task(x).State.WriteOnce(x, Running)
	r.waitLock.AssertHeld(x)
	for i, o := range r.list {
		if o == w {
			r.list = append(r.list[:i:i], r.list[i+1:]...)
			break
		}
	}
	r.leaves(x, w.since)
	x.Acquired(&r.dep) // here and not behind the unlock, which ends at a local position
	r.waitLock.UnlockIrq(x)
}

// read is a look at the count, or at the waiter's own word: that it has no
// object of its own makes more operations dependent than are.
func (r *RWSem) read(x *cpu.Exec) int64 {
	x.Op(cpu.KindRead, &r.obj, sim.AccessRead, r.s.m.Costs.Load)
	return r.count
}

// tryWrite takes the semaphore for a queued writer if only waiters are left,
// of whom it is one; count is what it saw last.
//
//kernel:fn rwsem_try_write_lock kernel/locking/rwsem-xadd.c
func (r *RWSem) tryWrite(x *cpu.Exec, count int64) bool {
	if count != rwsemWaiting {
		return false
	}
	x.Op(cpu.KindUpdate, &r.obj, sim.AccessUpdate, r.s.m.Costs.RMW)
	if r.count != rwsemWaiting {
		return false
	}
	r.setCount(x, rwsemActiveWrite)
	r.setOwner(x)
	if len(r.list) > 1 {
		r.add(x, rwsemWaiting)
	}
	r.setHint(x, r.owner)
	return true
}

// Whom wake may wake.
type rwsemWake uint8

const (
	wakeAny       rwsemWake = iota // the head, whatever it is
	wakeReaders                    // only readers at the head
	wakeReadOwned                  // likewise; the caller is a reader, so no writer can steal
)

// wake is __rwsem_do_wake(): a writer at the head is woken, to try; readers at
// the head are counted in, and then each is granted and woken, all of it under
// wait_lock.
//
//kernel:fn __rwsem_do_wake kernel/locking/rwsem-xadd.c
func (r *RWSem) wake(x *cpu.Exec, how rwsemWake) {
	if r.list[0].write {
		if how == wakeAny {
			r.s.WakeUpProcess(x, r.list[0].task)
		}
		return
	}
	adjustment := int64(0)
	if how != wakeReadOwned {
		// The first grant comes before the count of readers: a writer may have
		// stolen the semaphore.
		adjustment = rwsemActive
		for r.add(x, adjustment)-adjustment < rwsemWaiting {
			if r.add(x, -adjustment)&rwsemActiveMask != 0 {
				return // its release will wake us
			}
		}
	}
	n := 0
	for n < len(r.list) && !r.list[n].write {
		n++
	}
	adjustment = int64(n)*rwsemActive - adjustment
	if n == len(r.list) {
		adjustment -= rwsemWaiting
	}
	r.waitLock.AssertHeld(x)
	granted := r.list[:n]
	r.list = r.list[n:]
	for _, w := range granted {
		r.addReader(x, w.task)
	}
	if adjustment != 0 {
		r.add(x, adjustment)
	}
	for _, w := range granted {
		x.Op(cpu.KindWrite, &r.obj, sim.AccessWrite, r.s.m.Costs.Store)
		w.granted = true
		r.s.WakeUpProcess(x, w.task)
	}
}
