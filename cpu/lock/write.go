package lock

import "lockstep/cpu"

// WriteLock is write_lock().
//
//kernel:fn _raw_write_lock kernel/locking/spinlock.c
func (l *RW) WriteLock(x *cpu.Exec) {
	cpu.PreemptDisable(x)
	l.writeAcquire(x)
}

// WriteLockIrq is write_lock_irq().
//
//kernel:fn _raw_write_lock_irq kernel/locking/spinlock.c
func (l *RW) WriteLockIrq(x *cpu.Exec) {
	off := cpu.IrqsDisabled(x)
	cpu.LocalIrqDisable(x)
	cpu.PreemptDisable(x)
	l.writeAcquire(x)
	l.wereOff = off
}

// WriteLockIrqsave is write_lock_irqsave(): it spins with interrupts off.
//
//kernel:fn _raw_write_lock_irqsave kernel/locking/spinlock.c
func (l *RW) WriteLockIrqsave(x *cpu.Exec) cpu.Flags {
	f := cpu.LocalIrqSave(x)
	cpu.PreemptDisable(x)
	l.writeAcquire(x)
	return f
}

// WriteLockBH is write_lock_bh().
//
//kernel:fn _raw_write_lock_bh kernel/locking/spinlock.c
func (l *RW) WriteLockBH(x *cpu.Exec) {
	bhDisable(x)
	l.writeAcquire(x)
}

// WriteTrylock is write_trylock(). Failing, it may preempt.
//
//kernel:fn _raw_write_trylock kernel/locking/spinlock.c
func (l *RW) WriteTrylock(x *cpu.Exec) bool {
	cpu.PreemptDisable(x)
	if l.writeTry(x) {
		return true
	}
	cpu.PreemptEnable(x)
	return false
}

// WriteUnlock is write_unlock(). It may preempt.
//
//kernel:fn _raw_write_unlock kernel/locking/spinlock.c
func (l *RW) WriteUnlock(x *cpu.Exec) {
	l.writeRelease(x)
	cpu.PreemptEnable(x)
}

// WriteUnlockIrq is write_unlock_irq().
//
//kernel:fn _raw_write_unlock_irq kernel/locking/spinlock.c
func (l *RW) WriteUnlockIrq(x *cpu.Exec) {
	if l.HeldHere(x) && l.wereOff {
		enablesTooEarly(x, l.m, l.name)
	}
	l.writeRelease(x)
	cpu.LocalIrqEnable(x)
	cpu.PreemptEnable(x)
}

// WriteUnlockIrqrestore is write_unlock_irqrestore(): interrupts are restored
// before preempt_count goes down.
//
//kernel:fn _raw_write_unlock_irqrestore kernel/locking/spinlock.c
func (l *RW) WriteUnlockIrqrestore(x *cpu.Exec, f cpu.Flags) {
	l.writeRelease(x)
	cpu.LocalIrqRestore(x, f)
	cpu.PreemptEnable(x)
}

// WriteUnlockBH is write_unlock_bh(): pending softirqs run behind it.
//
//kernel:fn _raw_write_unlock_bh kernel/locking/spinlock.c
func (l *RW) WriteUnlockBH(x *cpu.Exec) {
	l.writeRelease(x)
	bhEnable(x)
}
