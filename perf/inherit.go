package perf

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// ForkInherit is perf_event_init_context(), in a fork: x is the parent, child
// does not run yet. inherit is attr.inherit of all the parent's events: then
// the child gets one of each, and its context is a clone of the parent's. The
// error is always nil; the kernel's are of allocations
// (docs/kernel/rcu-perf.md §5.11).
//
//kernel:fn perf_event_init_context kernel/events/core.c
func (p *Perf) ForkInherit(x *cpu.Exec, child *sched.Task, inherit bool) error {
	p.initTask(x, &child.Exec)
	if p.of(x).loadCtx(x) == nil {
		return nil
	}
	pc := p.pinTaskContext(x, p.s.Task(x)) // pinned: it stays the parent's
	if pc == nil {
		return nil
	}
	pc.mutex.Lock(x)
	f := pc.lock.LockIrqsave(x)
	pc.rotateDisable = true // the list may be walked without the lock
	pc.lock.UnlockIrqrestore(x, f)
	for _, e := range pc.events {
		if inherit {
			p.inheritEvent(x, e, child)
		}
	}
	f = pc.lock.LockIrqsave(x)
	pc.rotateDisable = false
	if cc := p.of(&child.Exec).ctxp.ReadOnce(x); cc != nil && inherit {
		p.makeClone(x, cc, pc)
	}
	pc.lock.UnlockIrqrestore(x, f)
	pc.mutex.Unlock(x)
	p.unpinContext(x, pc)
	p.putCtx(x, pc)
	return nil
}

// makeClone marks the child's context as a clone of the parent's, or of what
// that is a clone of, as they are now. The parent's lock is held.
func (p *Perf) makeClone(x *cpu.Exec, cc, pc *Context) {
	pc.lock.AssertHeld(x)
	parent, gen := pc, pc.generation
	if g := pc.parent.Peek(); g != nil {
		parent, gen = g, pc.parentGen
	}
	cc.parentGen = gen
	cc.parent.WriteOnce(x, parent)
	p.getCtx(x, parent)
}

// inheritEvent is inherit_event(): the child's event refers to the original,
// of which there is one for all generations (P8). An original that nobody has
// open any more is not inherited.
//
//kernel:fn inherit_event kernel/events/core.c
func (p *Perf) inheritEvent(x *cpu.Exec, e *Event, child *sched.Task) {
	te := p.of(&child.Exec)
	if te.ctxp.ReadOnce(x) == nil {
		te.ctxp.WriteOnce(x, p.allocContext(x, child))
	}
	c := te.ctxp.Peek() // the child does not run, and nobody can find it yet
	orig := e
	if e.parent != nil {
		orig = e.parent
	}
	ce := p.allocEvent(x, orig)
	if orig.owner.ReadOnce(x) == nil || !orig.tryGet(x) {
		p.freeEvent(x, ce)
		return
	}
	p.getCtx(x, c)
	if e.state >= EventInactive {
		ce.state = EventInactive
	} else {
		ce.state = EventOff
	}
	ce.ctx.WriteOnce(x, c)
	f := c.lock.LockIrqsave(x)
	p.addToContext(x, ce, c)
	c.lock.UnlockIrqrestore(x, f)
	orig.childMutex.Lock(x)
	orig.children = append(orig.children, ce)
	orig.childMutex.Unlock(x)
}

// tryGet is atomic_long_inc_not_zero() of the reference count.
func (e *Event) tryGet(x *cpu.Exec) bool {
	return e.refs.Update(x, func(n int) int {
		if n == 0 {
			return 0
		}
		return n + 1
	}) != 0
}
