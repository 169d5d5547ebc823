package cpu

import "lockstep/sim"

// CPU is one processor.
type CPU struct {
	ID int       // smp_processor_id()
	P  *sim.Proc // its place in the engine's enabled set

	m           *Machine
	cur         *Exec
	preempt     uint32
	waits       [maxNesting]Wait
	nwaits      int
	lockdepCost sim.Time // see LockdepTime
	near        uint64   // the bits of an object's Cached that are of this socket
}

// maxNesting bounds the waits a CPU can be in at once: one per context, and
// a spin for a call's completion inside each of the two that may make calls.
const maxNesting = 8

// Machine returns the machine the CPU belongs to.
func (c *CPU) Machine() *Machine { return c.m }

// Current returns the thread of execution the CPU runs.
func (c *CPU) Current() *Exec { return c.cur }

// SetCurrent makes x the CPU's current; the scheduler and the boot code use it.
func (c *CPU) SetCurrent(x *Exec) {
	c.cur = x
	x.cpu = c
}

// IrqsDisabled reports whether the interrupt flag is clear.
func (c *CPU) IrqsDisabled() bool { return !c.P.Open() }
