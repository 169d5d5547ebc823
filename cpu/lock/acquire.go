package lock

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Lock is raw_spin_lock(): preemption off, then spin.
//
//kernel:fn _raw_spin_lock kernel/locking/spinlock.c
func (l *Raw) Lock(x *cpu.Exec) {
	cpu.PreemptDisable(x)
	l.acquire(x, 0, nil)
}

// LockNested is raw_spin_lock_nested() with a lockdep subclass.
//
//kernel:fn _raw_spin_lock_nested kernel/locking/spinlock.c
func (l *Raw) LockNested(x *cpu.Exec, sub int) {
	cpu.PreemptDisable(x)
	l.acquire(x, lockdep.Nested(sub), nil)
}

// LockIrqsave is raw_spin_lock_irqsave(): it spins with interrupts off.
//
//kernel:fn _raw_spin_lock_irqsave kernel/locking/spinlock.c
func (l *Raw) LockIrqsave(x *cpu.Exec) cpu.Flags {
	f := cpu.LocalIrqSave(x)
	cpu.PreemptDisable(x)
	l.acquire(x, 0, nil)
	return f
}

// LockIrq is raw_spin_lock_irq().
//
//kernel:fn _raw_spin_lock_irq kernel/locking/spinlock.c
func (l *Raw) LockIrq(x *cpu.Exec) {
	off := cpu.IrqsDisabled(x)
	cpu.LocalIrqDisable(x)
	cpu.PreemptDisable(x)
	l.acquire(x, 0, nil)
	l.wereOff = off && !l.enables
}

// LockNest is raw_spin_lock_nest_lock(): nest is held, and any number of locks
// of this class may be taken under it.
//
//kernel:fn _raw_spin_lock_nest_lock kernel/locking/spinlock.c
func (l *Raw) LockNest(x *cpu.Exec, nest *lockdep.Map) {
	cpu.PreemptDisable(x)
	l.acquire(x, 0, nest)
}

// LockBH is raw_spin_lock_bh(): softirqs and preemption go off in one step.
//
//kernel:fn _raw_spin_lock_bh kernel/locking/spinlock.c
func (l *Raw) LockBH(x *cpu.Exec) {
	bhDisable(x)
	l.acquire(x, 0, nil)
}

// Trylock is raw_spin_trylock(). Failing, it may preempt.
//
//kernel:fn _raw_spin_trylock kernel/locking/spinlock.c
func (l *Raw) Trylock(x *cpu.Exec) bool {
	cpu.PreemptDisable(x)
	if l.try(x) {
		return true
	}
	cpu.PreemptEnable(x)
	return false
}

// TrylockIrqsave is raw_spin_trylock_irqsave().
//
//kernel:fn _raw_spin_trylock kernel/locking/spinlock.c
func (l *Raw) TrylockIrqsave(x *cpu.Exec) (cpu.Flags, bool) {
	f := cpu.LocalIrqSave(x)
	if l.Trylock(x) {
		return f, true
	}
	cpu.LocalIrqRestore(x, f)
	return f, false
}

func (l *Raw) try(x *cpu.Exec) bool {
	l.lockdepTime(x)
	x.Op(cpu.KindTrylock, &l.obj, sim.AccessUpdate, l.m.Costs.Lock)
	if l.owner != nil {
		return false
	}
	l.take(x)
	if !l.unseen {
		x.Validate(&l.dep, lockdep.Trylock)
		x.Acquired(&l.dep)
	}
	return true
}

// acquire takes the lock or queues for it. The validator is asked behind the
// lock operation and before the lock is looked at: a report comes before a
// real hang. If printing one let time pass, the operation is announced again.
func (l *Raw) acquire(x *cpu.Exec, how lockdep.How, nest *lockdep.Map) {
	l.lockdepTime(x)
	x.Op(cpu.KindLock, &l.obj, sim.AccessUpdate, l.m.Costs.Lock)
	if !l.unseen && x.ValidateNest(&l.dep, how, nest) {
		x.Op(cpu.KindLock, &l.obj, sim.AccessUpdate, l.m.Costs.Lock)
	}
	if l.owner != nil && !l.unseen {
		x.Contended(&l.dep)
	}
	for l.owner != nil {
		l.queue(x)
		if !l.m.AnyWinner {
			break // handed over: the lock is ours
		}
	}
	l.take(x)
	if !l.unseen {
		x.Acquired(&l.dep)
	}
}

func (l *Raw) lockdepTime(x *cpu.Exec) {
	if !l.unseen {
		x.LockdepTime()
	}
}

func (l *Raw) take(x *cpu.Exec) {
	l.owner, l.reserved, l.wereOff = x.CPU(), false, false
	l.since = x.Now()
	if t := l.m.Tracer; t != nil {
		l.site = t.Capture(x)
	}
}

// queue spins until the lock is handed over or, with any winner, free.
func (l *Raw) queue(x *cpu.Exec) {
	w := x.BeginWait(cpu.WaitSpinlock, l, &l.obj)
	if l.tail == nil {
		l.head = w
	} else {
		l.tail.Next = w
	}
	l.tail = w
	since := w.Since
	l.contended++
	x.Spin(w)
	x.EndWait(w)
	x.Op(cpu.KindAcquired, &l.obj, sim.AccessUpdate, 0)
	l.waited += x.Now() - since
}
