package perf

import (
	"slices"

	"lockstep/cpu"
)

// ExitTask is perf_event_exit_task(), by a task that ends: events that it
// owns lose their owner, and its context loses its task
// (docs/kernel/rcu-perf.md §5.10). PF_EXITING is set first, in exit_signals();
// from then on nobody gives the task a new context.
//
//kernel:fn perf_event_exit_task kernel/events/core.c
func (p *Perf) ExitTask(x *cpu.Exec) {
	te := p.initTask(x, x)
	te.exiting.WriteOnce(x, true)
	te.mutex.Lock(x)
	for _, e := range te.owned {
		e.owner.WriteOnce(x, nil)
	}
	te.owned = nil
	te.mutex.Unlock(x)
	p.exitContext(x, te)
}

// exitContext is perf_event_exit_task_context(). The pointer goes under the
// context's lock: who finds it there holds the lock before us and has a
// reference, who looks later finds none. With interrupts off no switch can
// exchange the context between the load and the lock.
//
//kernel:fn perf_event_exit_task_context kernel/events/core.c
func (p *Perf) exitContext(x *cpu.Exec, te *taskEvents) {
	if te.ctxp.ReadOnce(x) == nil {
		return
	}
	f := cpu.LocalIrqSave(x)
	c := te.ctxp.ReadOnce(x)
	c.lock.Lock(x)
	p.taskCtxSchedOut(x, c)
	te.ctxp.WriteOnce(x, nil)
	parent := p.unclone(x, c)
	c.lock.UnlockIrqrestore(x, f)
	if parent != nil {
		p.putCtx(x, parent)
	}
	c.mutex.Lock(x)
	for _, e := range slices.Clone(c.events) {
		p.exitEvent(x, e)
	}
	c.mutex.Unlock(x)
	p.putCtx(x, c)
}

// exitEvent is __perf_event_exit_task(): an inherited event hands its count
// to its parent and goes; any other stays with whoever has it open. The
// parent's last reference may be this one, and then its context's mutex is
// taken inside the one held here.
//
//kernel:fn __perf_event_exit_task kernel/events/core.c
func (p *Perf) exitEvent(x *cpu.Exec, e *Event) {
	p.removeFromContext(x, e)
	if e.parent == nil {
		e.state = EventExit
		return
	}
	p.syncChild(x, e)
	p.freeEvent(x, e)
}

// syncChild is sync_child_event() (P8).
//
//kernel:fn sync_child_event kernel/events/core.c
func (p *Perf) syncChild(x *cpu.Exec, e *Event) {
	parent := e.parent
	p.warnIfClone(x, parent.ctx.ReadOnce(x), "sync_child_event")
	parent.childMutex.Lock(x)
	parent.children = slices.DeleteFunc(parent.children, func(o *Event) bool { return o == e })
	parent.childMutex.Unlock(x)
	p.Close(x, parent)
}
