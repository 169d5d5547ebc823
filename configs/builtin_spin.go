package configs

import (
	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
)

var (
	rawKind   = lockKind[*lock.Raw]{KindLock, "locks", func(m *Machine) map[string]*lock.Raw { return m.locks }}
	spinKind  = lockKind[*lock.Spin]{KindSpinlock, "locks", func(m *Machine) map[string]*lock.Spin { return m.spinlocks }}
	rwKind    = lockKind[*lock.RW]{KindRWLock, "locks", func(m *Machine) map[string]*lock.RW { return m.rwlocks }}
	seqKind   = lockKind[*lock.Seqlock]{KindSeqlock, "locks", func(m *Machine) map[string]*lock.Seqlock { return m.seqlocks }}
	localKind = lockKind[*lock.Local]{KindLocalLock, "locks", func(m *Machine) map[string]*lock.Local { return m.localLocks }}
)

func spinHeld(l *lock.Spin, x *cpu.Exec) bool { return l.HeldHere(x) }

var spinBuiltins = []Builtin{
	spinKind.take("spin_lock", "Take a spinlock_t; preemption is off while it is held.", func(l *lock.Spin, x *cpu.Exec) { l.Lock(x) }),
	spinKind.free("spin_unlock", "Release it; the task may be preempted.", spinHeld, func(l *lock.Spin, x *cpu.Exec) { l.Unlock(x) }),
	spinKind.nested("spin_lock_nested", "Take it with a lockdep subclass (1 to 7).", func(l *lock.Spin, x *cpu.Exec, sub int) { l.LockNested(x, sub) }),
	spinKind.nest("spin_lock_nest_lock", "Take it under another lock that is held and makes nesting its class safe.",
		func(l *lock.Spin, x *cpu.Exec, nest *lockdep.Map) { l.LockNest(x, nest) }),
	spinKind.take("spin_lock_irq", "Disable interrupts and take the lock.", func(l *lock.Spin, x *cpu.Exec) { l.LockIrq(x) }),
	spinKind.free("spin_unlock_irq", "Release the lock and enable interrupts.", spinHeld, func(l *lock.Spin, x *cpu.Exec) { l.UnlockIrq(x) }),
	spinKind.save("spin_lock_irqsave", "Save and disable interrupts and take the lock; returns the flags.", func(l *lock.Spin, x *cpu.Exec) cpu.Flags { return l.LockIrqsave(x) }),
	spinKind.restore("spin_unlock_irqrestore", "Release the lock and restore interrupts.", spinHeld, func(l *lock.Spin, x *cpu.Exec, f cpu.Flags) { l.UnlockIrqrestore(x, f) }),
	spinKind.take("spin_lock_bh", "Keep softirqs from running and take the lock.", func(l *lock.Spin, x *cpu.Exec) { l.LockBH(x) }),
	spinKind.free("spin_unlock_bh", "Release the lock and let softirqs run.", spinHeld, func(l *lock.Spin, x *cpu.Exec) { l.UnlockBH(x) }),
	spinKind.try("spin_trylock", "Take the lock if it is free; returns whether it was.", func(l *lock.Spin, x *cpu.Exec) bool { return l.Trylock(x) }),
}

