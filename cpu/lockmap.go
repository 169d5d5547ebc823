package cpu

import (
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// The validator's graph is shared by all CPUs, so what changes it belongs
// right behind a global operation: then the order in which CPUs teach it is
// the order of their operations, whatever run-ahead does. A spinlock is
// therefore validated when its lock operation happens, before the lock is
// looked at, which is still "before it spins".

// Validate is lock_acquire()'s judgement; the caller has paid LockdepTime and
// is right behind a global operation. It returns true if a report was
// printed meanwhile, so that other operations lie between.
func (x *Exec) Validate(l *lockdep.Map, how lockdep.How) bool {
	ld := x.m.Lockdep
	if ld == nil {
		return false
	}
	ld.Acquire(x.LD, l, how)
	return x.reported()
}

// Unvalidate is lock_release(), likewise behind the operation that releases
// and before its effect. It returns true if a report was printed.
func (x *Exec) Unvalidate(l *lockdep.Map) bool {
	ld := x.m.Lockdep
	if ld == nil {
		return false
	}
	ld.Release(x.LD, l)
	return x.reported()
}

// reported prints what the validator has found, if it has.
func (x *Exec) reported() bool { return len(x.m.reports) > 0 && x.printReports() }

// MapAcquire is lock_acquire() of a map that is no lock and makes no edges,
// such as rcu_lock_map: time, and a place on the held stack.
//
//kernel:fn lock_acquire kernel/locking/lockdep.c
func (x *Exec) MapAcquire(l *lockdep.Map, how lockdep.How) {
	x.LockdepTime()
	x.Validate(l, how|lockdep.NoCheck)
}

// MapRelease is lock_release() of such a map.
//
//kernel:fn lock_release kernel/locking/lockdep.c
func (x *Exec) MapRelease(l *lockdep.Map) {
	x.LockdepTime()
	x.Unvalidate(l)
}

// SetSubclass is lock_set_subclass() of a lock that x holds; it comes right
// behind a global operation.
//
//kernel:fn lock_set_subclass include/linux/lockdep.h
func (x *Exec) SetSubclass(l *lockdep.Map, sub int) {
	if x.m.Lockdep != nil {
		x.m.Lockdep.SetSubclass(x.LD, l, sub)
		x.reported()
	}
}

// LockdepTime charges the validator's own time. It works with interrupts
// forced off, so what arrives meanwhile is taken behind it. That a report has
// ended it is learnt at the CPU's next global operation: here, perhaps ahead
// of the others, it could be too early to know.
func (x *Exec) LockdepTime() {
	cost := x.cpu.lockdepCost
	if cost == 0 {
		return
	}
	if !x.cpu.P.Open() {
		x.Spend(cost)
		return
	}
	x.Local(KindCli, x.m.Costs.Cli)
	x.cpu.P.SetOpen(false)
	x.Local(KindLockdep, cost)
	x.cpu.P.SetOpen(true)
}

// LockdepOff is lockdep_off(): until LockdepOn the validator does not look at
// what this task does.
//
//kernel:fn lockdep_off kernel/locking/lockdep.c
func (x *Exec) LockdepOff() {
	x.LockdepRecursion++
	if ld := x.m.Lockdep; ld != nil {
		ld.LockdepOff(x.LD)
	}
}

// LockdepOn is lockdep_on().
//
//kernel:fn lockdep_on kernel/locking/lockdep.c
func (x *Exec) LockdepOn() {
	x.LockdepRecursion--
	if ld := x.m.Lockdep; ld != nil {
		ld.LockdepOn(x.LD)
	}
}

// lockdepReport receives a report from inside the validator, where nothing
// may run; it is printed when the validator has returned.
func (m *Machine) lockdepReport(r *lockdep.Report) { m.reports = append(m.reports, r) }

// HardirqsOn tells the validator that interrupts are about to be on again and
// prints what it finds then, in the context that is to blame.
func (x *Exec) HardirqsOn() {
	if ld := x.m.Lockdep; ld != nil {
		ld.HardirqsOn(x.LD)
		x.reported()
	}
}

// printReports puts the validator's reports on record and prints them as the
// kernel does: from within lock_acquire, interrupts off, lockdep quiet about
// printk's own locks.
func (x *Exec) printReports() bool {
	m := x.m
	reports := m.reports
	m.reports = nil
	if !m.Lockdep.DebugLocks() {
		m.LockdepCost = 0
	}
	on := x.cpu.P.Open()
	x.cpu.P.SetOpen(false)
	x.LockdepOff()
	for _, r := range reports {
		x.Op(sim.KindFinding, &m.findObj, sim.AccessWrite, 0)
		m.AddFinding(x, &Finding{Kind: "lockdep", Title: r.Title, Classes: r.Classes, Report: r})
		for _, rec := range m.reportRecords(r) {
			m.Hooks.Printk(x, LevelErr, rec.text, rec.width)
		}
	}
	x.LockdepOn()
	x.cpu.P.SetOpen(on)
	return true
}
