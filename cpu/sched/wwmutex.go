package sched

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// WWMutex is struct ww_mutex of v4.4: a mutex whose takers come in contexts
// and settle by age who waits for whom. Who already has locks of its context
// and meets one of an older context backs off with EDEADLK (it "dies"), an
// older one waits; so no cycle of contexts can wait for each other.
//
//	lock(ctx): free           --> taken for ctx; every sleeper wakes and looks again
//	           of ctx itself  --> EALREADY
//	           of an older one, ctx has other locks --> EDEADLK, ctx.contending_lock
//	           otherwise      --> sleep
//
// The checks are those of CONFIG_DEBUG_MUTEXES.
type WWMutex struct {
	Mutex
	ctx   *AcquireCtx // under wait_lock
	class *WWClass
}

// Init makes a free ww_mutex of a class.
func (w *WWMutex) Init(class *WWClass, name string) {
	w.Mutex.init(class.s, name, &class.mutexKey, cpu.WaitWWMutex, w)
	w.class = class
	class.s.m.RegisterHoldable(w)
}

// Reinit is ww_mutex_init() of one that was used before.
//
//kernel:fn ww_mutex_init include/linux/ww_mutex.h
func (w *WWMutex) Reinit(x *cpu.Exec) {
	w.Mutex.Reinit(x)
	w.ctx = nil
}

// LockCtx is ww_mutex_lock(). It returns nil, EDEADLK or EALREADY; without a
// context it is mutex_lock().
//
//kernel:fn __ww_mutex_lock kernel/locking/mutex.c
func (w *WWMutex) LockCtx(x *cpu.Exec, ctx *AcquireCtx) error {
	return w.lockCtx(x, ctx, Uninterruptible)
}

// LockCtxInterruptible is ww_mutex_lock_interruptible(); see
// [Mutex.LockInterruptible].
//
//kernel:fn __ww_mutex_lock_interruptible kernel/locking/mutex.c
func (w *WWMutex) LockCtxInterruptible(x *cpu.Exec, ctx *AcquireCtx) error {
	return w.lockCtx(x, ctx, Interruptible)
}

func (w *WWMutex) lockCtx(x *cpu.Exec, ctx *AcquireCtx, st State) error {
	MightSleep(x)
	if ctx == nil {
		return w.lock(x, st, 0, nil, nil)
	}
	x.Op(cpu.KindRead, &w.obj, sim.AccessRead, w.s.m.Costs.Load)
	if w.ctx == ctx {
		return EALREADY
	}
	return w.lock(x, st, 0, &ctx.dep, &wwAcquire{w, ctx})
}

// LockSlow is ww_mutex_lock_slow(): what a context that backed off and
// released everything waits with for the lock it failed on.
//
//kernel:fn ww_mutex_lock_slow include/linux/ww_mutex.h
func (w *WWMutex) LockSlow(x *cpu.Exec, ctx *AcquireCtx) error {
	ctx.warn(x, ctx.contending == nil, "ww_mutex_lock_slow", "!ctx->contending_lock")
	return w.LockCtx(x, ctx)
}

// LockSlowInterruptible is ww_mutex_lock_slow_interruptible().
//
//kernel:fn ww_mutex_lock_slow_interruptible include/linux/ww_mutex.h
func (w *WWMutex) LockSlowInterruptible(x *cpu.Exec, ctx *AcquireCtx) error {
	ctx.warn(x, ctx.contending == nil, "ww_mutex_lock_slow_interruptible", "!ctx->contending_lock")
	return w.LockCtxInterruptible(x, ctx)
}

// Unlock is ww_mutex_unlock(). The context is let go before the mutex and
// without wait_lock.
//
//kernel:fn ww_mutex_unlock kernel/locking/mutex.c
func (w *WWMutex) Unlock(x *cpu.Exec) {
	x.Op(cpu.KindUpdate, &w.obj, sim.AccessUpdate, w.s.m.Costs.Load)
	if ctx := w.ctx; ctx != nil {
		x.DebugLocksWarn(ctx.acquired == 0, "kernel/locking/mutex.c", "ww_mutex_unlock", "!lock->ctx->acquired")
		if ctx.acquired > 0 {
			ctx.acquired--
		}
		w.ctx = nil
	}
	w.Mutex.Unlock(x)
}

