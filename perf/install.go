package perf

import "lockstep/cpu"

// installInContext is perf_install_in_context(): add an event to a context
// whose task may be running. If it runs, its CPU does it, since the events on
// that CPU's PMU must change with the list. Otherwise it is done here, under
// ctx->lock, which a switch to the task needs too: if the context is not
// active then, it does not become so before the list has changed (P3).
//
// v4.4 does not ask here whether the task has let go of the context since it
// was looked up. Then the call loads a context that no switch will unload.
//
//kernel:fn perf_install_in_context kernel/events/core.c
func (p *Perf) installInContext(x *cpu.Exec, c *Context, e *Event) {
	cpu.WarnOnce(x, !c.mutex.IsLocked(x), coreFile, "perf_install_in_context: ctx->mutex is not held")
	e.ctx.WriteOnce(x, c)
	for n := 0; ; n++ {
		task := c.task.ReadOnce(x) // an exchange may change it at any time
		if p.taskFunctionCall(x, task, func(x *cpu.Exec) { p.installHere(x, c, e) }) == nil {
			return
		}
		c.lock.LockIrq(x)
		if !c.isActive {
			p.addToContext(x, e, c)
			c.lock.UnlockIrq(x)
			return
		}
		c.lock.UnlockIrq(x)
		p.tryLater(x, n)
	}
}

// installHere is __perf_install_in_context(), on the CPU of the context's
// task: unload what is loaded, add the event, load again. What is loaded may
// be another context: after an exchange at the latest switch, the context's
// task is no longer the one that was asked for; or nothing, if this is the
// context's first event.
//
//kernel:fn __perf_install_in_context kernel/events/core.c
func (p *Perf) installHere(x *cpu.Exec, c *Context, e *Event) {
	cc := p.cpus.This(x)
	loaded := cc.taskCtx
	cc.lock.Lock(x)
	if loaded != nil {
		loaded.lock.Lock(x)
	}
	p.touchPMU(x) // perf_pmu_disable
	if loaded != nil {
		p.taskCtxSchedOut(x, loaded)
	}
	if loaded != c {
		if loaded != nil {
			loaded.lock.Unlock(x)
		}
		c.lock.Lock(x)
	}
	cc.taskCtx = c
	p.addToContext(x, e, c)
	p.ctxSchedIn(x, c)
	p.touchPMU(x)
	c.lock.Unlock(x)
	cc.lock.Unlock(x)
}

// removeFromContext is perf_remove_from_context(), of the same shape (P3).
// Nothing pins the context here: an exchange may move it to another CPU's
// task while the call is on its way.
//
//kernel:fn perf_remove_from_context kernel/events/core.c
func (p *Perf) removeFromContext(x *cpu.Exec, e *Event) {
	c := e.ctx.Peek() // ctx->mutex is held, so it does not change
	cpu.WarnOnce(x, !c.mutex.IsLocked(x), coreFile, "perf_remove_from_context: ctx->mutex is not held")
	for n := 0; ; n++ {
		task := c.task.ReadOnce(x)
		if p.taskFunctionCall(x, task, func(x *cpu.Exec) { p.removeHere(x, e, c) }) == nil {
			return
		}
		c.lock.LockIrq(x)
		if !c.isActive {
			p.listDel(x, e, c)
			c.lock.UnlockIrq(x)
			return
		}
		c.lock.UnlockIrq(x)
		p.tryLater(x, n)
	}
}

// removeHere is __perf_remove_from_context(): an event comes off the PMU and
// off the list. A context without events need not stay loaded.
//
//kernel:fn __perf_remove_from_context kernel/events/core.c
func (p *Perf) removeHere(x *cpu.Exec, e *Event, c *Context) {
	cc := p.cpus.This(x)
	c.lock.Lock(x)
	p.eventSchedOut(x, e, c)
	p.listDel(x, e, c)
	if len(c.events) == 0 && cc.taskCtx == c {
		c.isActive = false
		cc.taskCtx = nil
	}
	c.lock.Unlock(x)
}