var rwBuiltins = []Builtin{
	rwKind.take("read_lock", "Take an rwlock for reading.", (*lock.RW).ReadLock),
	rwKind.free("read_unlock", "Release what read_lock took.", (*lock.RW).ReadHeldHere, (*lock.RW).ReadUnlock),
	rwKind.take("read_lock_irq", "Disable interrupts and take the lock for reading.", (*lock.RW).ReadLockIrq),
	rwKind.free("read_unlock_irq", "Release it and enable interrupts.", (*lock.RW).ReadHeldHere, (*lock.RW).ReadUnlockIrq),
	rwKind.save("read_lock_irqsave", "Save and disable interrupts and take the lock for reading; returns the flags.", (*lock.RW).ReadLockIrqsave),
	rwKind.restore("read_unlock_irqrestore", "Release it and restore interrupts.", (*lock.RW).ReadHeldHere, (*lock.RW).ReadUnlockIrqrestore),
	rwKind.take("read_lock_bh", "Keep softirqs from running and take the lock for reading.", (*lock.RW).ReadLockBH),
	rwKind.free("read_unlock_bh", "Release it and let softirqs run.", (*lock.RW).ReadHeldHere, (*lock.RW).ReadUnlockBH),
	rwKind.try("read_trylock", "Take the lock for reading if that needs no waiting; returns whether it did not.", (*lock.RW).ReadTrylock),
	rwKind.take("write_lock", "Take an rwlock for writing.", (*lock.RW).WriteLock),
	rwKind.free("write_unlock", "Release what write_lock took.", (*lock.RW).HeldHere, (*lock.RW).WriteUnlock),
	rwKind.take("write_lock_irq", "Disable interrupts and take the lock for writing.", (*lock.RW).WriteLockIrq),
	rwKind.free("write_unlock_irq", "Release it and enable interrupts.", (*lock.RW).HeldHere, (*lock.RW).WriteUnlockIrq),
	rwKind.save("write_lock_irqsave", "Save and disable interrupts and take the lock for writing; returns the flags.", (*lock.RW).WriteLockIrqsave),
	rwKind.restore("write_unlock_irqrestore", "Release it and restore interrupts.", (*lock.RW).HeldHere, (*lock.RW).WriteUnlockIrqrestore),
	rwKind.take("write_lock_bh", "Keep softirqs from running and take the lock for writing.", (*lock.RW).WriteLockBH),
	rwKind.free("write_unlock_bh", "Release it and let softirqs run.", (*lock.RW).HeldHere, (*lock.RW).WriteUnlockBH),
	rwKind.try("write_trylock", "Take the lock for writing if that needs no waiting; returns whether it did not.", (*lock.RW).WriteTrylock),
}

var seqBuiltins = []Builtin{
	seqKind.take("write_seqlock", "Begin a writer's section of a seqlock.", (*lock.Seqlock).WriteLock),
	seqKind.free("write_sequnlock", "End it; readers that ran meanwhile read again.", (*lock.Seqlock).HeldHere, (*lock.Seqlock).WriteUnlock),
	seqKind.take("write_seqlock_irq", "Disable interrupts and begin a writer's section.", (*lock.Seqlock).WriteLockIrq),
	seqKind.free("write_sequnlock_irq", "End it and enable interrupts.", (*lock.Seqlock).HeldHere, (*lock.Seqlock).WriteUnlockIrq),
	seqKind.save("write_seqlock_irqsave", "Save and disable interrupts and begin a writer's section; returns the flags.", (*lock.Seqlock).WriteLockIrqsave),
	seqKind.restore("write_sequnlock_irqrestore", "End it and restore interrupts.", (*lock.Seqlock).HeldHere, (*lock.Seqlock).WriteUnlockIrqrestore),
	seqKind.take("write_seqlock_bh", "Keep softirqs from running and begin a writer's section.", (*lock.Seqlock).WriteLockBH),
	seqKind.free("write_sequnlock_bh", "End it and let softirqs run.", (*lock.Seqlock).HeldHere, (*lock.Seqlock).WriteUnlockBH),
	seqKind.builtin("read_seqbegin", "", "Begin to read; returns the sequence number, once no writer is at work.",
		func(b *body, _ args, l *lock.Seqlock) (starlark.Value, error) {
			return starlark.MakeUint(uint(l.ReadBegin(b.x))), nil
		}),
	seqKind.builtin("read_seqretry", ", start", "Whether a writer came since read_seqbegin returned start, so that one must read again.",
		func(b *body, a args, l *lock.Seqlock) (starlark.Value, error) {
			start, err := a.number(1, 0)
			if err != nil {
				return nil, err
			}
			return starlark.Bool(l.ReadRetry(b.x, uint32(start))), nil
		}),
}

var localBuiltins = []Builtin{
	localKind.take("local_lock", "Take this CPU's instance of a local_lock; preemption is off while it is held.", (*lock.Local).Lock),
	localKind.free("local_unlock", "Release it.", (*lock.Local).HeldHere, (*lock.Local).Unlock),
	localKind.take("local_lock_irq", "Disable interrupts and take this CPU's instance.", (*lock.Local).LockIrq),
	localKind.free("local_unlock_irq", "Release it and enable interrupts.", (*lock.Local).HeldHere, (*lock.Local).UnlockIrq),
	localKind.save("local_lock_irqsave", "Save and disable interrupts and take this CPU's instance; returns the flags.", (*lock.Local).LockIrqsave),
	localKind.restore("local_unlock_irqrestore", "Release it and restore interrupts.", (*lock.Local).HeldHere, (*lock.Local).UnlockIrqrestore),
}
