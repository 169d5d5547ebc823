package cpu

import (
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// CPU is one processor.
type CPU struct {
	ID int       // smp_processor_id()
	P  *sim.Proc // its place in the engine's enabled set

	m           *Machine
	cur         *Exec
	preempt     uint32
	lockdepCost sim.Time // see LockdepTime
	near        uint64   // the bits of an object's Cached that are of this socket

	disabledAt lockdep.Stack // where the count was raised from zero

	halted    bool     // in the halt instruction,
	haltedAt  sim.Time // since then
	haltedFor sim.Time // and before that for so long in all
}

// Machine returns the machine the CPU belongs to.
func (c *CPU) Machine() *Machine { return c.m }

// Current returns the thread of execution the CPU runs.
func (c *CPU) Current() *Exec { return c.cur }

// SetCurrent makes x the CPU's current; the scheduler and the boot code use it.
// A handler that sleeps takes the spin below it along to where x goes on.
func (c *CPU) SetCurrent(x *Exec) {
	c.cur = x
	x.cpu = c
	for _, w := range x.waits[:x.nwaits] {
		w.CPU = c
	}
}

// Halted reports whether the CPU is in the halt instruction at a device event.
func (c *CPU) Halted() bool { return c.halted }

// Unhalted returns for how much of the time until now, which a device event
// gives, the CPU was not halted: what a counter of unhalted cycles counts.
func (c *CPU) Unhalted(now sim.Time) sim.Time {
	if c.halted {
		now = min(now, c.haltedAt)
	}
	return now - c.haltedFor
}

// IrqsDisabled reports whether the interrupt flag is clear.
func (c *CPU) IrqsDisabled() bool { return !c.P.Open() }
