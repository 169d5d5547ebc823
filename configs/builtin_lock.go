package configs

import (
	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/cpu/lock"
)

// onLock makes a builtin's function of one that takes a lock.
func onLock(fn func(l *lock.Raw, x *cpu.Exec) starlark.Value) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		l, err := a.lock(0)
		if err != nil {
			return nil, err
		}
		return fn(l, b.x), nil
	}
}

// onHeld is onLock for functions that release: the lock must be this CPU's.
func onHeld(fn func(l *lock.Raw, x *cpu.Exec, f cpu.Flags), flags bool) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		l, err := a.lock(0)
		if err != nil {
			return nil, err
		}
		var f cpu.Flags
		if flags {
			if f, err = a.flags(1); err != nil {
				return nil, err
			}
		}
		if !l.HeldHere(b.x) {
			return nil, a.notHeld(l.Name())
		}
		fn(l, b.x, f)
		return nil, nil
	}
}

var lockBuiltins = []Builtin{
	{Name: "raw_spin_lock", Args: "lock", Group: "locks", Doc: "Take a raw spinlock; preemption is off while it is held.", min: -1, kinds: []ArgKind{KindLock},
		fn: onLock(func(l *lock.Raw, x *cpu.Exec) starlark.Value { l.Lock(x); return nil })},
	{Name: "raw_spin_unlock", Args: "lock", Group: "locks", Doc: "Release it; the task may be preempted.", min: -1, kinds: []ArgKind{KindLock},
		fn: onHeld(func(l *lock.Raw, x *cpu.Exec, _ cpu.Flags) { l.Unlock(x) }, false)},
	{Name: "raw_spin_lock_nested", Args: "lock, subclass", Group: "locks", Doc: "Take a raw spinlock with a lockdep subclass (1 to 7).", min: -1, kinds: []ArgKind{KindLock},
		fn: func(b *body, a args) (starlark.Value, error) {
			l, err := a.lock(0)
			if err != nil {
				return nil, err
			}
			sub, err := a.subclass(1)
			if err == nil {
				l.LockNested(b.x, sub)
			}
			return nil, err
		}},
	{Name: "raw_spin_lock_irq", Args: "lock", Group: "locks", Doc: "Disable interrupts and take the lock.", min: -1, kinds: []ArgKind{KindLock},
		fn: onLock(func(l *lock.Raw, x *cpu.Exec) starlark.Value { l.LockIrq(x); return nil })},
	{Name: "raw_spin_unlock_irq", Args: "lock", Group: "locks", Doc: "Release the lock and enable interrupts.", min: -1, kinds: []ArgKind{KindLock},
		fn: onHeld(func(l *lock.Raw, x *cpu.Exec, _ cpu.Flags) { l.UnlockIrq(x) }, false)},
	{Name: "raw_spin_lock_irqsave", Args: "lock", Group: "locks", Doc: "Save and disable interrupts and take the lock; returns the flags.", min: -1, kinds: []ArgKind{KindLock},
		fn: onLock(func(l *lock.Raw, x *cpu.Exec) starlark.Value { return starlark.Bool(l.LockIrqsave(x)) })},
	{Name: "raw_spin_unlock_irqrestore", Args: "lock, flags", Group: "locks", Doc: "Release the lock and restore interrupts.", min: -1, kinds: []ArgKind{KindLock},
		fn: onHeld(func(l *lock.Raw, x *cpu.Exec, f cpu.Flags) { l.UnlockIrqrestore(x, f) }, true)},
	{Name: "raw_spin_trylock", Args: "lock", Group: "locks", Doc: "Take the lock if it is free; returns whether it was.", min: -1, kinds: []ArgKind{KindLock},
		fn: onLock(func(l *lock.Raw, x *cpu.Exec) starlark.Value { return starlark.Bool(l.Trylock(x)) })},
	{Name: "raw_spin_lock_bh", Args: "lock", Group: "locks", Doc: "Keep softirqs from running and take the lock.", min: -1, kinds: []ArgKind{KindLock},
		fn: onLock(func(l *lock.Raw, x *cpu.Exec) starlark.Value { l.LockBH(x); return nil })},
	{Name: "raw_spin_unlock_bh", Args: "lock", Group: "locks", Doc: "Release the lock and let softirqs run.", min: -1, kinds: []ArgKind{KindLock},
		fn: onHeld(func(l *lock.Raw, x *cpu.Exec, _ cpu.Flags) { l.UnlockBH(x) }, false)},
	rawKind.nest("raw_spin_lock_nest_lock", "Take the lock under another lock that is held and makes nesting its class safe.", (*lock.Raw).LockNest),
}
