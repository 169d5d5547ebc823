package perf

import "lockstep/cpu"

// taskSchedOut is perf_event_task_sched_out(): the current task is about to
// be switched out for next. rq->lock is held and interrupts are off.
//
//kernel:fn __perf_event_task_sched_out kernel/events/core.c
func (p *Perf) taskSchedOut(x, next *cpu.Exec) {
	if p.enabled.ReadOnce(x) {
		p.contextSchedOut(x, next)
	}
}

// contextSchedOut is perf_event_context_sched_out(): unload the task's
// context, or leave it loaded and give it to next in exchange for next's, if
// the two are clones. The reader under rq->lock is legal because interrupts
// are off for all of it.
//
//kernel:fn perf_event_context_sched_out kernel/events/core.c
func (p *Perf) contextSchedOut(x, next *cpu.Exec) {
	c := p.of(x).loadCtx(x)
	cc := p.cpus.This(x)
	if c == nil || cc.taskCtx == nil {
		return
	}
	p.r.ReadLock(x)
	exchanged := false
	if nc := p.of(next).loadCtx(x); nc != nil && p.mayBeClones(x, c, nc) {
		exchanged = p.exchange(x, c, next, nc)
	}
	p.r.ReadUnlock(x)
	if exchanged {
		return
	}
	c.lock.Lock(x)
	p.ctxSchedOut(x, c)
	cc.taskCtx = nil
	c.lock.Unlock(x)
}

// mayBeClones looks at the parents without a lock: almost always that is
// enough to see that the contexts have nothing to do with each other.
func (p *Perf) mayBeClones(x *cpu.Exec, c, nc *Context) bool {
	parent := c.parent.ReadOnce(x)
	nparent := nc.parent.ReadOnce(x)
	p.touch(x, nc, "perf_event_context_sched_out")
	if parent == nil && nparent == nil {
		return false
	}
	return nparent == c || nc == parent || nparent == parent
}

// exchange swaps the contexts of the current task and of next if, under both
// locks, they still are clones. Whoever holds a pointer to one of them finds
// out under its lock that it belongs to another task now.
func (p *Perf) exchange(x *cpu.Exec, c *Context, next *cpu.Exec, nc *Context) bool {
	c.lock.Lock(x)
	nc.lock.LockNested(x, singleDepth)
	same := p.equivalent(x, c, nc)
	if same {
		p.of(x).ctxp.WriteOnce(x, nc)
		p.of(next).ctxp.WriteOnce(x, c)
		c.task.WriteOnce(x, p.s.Task(next))
		nc.task.WriteOnce(x, p.s.Task(x))
	}
	nc.lock.Unlock(x)
	c.lock.Unlock(x)
	return same
}

// equivalent is context_equiv(): the contexts are clones, did not change
// since, and nobody has pinned them (P2).
//
//kernel:fn context_equiv kernel/events/core.c
func (p *Perf) equivalent(x *cpu.Exec, a, b *Context) bool {
	a.lock.AssertHeld(x)
	b.lock.AssertHeld(x)
	if a.pinCount > 0 || b.pinCount > 0 {
		return false
	}
	ap, bp := a.parent.Peek(), b.parent.Peek()
	switch {
	case a == bp && a.generation == b.parentGen:
		return true
	case ap == b && a.parentGen == b.generation:
		return true
	}
	return ap != nil && ap == bp && a.parentGen == b.parentGen
}

// taskSchedIn is perf_event_task_sched_in(), in the next task's context.
// rq->lock is really held, but for the validator it is not
// (docs/kernel/rcu-perf.md §5.8).
//
//kernel:fn __perf_event_task_sched_in kernel/events/core.c
func (p *Perf) taskSchedIn(x, _ *cpu.Exec) {
	if !p.enabled.ReadOnce(x) {
		return
	}
	if c := p.of(x).loadCtx(x); c != nil {
		p.contextSchedIn(x, c)
	}
}

// contextSchedIn is perf_event_context_sched_in(). After an exchange the
// context is loaded already. The CPU context's own events would come off
// first and back between pinned and flexible ones; there are none.
//
//kernel:fn perf_event_context_sched_in kernel/events/core.c
func (p *Perf) contextSchedIn(x *cpu.Exec, c *Context) {
	cc := p.cpus.This(x)
	if cc.taskCtx == c {
		return
	}
	cc.lock.Lock(x)
	c.lock.Lock(x)
	p.touchPMU(x)          // perf_pmu_disable
	if len(c.events) > 0 { // an empty context is never loaded
		cc.taskCtx = c
		p.ctxSchedIn(x, c)
	}
	p.touchPMU(x)
	c.lock.Unlock(x)
	cc.lock.Unlock(x)
}

// ctxSchedIn is ctx_sched_in() of all kinds of events.
//
//kernel:fn ctx_sched_in kernel/events/core.c
func (p *Perf) ctxSchedIn(x *cpu.Exec, c *Context) {
	c.isActive = true
	for _, e := range c.events {
		p.eventSchedIn(x, e, c)
	}
}

// ctxSchedOut is ctx_sched_out() of all kinds of events.
//
//kernel:fn ctx_sched_out kernel/events/core.c
func (p *Perf) ctxSchedOut(x *cpu.Exec, c *Context) {
	c.isActive = false
	if c.nrActive == 0 {
		return
	}
	p.touchPMU(x) // perf_pmu_disable
	for _, e := range c.events {
		p.eventSchedOut(x, e, c)
	}
	p.touchPMU(x)
}

// taskCtxSchedOut is task_ctx_sched_out(): unload c if anything is loaded
// (P4).
//
//kernel:fn task_ctx_sched_out kernel/events/core.c
func (p *Perf) taskCtxSchedOut(x *cpu.Exec, c *Context) {
	cc := p.cpus.This(x)
	if cc.taskCtx == nil {
		return
	}
	if cpu.WarnOnce(x, c != cc.taskCtx, coreFile, "task_ctx_sched_out: another context is loaded") {
		return
	}
	p.ctxSchedOut(x, c)
	cc.taskCtx = nil
}
