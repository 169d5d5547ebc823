package cpu

import (
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Exec is a task's thread of execution: `current` of the code it runs, in
// whatever context that is. Its fields are those of a task that code outside
// the scheduler uses; cpu/sched embeds it in its Task.
type Exec struct {
	ID    int           // dense, in creation order; indexes PerTask
	PID   int           // 0 for idle tasks
	Comm  string        // the name, at most 15 characters
	LD    *lockdep.Task // the validator's state of the task; nil without one
	Fiber *sim.Fiber    // the stack
	// ThreadInfo holds TIF_NEED_RESCHED and TIF_POLLING_NRFLAG, which any
	// CPU may set.
	ThreadInfo Var[uint32]

	// Blocked is what a sleeping task waits for, nil if nobody can say.
	Blocked *Wait

	// StateChanged is task_state_change: set_current_state() has made the
	// state another than TASK_RUNNING, and the task has not slept since.
	StateChanged bool

	m   *Machine
	cpu *CPU
	// waits are the spins of the contexts on x's stack, of which the first
	// nwaits are going on; the others are kept for the next ones.
	waits  []*Wait
	nwaits int
	// LockdepRecursion mirrors lockdep_off()'s counter for code that asks
	// lockdep_recursing(current).
	LockdepRecursion int
	// Position says where a task body stands, for stacks that end in it;
	// nil for kernel threads.
	Position func() []Position
	// Callbacks say the same of functions of bodies that run on top: for
	// another CPU, or behind a grace period. The outermost comes first.
	Callbacks []func() []Position
}

// NewExec makes a thread of execution that will run body when the scheduler
// first switches to it.
func (m *Machine) NewExec(x *Exec, comm string, pid int, body func()) {
	x.ID, x.PID, x.Comm, x.m = len(m.execs), pid, comm, m
	x.ThreadInfo.Init(m, "thread_info", 0)
	if m.Lockdep != nil {
		x.LD = m.Lockdep.NewTask(comm, pid)
	}
	x.Fiber = m.E.NewFiber(body)
	m.execs = append(m.execs, x)
}

// Machine returns the machine x runs on.
func (x *Exec) Machine() *Machine { return x.m }

// CPU returns the CPU x runs on now; the next operation may change it.
func (x *Exec) CPU() *CPU { return x.cpu }

// Op announces an operation on a shared object and returns when it may
// happen; its effects come then, before the next operation. Interrupts that
// are due first are taken on the way. Missing the object's cache line is
// charged behind the access.
func (x *Exec) Op(k sim.Kind, o *sim.Obj, a sim.Access, cost sim.Time) {
	op := sim.Op{Kind: k, Access: a, Obj: o.ID}
	p := x.cpu.P
	c := p.Jitter(cost)
	for {
		for s := p.Global(op, c); s != nil; s = p.Resume() { // written out, see sim.Proc.Global
			if s.Taken {
				s.Taken = false
				s.Yield(struct{}{})
			} else {
				s.Taken = true
				s.Next()
			}
		}
		if !p.Took() {
			break
		}
		c = p.Rest()
		x.m.Hooks.Interrupt(x)
		p = x.cpu.P
	}
	x.cpu.lockdepCost = x.m.LockdepCost
	bit := uint64(1) << (uint(x.cpu.ID) & 63)
	if a == sim.AccessRead {
		if o.Cached&bit == 0 {
			p.Charge(p.Jitter(x.miss(o)))
			o.Cached |= bit
		}
	} else if o.Cached != bit {
		p.Charge(p.Jitter(x.miss(o)))
		o.Cached = bit
	}
}

// miss is the price of getting o's line: a higher one if it is only in another
// socket. Nobody has the line of a new object, which is in memory.
func (x *Exec) miss(o *sim.Obj) sim.Time {
	if x.m.freedObjs != nil {
		x.touched(o)
	}
	if o.Cached != 0 && o.Cached&x.cpu.near == 0 {
		return x.m.Costs.LineMissFar
	}
	return x.m.Costs.LineMiss
}

// Local announces an operation that only contexts of x's own CPU can notice.
func (x *Exec) Local(k sim.Kind, cost sim.Time) {
	p := x.cpu.P
	c := p.Jitter(cost)
	for {
		for s := p.Local(sim.Op{Kind: k}, c); s != nil; s = p.Resume() {
			if s.Taken {
				s.Taken = false
				s.Yield(struct{}{})
			} else {
				s.Taken = true
				s.Next()
			}
		}
		if !p.Took() {
			return
		}
		c = p.Rest()
		x.m.Hooks.Interrupt(x)
		p = x.cpu.P
	}
}

// Spend lets time pass that belongs to the next operation's cost: work under
// closed interrupts, or less than 100 ns, that needs no boundary of its own.
func (x *Exec) Spend(cost sim.Time) {
	p := x.cpu.P
	p.Charge(p.Jitter(cost))
}

// Delay lets time pass. With interrupts on it is interrupted by whatever
// arrives meanwhile and goes on afterwards.
func (x *Exec) Delay(t sim.Time) { x.Local(sim.KindDelay, t) }

// Now returns the time of x's CPU.
func (x *Exec) Now() sim.Time { return x.cpu.P.Now() }

// Kmalloc is the operation of allocating memory; what is made right behind it
// may contain objects of operations.
//
//kernel:fn kmalloc include/linux/slab.h
func (x *Exec) Kmalloc() {
	x.Op(KindAllocate, &x.m.heap, sim.AccessUpdate, x.m.Costs.Alloc)
	x.m.allocAt = x.m.E.GlobalSteps()
}
