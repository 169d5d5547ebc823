package configs

import (
	"errors"
	"fmt"

	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

var (
	mutexKind   = lockKind[*sched.Mutex]{KindMutex, "sleeping locks", func(m *Machine) map[string]*sched.Mutex { return m.mutexes }}
	wwKind      = lockKind[*sched.WWMutex]{KindWWMutex, "sleeping locks", func(m *Machine) map[string]*sched.WWMutex { return m.wwMutexes }}
	rwsemKind   = lockKind[*sched.RWSem]{KindRWSem, "sleeping locks", func(m *Machine) map[string]*sched.RWSem { return m.rwsems }}
	percpuKind  = lockKind[*sched.PercpuRWSem]{KindPercpuRWSem, "sleeping locks", func(m *Machine) map[string]*sched.PercpuRWSem { return m.percpuRWSems }}
	rtMutexKind = lockKind[*sched.RTMutex]{KindRTMutex, "sleeping locks", func(m *Machine) map[string]*sched.RTMutex { return m.rtMutexes }}
)

var mutexBuiltins = []Builtin{
	mutexKind.take("mutex_lock", "Take a mutex, sleeping if need be.", (*sched.Mutex).Lock),
	mutexKind.nested("mutex_lock_nested", "Take it with a lockdep subclass (1 to 7).", (*sched.Mutex).LockNested),
	mutexKind.nest("mutex_lock_nest_lock", "Take it under another lock that is held and makes nesting its class safe.", (*sched.Mutex).LockNest),
	mutexKind.builtin("mutex_lock_interruptible", "", "Take it, sleeping interruptibly; returns 0, or -EINTR for a signal, which nobody sends.",
		func(b *body, _ args, l *sched.Mutex) (starlark.Value, error) { return errno(l.LockInterruptible(b.x)) }),
	mutexKind.try("mutex_trylock", "Take it if it is free; returns whether it was.", (*sched.Mutex).Trylock),
	mutexKind.try("mutex_is_locked", "Whether somebody has it.", (*sched.Mutex).IsLocked),
	mutexKind.free("mutex_unlock", "Release it; the first sleeper is woken.", (*sched.Mutex).HeldHere, (*sched.Mutex).Unlock),
}

var rwsemBuiltins = []Builtin{
	rwsemKind.take("down_read", "Take an rw_semaphore for reading, sleeping if need be.", (*sched.RWSem).DownRead),
	rwsemKind.nested("down_read_nested", "Take it for reading with a lockdep subclass (1 to 7).", (*sched.RWSem).DownReadNested),
	rwsemKind.try("down_read_trylock", "Take it for reading if that needs no sleep; returns whether it did not.", (*sched.RWSem).DownReadTrylock),
	rwsemKind.free("up_read", "Release what down_read took.", (*sched.RWSem).ReadHeldHere, (*sched.RWSem).UpRead),
	rwsemKind.take("down_write", "Take an rw_semaphore for writing, sleeping if need be.", (*sched.RWSem).DownWrite),
	rwsemKind.nested("down_write_nested", "Take it for writing with a lockdep subclass (1 to 7).", (*sched.RWSem).DownWriteNested),
	rwsemKind.nest("down_write_nest_lock", "Take it for writing under another lock that is held and makes nesting its class safe.", (*sched.RWSem).DownWriteNest),
	rwsemKind.try("down_write_trylock", "Take it for writing if it is free; returns whether it was.", (*sched.RWSem).DownWriteTrylock),
	rwsemKind.free("up_write", "Release what down_write took.", (*sched.RWSem).HeldHere, (*sched.RWSem).UpWrite),
	rwsemKind.free("downgrade_write", "Go on as a reader; waiting readers join.", (*sched.RWSem).HeldHere, (*sched.RWSem).DowngradeWrite),
}

var percpuBuiltins = []Builtin{
	percpuKind.take("percpu_down_read", "Take a percpu_rw_semaphore for reading; without a writer only this CPU's counter is touched.", (*sched.PercpuRWSem).DownRead),
	percpuKind.try("percpu_down_read_trylock", "Take it for reading if that needs no sleep; returns whether it did not.", (*sched.PercpuRWSem).DownReadTrylock),
	percpuKind.free("percpu_up_read", "Release what percpu_down_read took.", (*sched.PercpuRWSem).ReadHeldHere, (*sched.PercpuRWSem).UpRead),
	percpuKind.take("percpu_down_write", "Take it for writing: wait for a grace period, for other writers, and for all readers.", (*sched.PercpuRWSem).DownWrite),
	percpuKind.free("percpu_up_write", "Release it; readers have their fast path back a grace period later.", (*sched.PercpuRWSem).HeldHere, (*sched.PercpuRWSem).UpWrite),
}

var rtMutexBuiltins = []Builtin{
	rtMutexKind.take("rt_mutex_lock", "Take an rt_mutex, sleeping if need be; waiters get it by priority.", (*sched.RTMutex).Lock),
	rtMutexKind.try("rt_mutex_trylock", "Take it if it is free; returns whether it was.", (*sched.RTMutex).Trylock),
	rtMutexKind.free("rt_mutex_unlock", "Release it; the first waiter is woken.", (*sched.RTMutex).HeldHere, (*sched.RTMutex).Unlock),
}

// ctxValue is a ww_acquire_ctx as a Starlark value.
type ctxValue struct{ ctx *sched.AcquireCtx }

func (v ctxValue) String() string        { return fmt.Sprintf("ww_acquire_ctx(%d)", v.ctx.Stamp()) }
func (v ctxValue) Type() string          { return "ww_acquire_ctx" }
func (v ctxValue) Freeze()               {}
func (v ctxValue) Truth() starlark.Bool  { return true }
func (v ctxValue) Hash() (uint32, error) { return 0, fmt.Errorf("a ww_acquire_ctx cannot be a key") }

// ctx returns argument i, a context; None is none.
func (a args) ctx(i int) (*sched.AcquireCtx, error) {
	if i >= len(a.tuple) || a.tuple[i] == starlark.None {
		return nil, nil
	}
	v, ok := a.tuple[i].(ctxValue)
	if !ok {
		return nil, a.wrong(i, "what ww_acquire_init returned")
	}
	return v.ctx, nil
}

// onCtx makes a builtin's function of one that needs a context.
func onCtx(fn func(*sched.AcquireCtx, *cpu.Exec)) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		ctx, err := a.ctx(0)
		if err == nil && ctx == nil {
			err = a.wrong(0, "what ww_acquire_init returned")
		}
		if err == nil {
			fn(ctx, b.x)
		}
		return nil, err
	}
}

