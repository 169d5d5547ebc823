package lock

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Seqlock is a seqlock_t: a seqcount and the spinlock that its writers hold.
type Seqlock struct {
	count Seqcount
	lock  Spin
}

// Init makes a seqlock; the classes are those of its two parts.
func (l *Seqlock) Init(m *cpu.Machine, name string, count, lock *lockdep.Key) {
	l.count.Init(m, name, count)
	l.lock.Init(m, name+".lock", lock)
	m.RegisterHoldable(l)
}

// Lock returns the writers' spinlock, for read_seqlock_excl() and views.
func (l *Seqlock) Lock() *Spin { return &l.lock }

// Count returns the seqcount, for views.
func (l *Seqlock) Count() *Seqcount { return &l.count }

// WriteLock is write_seqlock().
//
//kernel:fn write_seqlock include/linux/seqlock.h
func (l *Seqlock) WriteLock(x *cpu.Exec) {
	l.lock.Lock(x)
	l.count.WriteBegin(x)
}

// WriteUnlock is write_sequnlock().
//
//kernel:fn write_sequnlock include/linux/seqlock.h
func (l *Seqlock) WriteUnlock(x *cpu.Exec) {
	l.count.WriteEnd(x)
	l.lock.Unlock(x)
}

// WriteLockIrq is write_seqlock_irq().
//
//kernel:fn write_seqlock_irq include/linux/seqlock.h
func (l *Seqlock) WriteLockIrq(x *cpu.Exec) {
	l.lock.LockIrq(x)
	l.count.WriteBegin(x)
}

// WriteUnlockIrq is write_sequnlock_irq().
//
//kernel:fn write_sequnlock_irq include/linux/seqlock.h
func (l *Seqlock) WriteUnlockIrq(x *cpu.Exec) {
	l.count.WriteEnd(x)
	l.lock.UnlockIrq(x)
}

// WriteLockIrqsave is write_seqlock_irqsave().
//
//kernel:fn __write_seqlock_irqsave include/linux/seqlock.h
func (l *Seqlock) WriteLockIrqsave(x *cpu.Exec) cpu.Flags {
	f := l.lock.LockIrqsave(x)
	l.count.WriteBegin(x)
	return f
}

// WriteUnlockIrqrestore is write_sequnlock_irqrestore().
//
//kernel:fn write_sequnlock_irqrestore include/linux/seqlock.h
func (l *Seqlock) WriteUnlockIrqrestore(x *cpu.Exec, f cpu.Flags) {
	l.count.WriteEnd(x)
	l.lock.UnlockIrqrestore(x, f)
}

// WriteLockBH is write_seqlock_bh().
//
//kernel:fn write_seqlock_bh include/linux/seqlock.h
func (l *Seqlock) WriteLockBH(x *cpu.Exec) {
	l.lock.LockBH(x)
	l.count.WriteBegin(x)
}

// WriteUnlockBH is write_sequnlock_bh().
//
//kernel:fn write_sequnlock_bh include/linux/seqlock.h
func (l *Seqlock) WriteUnlockBH(x *cpu.Exec) {
	l.count.WriteEnd(x)
	l.lock.UnlockBH(x)
}

// ReadBegin is read_seqbegin(): it waits for a writer's section to end.
//
//kernel:fn read_seqbegin include/linux/seqlock.h
func (l *Seqlock) ReadBegin(x *cpu.Exec) uint32 { return l.count.ReadBegin(x) }

// ReadRetry is read_seqretry().
//
//kernel:fn read_seqretry include/linux/seqlock.h
func (l *Seqlock) ReadRetry(x *cpu.Exec, start uint32) bool { return l.count.ReadRetry(x, start) }

// HeldHere reports whether x is in a writer's section.
func (l *Seqlock) HeldHere(x *cpu.Exec) bool { return l.count.writer == x }

// Guards is [Raw.Guards]: the lock's writer changes them.
func (l *Seqlock) Guards(objs ...*sim.Obj) { l.lock.Guards(objs...) }

// AwaitedName implements [cpu.Holdable].
func (l *Seqlock) AwaitedName() string { return l.count.name }

// HeldBy implements [cpu.Holdable]: the writer's CPU, as of its spinlock.
func (l *Seqlock) HeldBy() (*cpu.CPU, bool) {
	if l.count.writer == nil {
		return nil, false
	}
	return l.lock.owner, false
}

// LockInfo implements [cpu.LockViewer]: what readers look at. The writers'
// spinlock is a lock of its own.
func (l *Seqlock) LockInfo() cpu.LockInfo {
	return cpu.LockInfo{Name: l.count.name, Kind: "seqlock", Obj: l.count.obj.ID, Dep: &l.count.dep}
}

// LockState implements [cpu.LockViewer]. Count is the sequence number.
func (l *Seqlock) LockState() cpu.LockState {
	c := &l.count
	s := cpu.LockState{Count: int(c.seq), Waiting: len(c.waiters), Contended: c.contended, Waited: c.waited}
	if c.writer != nil {
		s.CPU, s.Since = l.lock.owner, c.since
	}
	if len(c.waiters) > 0 {
		s.First = sim.Forever
		for _, w := range c.waiters {
			s.First = min(s.First, w.Since)
		}
	}
	return s
}

// EachWaiter implements [cpu.LockViewer]: the readers that wait.
func (l *Seqlock) EachWaiter(fn func(cpu.Holder)) {
	for _, w := range l.count.waiters {
		fn(cpu.Holder{CPU: w.CPU, Task: w.Task})
	}
}
