package perf

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/sched"
	"lockstep/rcu"
)

// Context is perf_event_context: the events of one task and their state.
type Context struct {
	lock  lock.Raw
	mutex sched.Mutex
	name  string

	// events changes under mutex and lock, so either protects it.
	events []*Event

	// The rest changes under lock.
	nrActive int
	isActive bool // loaded on a CPU; never without being that CPU's taskCtx
	activeOn int  // whose active_ctx_list it is on, noCPU if none
	pinCount int  // >0 forbids the exchange of clones
	// rotateDisable keeps the order of events while a fork walks them.
	rotateDisable bool

	// Two contexts are clones, and so interchangeable, if one is the other's
	// parent or they have one parent, and neither list changed since the
	// fork: generation of the parent == parentGen of the clone.
	parent     cpu.Var[*Context] // also read without the lock
	parentGen  uint64
	generation uint64

	task cpu.Var[*sched.Task] // the owner; read without the lock, looked at again under it
	refs cpu.Var[int]         // 0: to be freed behind the next grace period
	head rcu.Head
	free cpu.Var[bool] // the memory is given back, and poisoned
}

// noCPU stands for no CPU.
const noCPU = -1

// allocContext is alloc_perf_context(): the one reference is the task's.
//
//kernel:fn alloc_perf_context kernel/events/core.c
func (p *Perf) allocContext(x *cpu.Exec, task *sched.Task) *Context {
	x.Kmalloc()
	p.contexts++
	c := &Context{name: fmt.Sprintf("ctx%d", p.contexts), activeOn: noCPU}
	c.lock.Init(p.m, c.name+"->lock", &ctxLockKey)
	c.mutex.Init(p.s, c.name+"->mutex", &ctxMutexKey)
	c.parent.Init(p.m, c.name+"->parent_ctx", nil)
	c.task.Init(p.m, c.name+"->task", task)
	c.refs.Init(p.m, c.name+"->refcount", firstReference)
	c.free.Init(p.m, c.name, false)
	return c
}

// Name returns the context's name: ctx1, ctx2, in the order they were made.
func (c *Context) Name() string { return c.name }

// Task returns the task that the context belongs to; for views.
func (c *Context) Task() *sched.Task { return c.task.Peek() }

// Refs returns the reference count; for views.
func (c *Context) Refs() int { return c.refs.Peek() }

// Loaded reports whether a CPU has the context's events on its PMU; for views.
func (c *Context) Loaded() bool { return c.isActive }

// Parent returns the context that this one is a clone of, or nil; for views.
func (c *Context) Parent() *Context { return c.parent.Peek() }

// Events returns how many events the context has; for views.
func (c *Context) Events() int { return len(c.events) }

// Freed reports whether a grace period has passed since the last reference.
func (c *Context) Freed() bool { return c.free.Peek() }

// touch is the oracle for freed contexts: code that got its pointer without a
// reference calls it right behind its first operation on the context.
func (p *Perf) touch(x *cpu.Exec, c *Context, where string) {
	if c.free.ReadOnce(x) {
		p.m.AddFinding(x, &cpu.Finding{
			Kind:  "use-after-free",
			Title: fmt.Sprintf("%s touched %s, which is freed", where, c.name),
		})
	}
}

// tryGet is atomic_inc_not_zero() of the reference count.
func (c *Context) tryGet(x *cpu.Exec) bool {
	return c.refs.Update(x, func(n int) int {
		if n == 0 {
			return 0
		}
		return n + 1
	}) != 0
}

// getCtx is get_ctx(): the caller knows that a reference exists (P1).
//
//kernel:fn get_ctx kernel/events/core.c
func (p *Perf) getCtx(x *cpu.Exec, c *Context) {
	cpu.Warn(x, !c.tryGet(x), coreFile, "get_ctx: the context has no references")
}

// putCtx is put_ctx(). Readers may have loaded the context's address from the
// task, so the last reference frees it behind a grace period. It must not be
// called under ctx->lock: call_rcu may wake somebody.
//
//kernel:fn put_ctx kernel/events/core.c
func (p *Perf) putCtx(x *cpu.Exec, c *Context) {
	if c.refs.Update(x, func(n int) int { return n - 1 }) != 1 {
		return
	}
	if parent := c.parent.Peek(); parent != nil { // nobody else can change it
		p.putCtx(x, parent)
	}
	if p.m.Mutated(PutCtxImmediate) {
		p.freeCtx(x, c)
		return
	}
	p.r.CallRCU(x, &c.head, func(x *cpu.Exec) { p.freeCtx(x, c) })
}

// freeCtx is free_ctx(), an RCU callback.
//
//kernel:fn free_ctx kernel/events/core.c
func (p *Perf) freeCtx(x *cpu.Exec, c *Context) {
	x.Spend(p.m.Costs.Alloc)
	c.free.WriteOnce(x, true)
	c.mutex.Forget()
	p.m.ForgetHoldable(&c.lock)
}

// unclone is unclone_ctx(): what happens next to the context makes it differ
// from its parent. The parent is the caller's to put, behind the unlock.
//
//kernel:fn unclone_ctx kernel/events/core.c
func (p *Perf) unclone(x *cpu.Exec, c *Context) *Context {
	c.lock.AssertHeld(x)
	parent := c.parent.Peek()
	if parent != nil {
		c.parent.WriteOnce(x, nil)
	}
	c.generation++
	return parent
}
