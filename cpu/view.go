package cpu

import (
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// LockViewer is what a lock of any kind shows to somebody outside the machine
// between two operations. Looking changes nothing.
type LockViewer interface {
	// LockInfo returns what never changes.
	LockInfo() LockInfo
	// LockState returns who has it and how many wait.
	LockState() LockState
	// EachWaiter calls fn for everybody in its queue, first in line first.
	EachWaiter(fn func(Holder))
}

// LockInfo is what of a lock never changes.
type LockInfo struct {
	Name string       // of the instance
	Kind string       // raw_spinlock, spinlock, rwlock, seqlock, local_lock, mutex, ww_mutex, rwsem, rt_mutex, semaphore, completion
	Obj  sim.ObjID    // whose operations are those of the lock
	Dep  *lockdep.Map // the validator's part, nil if it does not see the lock
}

// LockState is what of a lock changes. Two equal states of a lock have the
// same queue: only arrivals make Contended grow.
type LockState struct {
	CPU      *CPU     // that owns it; of a lock that belongs to a CPU
	Task     *Exec    // that owns it; of one that belongs to a task
	Read     int      // readers that hold it; CPU or Task is then the first of them
	Reserved bool     // handed over to the next in line, who has not come yet
	Count    int      // of a semaphore, or what a completion will let through
	Since    sim.Time // the owner has had it, on the owner's clock
	Waiting  int      // how many are in the queue
	// Contended is how many have had to queue so far, and Waited how long
	// those of them took that are through.
	Contended uint64
	Waited    sim.Time // see Contended
	First     sim.Time // since when the first in line waits
}

// Asleep returns what a task sleeps for, nil if it does not sleep or nobody
// can say.
func (x *Exec) Asleep() *Wait {
	if c := x.cpu; c != nil && c.cur == x {
		return nil
	}
	return x.Blocked
}

// OnCPU returns the CPU whose current x is, nil if there is none.
func (x *Exec) OnCPU() *CPU {
	if c := x.cpu; c != nil && c.cur == x {
		return c
	}
	return nil
}
