package cpu

import "lockstep/sim"

// Kinds of operations on a machine.
const (
	KindCli       = sim.KindUser + iota // local_irq_disable, before the flag drops
	KindPreempt                         // preempt_count changes with interrupts on
	KindReader                          // rcu_read_lock nesting changes
	KindLock                            // a spinlock is tried: taken, or queued for
	KindAcquired                        // a queued-for spinlock arrives
	KindUnlock                          // a spinlock is released
	KindTrylock                         // a spinlock is tried once
	KindRead                            // READ_ONCE
	KindWrite                           // WRITE_ONCE
	KindUpdate                          // xchg, cmpxchg, atomic arithmetic
	KindBarrier                         // smp_mb
	KindLockdep                         // the validator's own time
	KindSwitch                          // context switch
	KindIdle                            // hlt
	KindWoken                           // a wait other than a lock's is over
	KindIrqEntry                        // an interrupt is taken
	KindIrqExit                         // ... and left
	KindSend                            // an IPI is sent
	KindDevice                          // a device register is touched
	KindWork                            // computation that touches nothing shared
	KindAllocate                        // kmalloc, kfree
	KindUserStart                       // start_line(), reached()
)

var kindNames = [...]string{
	sim.KindNone: "none", sim.KindStart: "start", sim.KindDelay: "delay", sim.KindFinding: "finding",
	KindCli: "cli", KindPreempt: "preempt_count", KindReader: "rcu_read_nesting",
	KindLock: "lock", KindAcquired: "acquired", KindUnlock: "unlock", KindTrylock: "trylock",
	KindRead: "read", KindWrite: "write", KindUpdate: "rmw", KindBarrier: "mb", KindLockdep: "lockdep",
	KindSwitch: "switch", KindIdle: "hlt", KindWoken: "woken", KindIrqEntry: "irq-entry", KindIrqExit: "irq-exit",
	KindSend: "ipi", KindDevice: "device", KindWork: "work", KindAllocate: "alloc", KindUserStart: "mark",
}

// Kinds is how many kinds of operations there are; they count from 0.
const Kinds = len(kindNames)

// KindName returns the short name of a kind of operation.
func KindName(k sim.Kind) string { return kindNames[k] }
