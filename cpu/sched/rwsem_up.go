package sched

import (
	"slices"

	"lockstep/cpu"
	"lockstep/sim"
)

// UpRead is up_read().
//
//kernel:fn up_read kernel/locking/rwsem.c
func (r *RWSem) UpRead(x *cpu.Exec) {
	r.ask(x, func() bool { return x.Unvalidate(&r.dep) })
	r.readerLeaves(x)
}

// upReadUnseen is __up_read(), see downReadUnseen.
//
//kernel:fn __up_read arch/x86/include/asm/rwsem.h
func (r *RWSem) upReadUnseen(x *cpu.Exec) {
	x.Op(cpu.KindUpdate, &r.obj, sim.AccessUpdate, r.s.m.Costs.RMW)
	r.readerLeaves(x)
}

// readerLeaves gives up what a reader has, behind the operation that says so.
func (r *RWSem) readerLeaves(x *cpu.Exec) {
	if i := r.readIndex(r.s.Task(x)); i >= 0 {
		r.readers = slices.Delete(r.readers, i, i+1)
	}
	r.setCount(x, r.count-rwsemActive)
	if r.count < -1 && r.count&rwsemActiveMask == 0 {
		r.wakeUp(x)
	}
}

// readIndex returns the latest read-side acquisition of a task; of another
// task, should a semaphore be released by one that did not take it.
func (r *RWSem) readIndex(t *Task) int {
	for i := len(r.readers) - 1; i >= 0; i-- {
		if r.readers[i].task == t {
			return i
		}
	}
	return len(r.readers) - 1
}

// UpWrite is up_write().
//
//kernel:fn up_write kernel/locking/rwsem.c
func (r *RWSem) UpWrite(x *cpu.Exec) {
	r.setHint(x, nil)
	r.ask(x, func() bool { return x.Unvalidate(&r.dep) })
	r.owner = nil
	if r.setCount(x, r.count-rwsemActiveWrite); r.count < 0 {
		r.wakeUp(x)
	}
}

// DowngradeWrite is downgrade_write(): the writer becomes a reader, and readers
// at the head of the queue join it. For v4.4's validator it stays a writer.
//
//kernel:fn downgrade_write kernel/locking/rwsem.c
func (r *RWSem) DowngradeWrite(x *cpu.Exec) {
	r.setHint(x, nil)
	r.ask(x, func() bool { return x.Downgrade(&r.dep) })
	t := r.s.Task(x)
	r.owner = nil
	r.addReader(x, t)
	if r.setCount(x, r.count-rwsemWaiting); r.count < 0 {
		f := r.waitLock.LockIrqsave(x)
		if len(r.list) > 0 {
			r.wake(x, wakeReadOwned)
		}
		r.waitLock.UnlockIrqrestore(x, f)
	}
}

// wakeUp is rwsem_wake(). If somebody spins he will have the semaphore, and wake
// the others when he is through; so it is no loss if wait_lock is taken.
//
//kernel:fn rwsem_wake kernel/locking/rwsem-xadd.c
func (r *RWSem) wakeUp(x *cpu.Exec) {
	var f cpu.Flags
	if r.osq.isLocked(x) {
		var ok bool
		if f, ok = r.waitLock.TrylockIrqsave(x); !ok {
			return
		}
	} else {
		f = r.waitLock.LockIrqsave(x)
	}
	if len(r.list) > 0 {
		r.wake(x, wakeAny)
	}
	r.waitLock.UnlockIrqrestore(x, f)
}

// HeldHere reports whether x has the semaphore for writing.
func (r *RWSem) HeldHere(x *cpu.Exec) bool { return r.owner != nil && r.owner == r.s.Task(x) }

// ReadHeldHere reports whether x has it for reading.
func (r *RWSem) ReadHeldHere(x *cpu.Exec) bool {
	i := r.readIndex(r.s.Task(x))
	return i >= 0 && r.readers[i].task == r.s.Task(x)
}