// errno is what a kernel function returns: 0, or a negative error number.
func errno(err error) (starlark.Value, error) {
	var e sched.Errno
	if err != nil && !errors.As(err, &e) {
		return nil, err
	}
	return starlark.MakeInt(-int(e)), nil
}

// wwLock makes a builtin that takes a ww_mutex with a context.
func wwLock(name, doc string, min int, fn func(*sched.WWMutex, *cpu.Exec, *sched.AcquireCtx) error) Builtin {
	bt := wwKind.builtin(name, ", ctx", doc, func(b *body, a args, l *sched.WWMutex) (starlark.Value, error) {
		ctx, err := a.ctx(1)
		if err == nil && ctx == nil && min > 1 {
			err = a.wrong(1, "what ww_acquire_init returned")
		}
		if err != nil {
			return nil, err
		}
		return errno(fn(l, b.x, ctx))
	})
	bt.min = min
	return bt
}

var wwBuiltins = []Builtin{
	{Name: "ww_acquire_init", Args: "class", Group: "sleeping locks", Doc: "Begin to take ww_mutexes of a class; returns the context, which is younger than all before.", min: -1, kinds: []ArgKind{KindWWClass},
		fn: func(b *body, a args) (starlark.Value, error) {
			class, err := find(a, 0, KindWWClass, b.m.wwClasses)
			if err != nil {
				return nil, err
			}
			ctx := new(sched.AcquireCtx)
			ctx.Init(b.x, class)
			return ctxValue{ctx}, nil
		}},
	{Name: "ww_acquire_done", Args: "ctx", Group: "sleeping locks", Doc: "Say that the context takes no more of them.", min: -1, fn: onCtx((*sched.AcquireCtx).Done)},
	{Name: "ww_acquire_fini", Args: "ctx", Group: "sleeping locks", Doc: "End the context, all of whose locks are released.", min: -1, fn: onCtx((*sched.AcquireCtx).Fini)},
	wwLock("ww_mutex_lock", "Take a ww_mutex in a context, or without one; returns 0, -EALREADY, or -EDEADLK if an older context has it: release all and call ww_mutex_lock_slow.", 1, (*sched.WWMutex).LockCtx),
	wwLock("ww_mutex_lock_interruptible", "The same, sleeping interruptibly.", 1, (*sched.WWMutex).LockCtxInterruptible),
	wwLock("ww_mutex_lock_slow", "Wait for the lock on which the context failed, holding none.", 2, (*sched.WWMutex).LockSlow),
	wwKind.try("ww_mutex_trylock", "Take it without a context if it is free; returns whether it was.", func(l *sched.WWMutex, x *cpu.Exec) bool { return l.Trylock(x) }),
	wwKind.free("ww_mutex_unlock", "Release it; the first sleeper is woken.", func(l *sched.WWMutex, x *cpu.Exec) bool { return l.HeldHere(x) }, (*sched.WWMutex).Unlock),
}

// anyLock names a lock of whatever kind by the validator's map of it.
var anyLock = lockKind[func(*cpu.Exec) *lockdep.Map]{KindAnyLock, "lockdep", func(m *Machine) map[string]func(*cpu.Exec) *lockdep.Map { return m.deps }}

// onSeen makes a function of one that asks the validator about a lock, which
// the rules may not see.
func onSeen(fn func(x *cpu.Exec, dep *lockdep.Map)) func(func(*cpu.Exec) *lockdep.Map, *cpu.Exec) {
	return func(of func(*cpu.Exec) *lockdep.Map, x *cpu.Exec) {
		if dep := of(x); dep != nil {
			fn(x, dep)
		}
	}
}

var validatorBuiltins = []Builtin{
	anyLock.take("might_lock", "Tell the validator that the lock might be taken here.",
		onSeen(func(x *cpu.Exec, dep *lockdep.Map) { x.MightLock(dep, 0) })),
	anyLock.take("might_lock_read", "Tell it that the lock might be taken for reading.",
		onSeen(func(x *cpu.Exec, dep *lockdep.Map) { x.MightLock(dep, lockdep.Read) })),
	anyLock.take("lockdep_assert_held", "Warn if the task does not hold the lock, as far as the validator knows.",
		onSeen((*cpu.Exec).AssertHeld)),
}
