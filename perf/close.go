package perf

import (
	"slices"

	"lockstep/cpu"
)

// Close is the close() of an event, put_event(): the last reference takes it
// off its owner's list, out of its context, and frees it
// (docs/kernel/rcu-perf.md §16 G.3).
//
//kernel:fn put_event kernel/events/core.c
func (p *Perf) Close(x *cpu.Exec, e *Event) {
	if e.refs.Update(x, func(n int) int { return n - 1 }) != 1 {
		return
	}
	p.removeFromOwner(x, e)
	c := p.ctxLock(x, e)
	p.warnIfClone(x, c, "put_event")
	p.removeFromContext(x, e)
	c.mutex.Unlock(x)
	p.putCtx(x, c)
	p.releaseEvent(x, e)
}

// removeFromOwner is perf_remove_from_owner(). The owner may exit at the same
// time and forget all its events: whoever comes first to its mutex takes the
// event off the list.
//
//kernel:fn perf_remove_from_owner kernel/events/core.c
func (p *Perf) removeFromOwner(x *cpu.Exec, e *Event) {
	p.r.ReadLock(x)
	owner := e.owner.ReadOnce(x)
	p.r.ReadUnlock(x)
	if owner == nil {
		return
	}
	te := p.of(&owner.Exec)
	te.mutex.LockNested(x, singleDepth)
	if e.owner.ReadOnce(x) != nil {
		te.owned = slices.DeleteFunc(te.owned, func(o *Event) bool { return o == e })
	}
	te.mutex.Unlock(x)
}

// ctxLock is perf_event_ctx_lock_nested(): the mutex of the event's context,
// with a reference. An event may move to another context until the mutex is
// held. The subclass is for a close from within an exit, which holds the
// mutex of the exiting task's context.
//
//kernel:fn perf_event_ctx_lock_nested kernel/events/core.c
func (p *Perf) ctxLock(x *cpu.Exec, e *Event) *Context {
	for {
		p.r.ReadLock(x)
		c := e.ctx.ReadOnce(x)
		got := c.tryGet(x)
		p.touch(x, c, "perf_event_ctx_lock_nested")
		p.r.ReadUnlock(x)
		if !got {
			continue
		}
		c.mutex.LockNested(x, singleDepth)
		if e.ctx.ReadOnce(x) == c {
			return c
		}
		c.mutex.Unlock(x)
		p.putCtx(x, c)
	}
}

// freeEvent is free_event(): of an event that nobody else refers to (P10).
//
//kernel:fn free_event kernel/events/core.c
func (p *Perf) freeEvent(x *cpu.Exec, e *Event) {
	if cpu.Warn(x, e.refs.CmpXchg(x, 1, 0) != 1, coreFile, "free_event: the event has other references") {
		return // leaked rather than freed under somebody
	}
	p.releaseEvent(x, e)
}

// releaseEvent is _free_event() to its end: the event's reference to its
// context goes, and behind a grace period the event (free_event_rcu).
//
//kernel:fn _free_event kernel/events/core.c
func (p *Perf) releaseEvent(x *cpu.Exec, e *Event) {
	if c := e.ctx.Peek(); c != nil {
		p.putCtx(x, c)
	}
	p.r.CallRCU(x, &e.head, func(x *cpu.Exec) {
		e.free.WriteOnce(x, true)
		e.childMutex.Forget()
	})
}
