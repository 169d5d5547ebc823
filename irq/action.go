package irq

import (
	"errors"
	"fmt"
	"math/bits"

	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// Flags of an action.
const (
	Shared  uint32 = 1 << iota // IRQF_SHARED: others may be on the line
	Oneshot                    // IRQF_ONESHOT: masked until the thread is done
)

// Bits of an action's thread_flags.
const (
	runThread uint32 = 1 << iota // IRQTF_RUNTHREAD: there is something to do
	stopThread
)

// Errors of request_irq().
var (
	ErrBusy    = errors.New("device or resource busy")
	ErrInvalid = errors.New("invalid argument")
)

// Action is a handler on a line, struct irqaction: a part in hardirq context
// and perhaps one in a thread of its own. An action may be on its line once.
type Action struct {
	name     string
	d        *Desc
	flags    uint32
	handler  Handler
	threadFn Handler
	bare     bool   // it was given no handler of its own
	mask     uint64 // of threadsOneshot; 0 without Oneshot
	next     cpu.Var[*Action]

	thread      *sched.Task
	threadFlags cpu.Var[uint32]
	exited      sched.Completion // by the thread
	// Handled is how often the thread has handled something.
	Handled uint64
}

// NewAction makes an action for a line; handler may be nil if there is a
// threadFn, and then only wakes the thread. The thread "irq/N-name" is made
// here, before the machine runs, and sleeps until the action is requested:
// making it is no part of what is simulated. pid is its number. It is
// SCHED_FIFO.
//
//kernel:fn request_threaded_irq kernel/irq/manage.c
func (d *Desc) NewAction(name string, flags uint32, handler, threadFn Handler, pid int) *Action {
	a := &Action{name: name, d: d, flags: flags, handler: handler, threadFn: threadFn}
	id := fmt.Sprintf("irq%d-%s", d.irq, name)
	a.next.Init(d.ic.m, id+"->next", nil)
	if handler == nil && threadFn != nil {
		a.handler, a.bare = defaultPrimary, true
	}
	if threadFn != nil {
		a.threadFlags.Init(d.ic.m, id+"->thread_flags", 0)
		a.exited.Init(d.ic.s, id+"->exited")
		comm := fmt.Sprintf("irq/%d-%s", d.irq, name)
		a.thread = d.ic.s.NewKthread(comm[:min(len(comm), 15)], pid, -1, func(x *cpu.Exec) { d.thread(x, a) })
		d.ic.s.InitPolicy(a.thread, sched.PolicyFIFO, threadPriority)
	}
	return a
}

// threadPriority is MAX_USER_RT_PRIO / 2.
const threadPriority = 50

// defaultPrimary is irq_default_primary_handler().
//
//kernel:fn irq_default_primary_handler kernel/irq/manage.c
func defaultPrimary(*cpu.Exec, int) Return { return WakeThread }

// Request is request_irq() and request_threaded_irq(), from __setup_irq() on:
// put the action on the line's chain, behind those that are there, and start
// the line with the first.
//
//kernel:fn __setup_irq kernel/irq/manage.c
func (a *Action) Request(x *cpu.Exec) error {
	d := a.d
	if a.handler == nil {
		return fmt.Errorf("irq %d: %s has no handler: %w", d.irq, a.name, ErrInvalid)
	}
	f := d.lock.LockIrqsave(x)
	err := d.setup(x, a)
	d.lock.UnlockIrqrestore(x, f)
	if err == nil && a.thread != nil {
		d.ic.s.WakeUpProcess(x, a.thread)
	}
	return err
}

// setup is the part of __setup_irq() under desc->lock.
func (d *Desc) setup(x *cpu.Exec, a *Action) error {
	tail := &d.action
	used := uint64(0)
	for o := tail.Peek(); o != nil; o = tail.Peek() {
		if o == a || o.flags&a.flags&Shared == 0 || (o.flags^a.flags)&Oneshot != 0 {
			return fmt.Errorf("irq %d: %s does not share with %s: %w", d.irq, a.name, o.name, ErrBusy)
		}
		used |= o.mask
		tail = &o.next
	}
	shared := tail != &d.action
	switch {
	case a.flags&Oneshot != 0:
		if ^used == 0 {
			return fmt.Errorf("irq %d: no thread mask is free for %s: %w", d.irq, a.name, ErrBusy)
		}
		a.mask = 1 << bits.TrailingZeros64(^used)
	case a.bare:
		// Level-triggered the line would interrupt for ever, before the
		// thread could satisfy the device.
		return fmt.Errorf("irq %d: %s is threaded without handler and Oneshot: %w", d.irq, a.name, ErrInvalid)
	}
	if !shared {
		d.istate &^= istateOneshot | istateWaiting
		if a.flags&Oneshot != 0 {
			d.istate |= istateOneshot
		}
		d.startup(x)
	}
	a.next.Poke(nil) // nobody walks past an action that is not on the chain
	tail.WriteOnce(x, a)
	return nil
}

// startup is irq_startup().
//
//kernel:fn irq_startup kernel/irq/chip.c
func (d *Desc) startup(x *cpu.Exec) {
	d.disabled, d.depth = false, 0
	d.unmaskIRQ(x)
	d.checkResend(x)
}

// Free is free_irq(): off the chain, and the line shut down with the last; then
// wait until no handler and no thread of the line is running, and stop the
// action's own. It sleeps.
//
//kernel:fn __free_irq kernel/irq/manage.c
func (a *Action) Free(x *cpu.Exec) {
	d := a.d
	cpu.Warn(x, x.CPU().InInterrupt(), "kernel/irq/manage.c", fmt.Sprintf("Trying to free IRQ %d from IRQ context!", d.irq))
	f := d.lock.LockIrqsave(x)
	at := &d.action
	for at.Peek() != a {
		if at.Peek() == nil {
			d.lock.UnlockIrqrestore(x, f)
			cpu.Warn(x, true, "kernel/irq/manage.c", fmt.Sprintf("Trying to free already-free IRQ %d", d.irq))
			return
		}
		at = &at.Peek().next
	}
	at.WriteOnce(x, a.next.Peek())
	if d.action.Peek() == nil { // irq_shutdown
		d.disabled, d.depth = true, 1
		d.maskIRQ(x)
	}
	d.lock.UnlockIrqrestore(x, f)
	d.Synchronize(x)
	if a.thread != nil { // kthread_stop
		a.threadFlags.Update(x, func(f uint32) uint32 { return f | stopThread })
		d.ic.s.WakeUpProcess(x, a.thread)
		a.exited.Wait(x)
	}
}
