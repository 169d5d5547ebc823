package lock

import "lockstep/cpu"

// ReadLock is read_lock().
//
//kernel:fn _raw_read_lock kernel/locking/spinlock.c
func (l *RW) ReadLock(x *cpu.Exec) {
	cpu.PreemptDisable(x)
	l.readAcquire(x)
}

// ReadLockIrq is read_lock_irq().
//
//kernel:fn _raw_read_lock_irq kernel/locking/spinlock.c
func (l *RW) ReadLockIrq(x *cpu.Exec) {
	off := cpu.IrqsDisabled(x)
	cpu.LocalIrqDisable(x)
	cpu.PreemptDisable(x)
	l.readAcquire(x)
	l.readers[l.readIndex(x.CPU())].wereOff = off
}

// ReadLockIrqsave is read_lock_irqsave(): it spins with interrupts off.
//
//kernel:fn _raw_read_lock_irqsave kernel/locking/spinlock.c
func (l *RW) ReadLockIrqsave(x *cpu.Exec) cpu.Flags {
	f := cpu.LocalIrqSave(x)
	cpu.PreemptDisable(x)
	l.readAcquire(x)
	return f
}

// ReadLockBH is read_lock_bh().
//
//kernel:fn _raw_read_lock_bh kernel/locking/spinlock.c
func (l *RW) ReadLockBH(x *cpu.Exec) {
	bhDisable(x)
	l.readAcquire(x)
}

// ReadTrylock is read_trylock(). Failing, it may preempt.
//
//kernel:fn _raw_read_trylock kernel/locking/spinlock.c
func (l *RW) ReadTrylock(x *cpu.Exec) bool {
	cpu.PreemptDisable(x)
	if l.readTry(x) {
		return true
	}
	cpu.PreemptEnable(x)
	return false
}

// ReadUnlock is read_unlock(). It may preempt.
//
//kernel:fn _raw_read_unlock kernel/locking/spinlock.c
func (l *RW) ReadUnlock(x *cpu.Exec) {
	l.readRelease(x)
	cpu.PreemptEnable(x)
}

// ReadUnlockIrq is read_unlock_irq().
//
//kernel:fn _raw_read_unlock_irq kernel/locking/spinlock.c
func (l *RW) ReadUnlockIrq(x *cpu.Exec) {
	if i := l.readIndex(x.CPU()); i >= 0 && l.readers[i].wereOff {
		enablesTooEarly(x, l.m, l.name)
	}
	l.readRelease(x)
	cpu.LocalIrqEnable(x)
	cpu.PreemptEnable(x)
}

// ReadUnlockIrqrestore is read_unlock_irqrestore(): interrupts are restored
// before preempt_count goes down.
//
//kernel:fn _raw_read_unlock_irqrestore kernel/locking/spinlock.c
func (l *RW) ReadUnlockIrqrestore(x *cpu.Exec, f cpu.Flags) {
	l.readRelease(x)
	cpu.LocalIrqRestore(x, f)
	cpu.PreemptEnable(x)
}

// ReadUnlockBH is read_unlock_bh(): pending softirqs run behind it.
//
//kernel:fn _raw_read_unlock_bh kernel/locking/spinlock.c
func (l *RW) ReadUnlockBH(x *cpu.Exec) {
	l.readRelease(x)
	bhEnable(x)
}
