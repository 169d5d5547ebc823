package printk

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// Printk is printk(): store a record and, if nobody else is at it, print
// everything that was not printed yet. width is the length charged for the
// text, 0 meaning its own; a text of several lines is one record that is
// printed with the prefix on each.
//
//kernel:fn printk kernel/printk/printk.c
func (p *Printk) Printk(x *cpu.Exec, level int, text string, width int) {
	r := newRecord(level, text, width)
	if p.cfg.Deferred {
		p.deferred(x, r)
		return
	}
	p.emit(x, r, false)
}

// emit is vprintk_emit(), steps E1 to E14 of docs/kernel/sched-irq-printk.md
// §6.3. inSched is the level SCHED: the caller may hold scheduler locks, so
// nothing but the store happens here.
//
//kernel:fn vprintk_emit kernel/printk/printk.c
func (p *Printk) emit(x *cpu.Exec, r Record, inSched bool) {
	if p.cfg.MightWake && !inSched {
		p.mightWake(x)
	}
	f := cpu.LocalIrqSave(x) // E3
	if p.logbufCPU == x.CPU().ID {
		p.recursionBug = true // E4: an NMI came into E7 to E12, its message is lost
		cpu.LocalIrqRestore(x, f)
		return
	}
	p.lockdepOff(x)          // E5
	p.logbuf.Lock(x)         // E6
	p.logbufCPU = x.CPU().ID // E7
	if p.recursionBug {
		p.recursionBug = false // E8
		p.store(x, newRecord(cpu.LevelCrit, "BUG: recent printk recursion!", 0))
	}
	x.Spend(p.m.Costs.Format) // E9: under the lock
	if r.Level == LevelDefault {
		r.Level = defaultMessageLevel
	}
	p.store(x, r) // E10, E11
	p.logbufCPU = noCPU
	p.logbuf.Unlock(x) // E12
	p.lockdepOn(x)
	cpu.LocalIrqRestore(x, f) // what is pending comes before the console
	if inSched {
		return // E13
	}

	// E14. The count keeps the owner of console_sem on this CPU; interrupts
	// stay as the caller has them, and a handler that comes meanwhile runs
	// under this task's lockdep_off too.
	p.lockdepOff(x)
	cpu.PreemptDisable(x)
	if p.consoleTrylockForPrintk(x) {
		p.ConsoleUnlock(x)
	}
	cpu.PreemptEnable(x)
	p.lockdepOn(x)
}

// store is log_store(); logbuf_lock is held.
//
//kernel:fn log_store kernel/printk/printk.c
func (p *Printk) store(x *cpu.Exec, r Record) {
	p.logbuf.AssertHeld(x)
	x.Spend(p.m.Costs.LogStore)
	p.ring.store(recordSize(r.width))
	r.Time, r.CPU = x.Now(), x.CPU().ID
	p.records = append(p.records, r)
	p.nextSeq.WriteOnce(x, p.ring.next)
}

// mightWake is the annotation that was proposed and never merged
// (docs/kernel/sched-irq-printk.md §7.3): before lockdep_off, and with
// interrupts off as a real wake-up has them, or the validator would see
// irq-safe classes used unsafely.
func (p *Printk) mightWake(x *cpu.Exec) {
	if x.LockdepRecursion > 0 {
		return
	}
	f := cpu.LocalIrqSave(x)
	x.LockdepTime()
	x.Op(cpu.KindLockdep, &p.consoleObj, sim.AccessUpdate, 0)
	p.s.MightWake(x)
	cpu.LocalIrqRestore(x, f)
}

// lockdepOff is lockdep_off(), which OPT-E1 leaves out.
func (p *Printk) lockdepOff(x *cpu.Exec) {
	if !p.cfg.LockdepVisible {
		x.LockdepOff()
	}
}

func (p *Printk) lockdepOn(x *cpu.Exec) {
	if !p.cfg.LockdepVisible {
		x.LockdepOn()
	}
}
