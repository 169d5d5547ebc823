package selftest

import (
	"errors"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// do performs one operation.
func (r *runner) do(x *cpu.Exec, op *Op) {
	switch op.Do {
	case DoLock:
		r.locks.of[op.Lock].lock(x, op.Kind, r.nest(x, op))
	case DoUnlock:
		r.locks.of[op.Lock].unlock(x, op.Kind)
	case DoInit:
		r.locks.of[op.Lock].reinit(x)
	case DoSetSubclass:
		r.setSubclass(x, op)
	default:
		if !r.context(x, op) && !r.rcuOp(x, op) && !r.alloc(x, op) {
			r.wwOp(x, op)
		}
	}
}

// nest is the map of what an operation nests in, nil if nothing.
func (r *runner) nest(x *cpu.Exec, op *Op) *lockdep.Map {
	switch {
	case op.Nest.Ctx != NoCtx:
		return r.locks.ctx[op.Nest.Ctx].Dep()
	case op.Nest.Lock.Name == "":
		return nil
	case op.Nest.Lock.Family == WW:
		return r.locks.ww[op.Nest.Lock.Name].Dep()
	}
	return r.locks.of[op.Nest.Lock].dep(x)
}

// setSubclass is the kernel's test around lockdep_set_subclass(): the lock is
// initialised anew with its own name and key, and must have the same name
// then. v4.4's macro names it after its argument, which is what the test was
// written against.
func (r *runner) setSubclass(x *cpu.Exec, op *Op) {
	m := r.locks.of[op.Lock].dep(x)
	before, after := m.Key(), m.Key()
	if !r.cpu.NewRules() {
		renamed := *before
		renamed.Name = "&" + keys[op.Lock.class()].Name + "_" + op.Lock.Name
		after = &renamed
	}
	x.InitMap(m, after)
	x.DebugLocksWarn(m.Key().Name != before.Name, "lib/locking-selftest.c", "lock_class_subclass_X1", "name pointer changed")
}

// context does operations on interrupt contexts and flags, as the macros of
// the kernel's harness do.
func (r *runner) context(x *cpu.Exec, op *Op) bool {
	switch op.Do {
	case DoHardirqDisable:
		cpu.LocalIrqDisable(x)
	case DoHardirqEnable:
		cpu.LocalIrqEnable(x)
	case DoSoftirqDisable:
		r.softirq.LocalBHDisable(x)
	case DoSoftirqEnable:
		r.softirq.LocalBHEnable(x)
	case DoHardirqEnter:
		cpu.LocalIrqDisable(x)
		r.softirq.IrqEnter(x)
		r.cpu.Lockdep.Threaded(x.LD, op.Threaded)
	case DoHardirqExit:
		r.softirq.IrqExit(x)
		cpu.LocalIrqEnable(x)
	case DoSoftirqEnter:
		r.softirq.LocalBHDisable(x)
		cpu.LocalIrqDisable(x)
		r.cpu.Lockdep.SoftirqEnter(x.LD)
	case DoSoftirqExit:
		r.cpu.Lockdep.SoftirqExit(x.LD)
		cpu.LocalIrqEnable(x)
		r.softirq.LocalBHEnable(x)
	default:
		return false
	}
	return true
}

// wwOp does operations on ww mutexes, their contexts and their bare maps.
func (r *runner) wwOp(x *cpu.Exec, op *Op) {
	w, ctx := r.locks.ww[op.Lock.Name], r.ctx(op.Ctx)
	switch op.Do {
	case DoWWInit:
		ctx.Init(x, &r.locks.class)
	case DoWWDone:
		ctx.Done(x)
	case DoWWFini:
		ctx.Fini(x)
	case DoWWLock:
		r.expect(op, errno(w.LockCtx(x, ctx)))
	case DoWWSlow:
		_ = w.LockSlow(x, ctx) // what the kernel's function returns is not looked at there either
	case DoWWTrylock:
		r.expect(op, b2i(w.Trylock(x)))
	case DoWWUnlock:
		w.Unlock(x)
	case DoBaseLock:
		r.baseLock(x, op, &w.Mutex)
	case DoBaseUnlock:
		w.Mutex.Unlock(x)
	case DoPokeCtx:
		poke(ctx, op)
	case DoCopyCtx:
		ctx.Copy(r.ctx(op.Src))
	case DoSetLockCtx:
		w.SetCtx(ctx)
	case DoLockdepAcquire:
		var how lockdep.How
		if op.Trylock {
			how = lockdep.Trylock
		}
		x.MapLock(w.Dep(), how)
	case DoLockdepRelease:
		x.MapUnlock(w.Dep())
	}
}

// ctx is a context of the machine, nil for none.
func (r *runner) ctx(c Ctx) *sched.AcquireCtx {
	if c == NoCtx {
		return nil
	}
	return &r.locks.ctx[c]
}

// baseLock takes the mutex inside a ww mutex by the mutex's own functions.
func (r *runner) baseLock(x *cpu.Exec, op *Op, m *sched.Mutex) {
	switch op.How {
	case "trylock":
		r.expect(op, b2i(m.Trylock(x)))
	case "lock_interruptible":
		r.expect(op, errno(m.LockInterruptible(x)))
	case "lock_killable":
		r.expect(op, errno(m.LockKillable(x)))
	case "lock_nest":
		m.LockNest(x, r.nest(x, op))
	default:
		m.Lock(x)
	}
}

// poke overwrites a field of a context.
func poke(ctx *sched.AcquireCtx, op *Op) {
	switch op.Field {
	case "ww_class":
		ctx.SetClass(nil)
	case "acquired":
		ctx.SetAcquired(0)
	case "stamp":
		stamp := ctx.Stamp() + uint64(op.Delta)
		if op.Value {
			stamp = 0
		}
		ctx.SetStamp(stamp)
	}
}

// errno is an error as the kernel returns it.
func errno(err error) int {
	var e sched.Errno
	if errors.As(err, &e) {
		return -int(e)
	}
	return 0
}

// rcuOp does operations on RCU readers.
func (r *runner) rcuOp(x *cpu.Exec, op *Op) bool {
	switch op.Do {
	case DoRCULock:
		r.rcu.ReadLock(x)
	case DoRCUUnlock:
		r.rcu.ReadUnlock(x)
	case DoRCUBHLock:
		r.softirq.LocalBHDisable(x)
		x.MapAcquire(&r.bhMap, lockdep.ReadRecursive)
	case DoRCUBHUnlock:
		x.MapRelease(&r.bhMap)
		r.softirq.LocalBHEnable(x)
	case DoRCUSchedLock:
		cpu.PreemptDisable(x)
		x.MapAcquire(&r.schedMap, lockdep.ReadRecursive)
	case DoRCUSchedUnlock:
		x.MapRelease(&r.schedMap)
		cpu.PreemptEnable(x)
	default:
		return false
	}
	return true
}

// alloc does operations of the page allocator. Kernels since 4.14 hold a map
// while they reclaim memory with GFP_FS, and take it for a moment wherever an
// allocation may reclaim; v4.4 has no such map and marks usage bits.
func (r *runner) alloc(x *cpu.Exec, op *Op) bool {
	fs := op.GFP == "GFP_KERNEL" && r.nofs == 0
	switch op.Do {
	case DoNofsSave:
		r.nofs++
	case DoNofsRestore:
		r.nofs--
	case DoReclaimAcquire, DoReclaimRelease, DoMightAlloc:
		if !r.cpu.NewRules() {
			r.allocV44(x, op, fs)
		} else if fs {
			r.allocNew(x, op)
		}
	default:
		return false
	}
	return true
}

func (r *runner) allocNew(x *cpu.Exec, op *Op) {
	switch op.Do {
	case DoReclaimAcquire:
		x.MapLock(&r.reclaimMap, 0)
	case DoReclaimRelease:
		x.MapUnlock(&r.reclaimMap)
	default:
		x.MightLock(&r.reclaimMap, 0)
	}
}

func (r *runner) allocV44(x *cpu.Exec, op *Op, fs bool) {
	if op.Do != DoMightAlloc {
		r.cpu.Lockdep.Reclaim(x.LD, fs && op.Do == DoReclaimAcquire)
		return
	}
	r.cpu.Lockdep.Alloc(x.LD, true, fs, cpu.IrqsDisabled(x))
	x.Freed("") // of no lock: only so that what was found is printed
}