// Ctx returns the context that has the lock, nil if none.
func (w *WWMutex) Ctx() *AcquireCtx { return w.ctx }

// SetCtx overwrites lock->ctx, as the kernel's self-tests do.
func (w *WWMutex) SetCtx(ctx *AcquireCtx) { w.ctx = ctx }

// LockInfo implements [cpu.LockViewer].
func (w *WWMutex) LockInfo() cpu.LockInfo {
	info := w.Mutex.LockInfo()
	info.Kind = "ww_mutex"
	return info
}

// wwAcquire is one call of LockCtx on its way.
type wwAcquire struct {
	w   *WWMutex
	ctx *AcquireCtx
}

// wwSpin is what a context spins for. Who has the lock need not let it go for
// the spinning to end: when he sleeps the context queues, and may back off.
type wwSpin struct{ *WWMutex }

// Holder implements [cpu.Awaited]: nobody must act.
func (wwSpin) Holder(*cpu.Wait) cpu.Holder { return cpu.Holder{} }

// checkStamp tells a context that has locks whether it may wait for the one
// that has this lock: only if it is the older. wait_lock is held.
//
//kernel:fn __ww_mutex_lock_check_stamp kernel/locking/mutex.c
func (a *wwAcquire) checkStamp(x *cpu.Exec) error {
	holder := a.w.ctx
	switch {
	case a.ctx.acquired == 0 || holder == nil:
		return nil
	case holder == a.ctx:
		return EALREADY
	case !a.ctx.youngerThan(holder):
		return nil
	}
	a.ctx.warn(x, a.ctx.contending != nil, "__ww_mutex_lock_check_stamp", "ctx->contending_lock")
	a.ctx.contending = a.w
	return EDEADLK
}

// acquired gives the lock to the context. Every sleeper is woken: the lock has
// a stamp now, before which some must back off. wait_lock is held.
//
//kernel:fn ww_mutex_set_context_slowpath kernel/locking/mutex.c
func (a *wwAcquire) acquired(x *cpu.Exec) {
	a.checkAcquired(x)
	a.ctx.acquired++
	a.w.ctx = a.ctx
	a.wakeAll(x)
}

// acquiredFast gives it the lock without wait_lock, which it takes if somebody
// sleeps: the stamp is there before the count is looked at, and who queues
// marks the count before he looks at the stamp, so one of the two sees the other.
// As in v4.4 that is not so if the lock was stolen: whoever slept before sleeps
// behind a count of 0 until he who was woken marks it again, and is not woken for
// the new stamp.
//
//kernel:fn ww_mutex_set_context_fastpath kernel/locking/mutex.c
func (a *wwAcquire) acquiredFast(x *cpu.Exec) {
	a.checkAcquired(x)
	a.ctx.acquired++
	a.w.update(x)
	a.w.ctx = a.ctx
	x.Spend(a.w.s.m.Costs.Barrier)
	if a.w.read(x); a.w.count == 0 {
		return
	}
	a.w.waitLock.Lock(x)
	a.wakeAll(x)
	a.w.waitLock.Unlock(x)
}

// taken is an unlocked look whether the lock has a context.
func (a *wwAcquire) taken(x *cpu.Exec) bool {
	a.w.read(x)
	return a.w.ctx != nil
}

func (a *wwAcquire) wakeAll(x *cpu.Exec) {
	for i := range a.w.list {
		a.w.s.WakeUpProcess(x, a.w.list[i].task)
	}
}

// checkAcquired is what ww_mutex_lock_acquired() finds wrong with how the
// context was used.
//
//kernel:fn ww_mutex_lock_acquired kernel/locking/mutex.c
func (a *wwAcquire) checkAcquired(x *cpu.Exec) {
	const fn = "ww_mutex_lock_acquired"
	ctx := a.ctx
	ctx.warn(x, a.w.ctx != nil, fn, "ww->ctx")
	ctx.warn(x, ctx.done, fn, "ctx->done_acquire")
	if ctx.contending != nil {
		ctx.warn(x, ctx.contending != a.w, fn, "ctx->contending_lock != ww")
		ctx.warn(x, ctx.acquired > 0, fn, "ctx->acquired > 0")
		ctx.contending = nil
	}
	ctx.warn(x, ctx.class != a.w.class, fn, "ctx->ww_class != ww->ww_class")
}
