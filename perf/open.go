package perf

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// EventOpen is sys_perf_event_open() of an event that counts in task, which
// may be x's own. The caller owns the event. It returns [ErrSRCH] for a task
// that is exiting (docs/kernel/rcu-perf.md §5.6, §16 G.1).
//
//kernel:fn sys_perf_event_open kernel/events/core.c
func (p *Perf) EventOpen(x *cpu.Exec, task *sched.Task) (*Event, error) {
	p.r.ReadLock(x) // find_lively_task_by_vpid
	p.r.ReadUnlock(x)
	e := p.allocEvent(x, nil)
	p.enable(x) // account_event
	p.initTask(x, &task.Exec)
	own := p.initTask(x, x)
	c, err := p.findGetContext(x, task)
	if err != nil {
		p.freeEvent(x, e)
		return nil, fmt.Errorf("perf_event_open of %s/%d by %s/%d: %w", task.Comm, task.PID, x.Comm, x.PID, err)
	}
	c.mutex.Lock(x)
	p.warnIfClone(x, c, "sys_perf_event_open")
	p.installInContext(x, c, e)
	p.unpinContext(x, c)
	c.mutex.Unlock(x)

	e.owner.WriteOnce(x, p.s.Task(x))
	own.mutex.Lock(x)
	own.owned = append(own.owned, e)
	own.mutex.Unlock(x)
	return e, nil
}

// findGetContext is find_get_context(): the task's context, pinned and with a
// reference for the event, made if the task has none. A clone stops being
// one: its list is about to change. Of two that make a context at once the
// second finds the first one's and starts again.
//
//kernel:fn find_get_context kernel/events/core.c
func (p *Perf) findGetContext(x *cpu.Exec, task *sched.Task) (*Context, error) {
	for {
		c, f := p.lockTaskContext(x, task)
		if c != nil {
			parent := p.unclone(x, c)
			c.pinCount++
			c.lock.UnlockIrqrestore(x, f)
			if parent != nil {
				p.putCtx(x, parent)
			}
			return c, nil
		}
		c = p.allocContext(x, task)
		err := p.publish(x, c, task)
		if err == nil {
			return c, nil
		}
		p.putCtx(x, c)
		if err != errAgain {
			return nil, err
		}
	}
}

// publish makes c the context of task. A task that exits says so before it
// takes the mutex to let go of its context: if the flag is not set here, the
// exit comes later and finds the context.
func (p *Perf) publish(x *cpu.Exec, c *Context, task *sched.Task) error {
	te := p.of(&task.Exec)
	te.mutex.Lock(x)
	defer te.mutex.Unlock(x)
	if te.exiting.ReadOnce(x) {
		return ErrSRCH
	}
	if te.ctxp.ReadOnce(x) != nil {
		return errAgain
	}
	p.getCtx(x, c)
	c.pinCount++ // nobody else has it yet
	te.ctxp.WriteOnce(x, c)
	return nil
}

// warnIfClone is the check that a context whose list is about to change is no
// clone (P8).
func (p *Perf) warnIfClone(x *cpu.Exec, c *Context, where string) {
	cpu.WarnOnce(x, c.parent.ReadOnce(x) != nil, coreFile, where+": the context is a clone")
}
