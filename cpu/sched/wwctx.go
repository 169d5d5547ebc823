package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
)

// WWClass is struct ww_class: what a family of ww_mutexes and the contexts
// that take them share.
type WWClass struct {
	s          *Sched
	name       string
	stamp      cpu.Var[uint64] // of the youngest context
	acquireKey lockdep.Key
	mutexKey   lockdep.Key
}

// Init makes a class; its lock classes are NAME_acquire and NAME_mutex.
func (c *WWClass) Init(s *Sched, name string) {
	c.s, c.name = s, name
	c.stamp.Init(s.m, name+".stamp", 0)
	c.acquireKey = lockdep.Key{Name: name + "_acquire", Inner: lockdep.WaitSleep}
	c.mutexKey = lockdep.Key{Name: name + "_mutex", Inner: lockdep.WaitSleep}
}

// AcquireCtx is struct ww_acquire_ctx: one attempt to take several locks of a
// class. Only its task changes it. Others read its stamp while it has a lock
// they want.
type AcquireCtx struct {
	dep        lockdep.Map
	first      lockdep.Map // of the newer rules: stands for the first lock, of the mutexes' class
	class      *WWClass
	stamp      uint64
	acquired   int
	done       bool
	contending *WWMutex
	serial     uint64 // tells contexts of one stamp apart, as their addresses do
}

// Init is ww_acquire_init(): the context gets the next stamp and is, for the
// validator, a lock that is held from here to Fini. The newer rules take a
// first mutex of the class with it, so that every context is checked as if it
// took one.
//
//kernel:fn ww_acquire_init include/linux/ww_mutex.h
func (c *AcquireCtx) Init(x *cpu.Exec, class *WWClass) {
	x.LockdepTime()
	stamp := class.stamp.Update(x, func(n uint64) uint64 { return n + 1 }) + 1
	x.InitMap(&c.dep, &class.acquireKey)
	c.class, c.stamp, c.serial, c.acquired, c.done, c.contending = class, stamp, stamp, 0, false, nil
	x.Validate(&c.dep, 0)
	if class.s.m.NewRules() {
		x.InitMap(&c.first, &class.mutexKey)
		x.ValidateNest(&c.first, 0, &c.dep)
	}
}

// Done is ww_acquire_done(): no more locks will be taken.
//
//kernel:fn ww_acquire_done include/linux/ww_mutex.h
func (c *AcquireCtx) Done(x *cpu.Exec) {
	x.AssertHeld(&c.dep)
	c.warn(x, c.done, "ww_acquire_done", "ctx->done_acquire")
	c.done = true
}

// Fini is ww_acquire_fini(): all locks are released and the context ends.
//
//kernel:fn ww_acquire_fini include/linux/ww_mutex.h
func (c *AcquireCtx) Fini(x *cpu.Exec) {
	if c.first.Key() != nil {
		x.MapUnlock(&c.first)
	}
	x.MapUnlock(&c.dep)
	c.warn(x, c.acquired > 0, "ww_acquire_fini", "ctx->acquired")
}

// youngerThan is the order of contexts. Stamps wrap around, hence the
// difference; equal ones can only be copies.
func (c *AcquireCtx) youngerThan(o *AcquireCtx) bool {
	if c.stamp == o.stamp {
		return c.serial > o.serial
	}
	return int64(c.stamp-o.stamp) > 0
}

// warn is DEBUG_LOCKS_WARN_ON() about a context.
func (c *AcquireCtx) warn(x *cpu.Exec, cond bool, fn, text string) {
	file := "kernel/locking/mutex.c"
	if fn != "ww_mutex_lock_acquired" && fn != "__ww_mutex_lock_check_stamp" {
		file = "include/linux/ww_mutex.h"
	}
	x.DebugLocksWarn(cond, file, fn, text)
}

// Dep returns the validator's view of the context: a nest lock.
func (c *AcquireCtx) Dep() *lockdep.Map { return &c.dep }

// Stamp returns the context's age: smaller is older.
func (c *AcquireCtx) Stamp() uint64 { return c.stamp }

// Acquired returns how many locks the context has.
func (c *AcquireCtx) Acquired() int { return c.acquired }

// Contending returns the lock that the context failed on with EDEADLK.
func (c *AcquireCtx) Contending() *WWMutex { return c.contending }

// Copy makes c a copy of o, SetStamp, SetAcquired and SetClass overwrite a
// field: what the kernel's self-tests do to contexts.
func (c *AcquireCtx) Copy(o *AcquireCtx) { *c = *o; c.serial++ }

// SetStamp overwrites ctx->stamp; see Copy.
func (c *AcquireCtx) SetStamp(n uint64) { c.stamp = n }

// SetAcquired overwrites ctx->acquired; see Copy.
func (c *AcquireCtx) SetAcquired(n int) { c.acquired = n }

// SetClass overwrites ctx->ww_class; see Copy.
func (c *AcquireCtx) SetClass(class *WWClass) { c.class = class }
