package perf

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// lockTaskContext is perf_lock_task_context(): find the context of a task,
// which may be running, switching, exchanging its context or exiting. It
// returns with the context's lock held, interrupts off and a reference taken,
// or nil.
//
// All three forms load the pointer in a reader, lock what it points to, look
// whether it is still the task's, and end the reader with the lock held,
// which is below rq->lock. So the end of the reader must take no lock, and
// that is where the forms differ.
//
//kernel:fn perf_lock_task_context kernel/events/core.c
func (p *Perf) lockTaskContext(x *cpu.Exec, task *sched.Task) (*Context, cpu.Flags) {
	te := p.of(&task.Exec)
	switch p.cfg.LockTaskContext {
	case LockNone:
		return p.lockPreemptible(x, te)
	case LockPreemptOff:
		return p.lockPreemptOff(x, te)
	case LockIrqsOff:
		return p.lockIrqsOff(x, te)
	}
	panic("perf: there is no such form of perf_lock_task_context")
}

// lockIrqsOff is the form of v4.4: the whole reader runs with interrupts off,
// so neither an IPI nor the tick nor preemption can leave anything for its
// end to do. What arrives meanwhile is taken at the final restore, outside of
// the reader.
//
//kernel:fn perf_lock_task_context kernel/events/core.c
func (p *Perf) lockIrqsOff(x *cpu.Exec, te *taskEvents) (*Context, cpu.Flags) {
	for {
		f := cpu.LocalIrqSave(x)
		p.r.ReadLock(x)
		c := te.ctxp.ReadOnce(x)
		if c != nil {
			c.lock.Lock(x)
			p.touch(x, c, "perf_lock_task_context")
			if te.ctxp.ReadOnce(x) != c {
				c.lock.Unlock(x)
				p.r.ReadUnlock(x)
				cpu.LocalIrqRestore(x, f)
				continue
			}
			if !c.tryGet(x) {
				c.lock.Unlock(x)
				c = nil
			}
		}
		p.r.ReadUnlock(x)
		if c == nil {
			cpu.LocalIrqRestore(x, f)
		}
		return c, f
	}
}

// lockPreemptOff is the form of 3.11 to 4.4-rc0: without preemption the
// reader cannot be blocked, but until it has the lock an IPI may find it and
// ask it to report a quiescent state, which its end then does under ctx->lock
// with rnp->lock and a wake-up.
//
//kernel:fn perf_lock_task_context kernel/events/core.c
func (p *Perf) lockPreemptOff(x *cpu.Exec, te *taskEvents) (*Context, cpu.Flags) {
	for {
		cpu.PreemptDisable(x)
		p.r.ReadLock(x)
		var f cpu.Flags
		c := te.ctxp.ReadOnce(x) // interrupts are on: here is the window
		if c != nil {
			f = c.lock.LockIrqsave(x)
			p.touch(x, c, "perf_lock_task_context")
			if te.ctxp.ReadOnce(x) != c {
				c.lock.UnlockIrqrestore(x, f)
				p.r.ReadUnlock(x)
				cpu.PreemptEnable(x)
				continue
			}
			if !c.tryGet(x) {
				c.lock.UnlockIrqrestore(x, f)
				c = nil
			}
		}
		p.r.ReadUnlock(x)
		cpu.PreemptEnable(x)
		return c, f
	}
}

// lockPreemptible is the form before 2013. The reader may be preempted before
// it has the lock, and then its end takes rnp->lock in any case. A retry goes
// on in the same reader.
//
//kernel:fn perf_lock_task_context kernel/events/core.c
func (p *Perf) lockPreemptible(x *cpu.Exec, te *taskEvents) (*Context, cpu.Flags) {
	p.r.ReadLock(x)
	for {
		var f cpu.Flags
		c := te.ctxp.ReadOnce(x)
		if c != nil {
			f = c.lock.LockIrqsave(x)
			p.touch(x, c, "perf_lock_task_context")
			if te.ctxp.ReadOnce(x) != c {
				c.lock.UnlockIrqrestore(x, f)
				continue
			}
			if !c.tryGet(x) {
				c.lock.UnlockIrqrestore(x, f)
				c = nil
			}
		}
		p.r.ReadUnlock(x)
		return c, f
	}
}

// pinTaskContext is perf_pin_task_context(): a reference, and no exchange
// until unpinContext.
//
//kernel:fn perf_pin_task_context kernel/events/core.c
func (p *Perf) pinTaskContext(x *cpu.Exec, task *sched.Task) *Context {
	c, f := p.lockTaskContext(x, task)
	if c != nil {
		c.pinCount++
		c.lock.UnlockIrqrestore(x, f)
	}
	return c
}

// unpinContext is perf_unpin_context(). The reference stays.
//
//kernel:fn perf_unpin_context kernel/events/core.c
func (p *Perf) unpinContext(x *cpu.Exec, c *Context) {
	f := c.lock.LockIrqsave(x)
	c.pinCount--
	c.lock.UnlockIrqrestore(x, f)
}
