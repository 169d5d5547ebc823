package printk

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// ConsoleLock is console_lock(): sleep until the consoles are ours. Its
// sleepers are who an up() in a printk wakes.
//
//kernel:fn console_lock kernel/printk/printk.c
func (p *Printk) ConsoleLock(x *cpu.Exec) {
	sched.MightSleep(x)
	p.consoleSem.Down(x)
	p.consoleAcquired(x, 0)
}

// ConsoleTrylock is console_trylock(): never sleeps, but spins on the
// semaphore's inner lock.
//
//kernel:fn console_trylock kernel/printk/printk.c
func (p *Printk) ConsoleTrylock(x *cpu.Exec) bool {
	if !p.consoleSem.DownTrylock(x) {
		return false
	}
	p.consoleAcquired(x, lockdep.Trylock)
	return true
}

// consoleTrylockForPrintk is console_trylock_for_printk(): every CPU that
// prints is online, so the console is usable as soon as it is ours.
//
//kernel:fn console_trylock_for_printk kernel/printk/printk.c
func (p *Printk) consoleTrylockForPrintk(x *cpu.Exec) bool {
	return p.ConsoleTrylock(x)
}

// consoleAcquired tells the validator, for which the semaphore is a mutex:
// behind the down(), so that console_sem's inner lock is not nested in it.
func (p *Printk) consoleAcquired(x *cpu.Exec, how lockdep.How) {
	x.LockdepTime()
	x.Op(cpu.KindLockdep, &p.consoleObj, sim.AccessUpdate, 0)
	x.Validate(&p.consoleMap, how)
	p.owned = true
}

// upConsoleSem is up_console_sem(). A sleeper in console_lock() is woken
// under the semaphore's inner lock, and is the owner from then on.
//
//kernel:fn up_console_sem kernel/printk/printk.c
func (p *Printk) upConsoleSem(x *cpu.Exec) {
	x.LockdepTime()
	x.Op(cpu.KindLockdep, &p.consoleObj, sim.AccessUpdate, 0)
	x.Unvalidate(&p.consoleMap)
	p.consoleSem.Up(x)
}

// ConsoleUnlock is console_unlock(): print what is not printed yet, also what
// others add meanwhile, and give the consoles up. Steps U0 to U15 of
// docs/kernel/sched-irq-printk.md §6.4.
//
// Between the last look at the log and the up() a record may be stored by
// somebody whose trylock fails; hence the second look behind it (U13). If
// then the trylock fails, its new owner prints the record.
//
//kernel:fn console_unlock kernel/printk/printk.c
func (p *Printk) ConsoleUnlock(x *cpu.Exec) {
	p.flushCont(x) // U2
	wakeKlogd := false
	for {
		f := p.printRecords(x, &wakeKlogd) // U3 to U10
		p.owned = false                    // U11
		p.logbuf.Unlock(x)
		p.upConsoleSem(x) // U12, interrupts off
		p.logbuf.Lock(x)  // U13
		retry := p.consoleSeq != p.ring.next
		p.logbuf.UnlockIrqrestore(x, f)
		if !retry || !p.ConsoleTrylock(x) { // U14
			break
		}
	}
	if wakeKlogd {
		p.wakeUpKlogd(x) // U15
	}
}

// flushCont is console_cont_flush(). There is never a fragment to flush, but
// to know that it takes the lock.
//
//kernel:fn console_cont_flush kernel/printk/printk.c
func (p *Printk) flushCont(x *cpu.Exec) {
	f := p.logbuf.LockIrqsave(x)
	p.logbuf.UnlockIrqrestore(x, f)
}

// printRecords writes record after record. It returns with logbuf_lock held
// and nothing left, and the interrupt flag of before. While a record is
// written the lock is free but interrupts stay off; only between two records
// they are what the caller had.
func (p *Printk) printRecords(x *cpu.Exec, wakeKlogd *bool) cpu.Flags {
	for {
		f := p.logbuf.LockIrqsave(x)
		if p.seenSeq != p.ring.next {
			*wakeKlogd = true
			p.seenSeq = p.ring.next
		}
		r := p.nextForConsole(x)
		if r == nil {
			return f
		}
		level, chars := r.Level, r.consoleChars()
		p.logbuf.Unlock(x)
		p.callConsoleDrivers(x, p.consoleSeq-1, level, chars)
		cpu.LocalIrqRestore(x, f)
	}
}

// nextForConsole takes the next record for the consoles, nil if there is
// none; steps U4 to U7. logbuf_lock is held: the record may move or go when
// it is released.
func (p *Printk) nextForConsole(x *cpu.Exec) *Record {
	p.logbuf.AssertHeld(x)
	var missed uint64
	if p.consoleSeq < p.ring.first {
		missed = p.ring.first - p.consoleSeq
		p.consoleSeq = p.ring.first
	}
	if p.consoleSeq == p.ring.next {
		return nil
	}
	r := &p.records[p.consoleSeq]
	r.Missed = missed
	p.consoleSeq++
	x.Spend(p.m.Costs.LogStore) // copied out, with prefixes
	return r
}

// callConsoleDrivers is call_console_drivers(): the level is tested now, not
// when the record was stored. Interrupts are off, console_sem is held.
//
//kernel:fn call_console_drivers kernel/printk/printk.c
func (p *Printk) callConsoleDrivers(x *cpu.Exec, seq uint64, level, chars int) {
	if level >= p.cfg.Loglevel || p.uart == nil {
		return
	}
	p.m.Hooks.TouchNMI(x)
	p.uart.write(x, chars)
	p.records[seq].OnConsole = true
}
