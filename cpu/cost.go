package cpu

import "lockstep/sim"

// Costs is the machine's price list in nanoseconds, typical values;
// the engine's jitter makes each of them vary. The defaults are those of
// docs/kernel/sched-irq-printk.md §9.
type Costs struct {
	Load, Store, RMW, Barrier   sim.Time // of a line that is in this CPU's cache
	LineMiss                    sim.Time // added when it is not
	LineMissFar                 sim.Time // added when it is only in another socket's
	Lock, Unlock, Handoff       sim.Time // spinlocks: uncontended, and from one waiter to the next
	Cli, Preempt                sim.Time // of the interrupt flag and of preempt_count
	Lockdep                     sim.Time // of the validator, per acquire and per release
	Switch, Pick, Enqueue       sim.Time // scheduler
	Wakeup                      sim.Time // try_to_wake_up's own computation
	HaltExit                    sim.Time // hlt to the first instruction
	IPISend                     sim.Time // writing the ICR
	IPIMin, IPITypical, IPIMax  sim.Time // from the send until the handler may begin
	IrqEntry, IrqExit, EOI, NMI sim.Time // of interrupts and NMIs
	Softirq                     sim.Time // dispatching one
	TickWork                    sim.Time // accounting of a tick that is not modelled step by step
	Syscall                     sim.Time // entry and exit of a system call
	Format, LogStore            sim.Time // printk
	PortIO                      sim.Time // one access to a port
	Alloc                       sim.Time // kmalloc, kfree
}

// ProductionCosts is a production kernel on a 2.5 GHz server CPU, one socket.
func ProductionCosts() Costs {
	return Costs{
		Load: 2, Store: 2, RMW: 7, Barrier: 12, LineMiss: 50, LineMissFar: 200,
		Lock: 8, Unlock: 4, Handoff: 100, Cli: 3, Preempt: 1, Lockdep: 0,
		Switch: 900, Pick: 120, Enqueue: 120, Wakeup: 100, HaltExit: 2500,
		IPISend: 100, IPIMin: 400, IPITypical: 800, IPIMax: 2000,
		IrqEntry: 250, IrqExit: 250, EOI: 30, NMI: 600, Softirq: 60, TickWork: 1500,
		Syscall: 80, Format: 1000, LogStore: 150, PortIO: 1000, Alloc: 100,
	}
}

// ProveLockingCosts is the same machine with a PROVE_LOCKING kernel: the
// validator takes its time on every lock and on rcu_lock_map.
func ProveLockingCosts() Costs {
	c := ProductionCosts()
	c.Lockdep = 150
	return c
}
