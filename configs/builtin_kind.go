package configs

import (
	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
)

// lockKind makes the builtins of one kind of lock, the objects of which T
// points at.
type lockKind[T any] struct {
	kind  ArgKind
	group string
	of    func(m *Machine) map[string]T
}

// builtin makes one whose first argument is a lock of the kind.
func (k lockKind[T]) builtin(name, rest, doc string, fn func(b *body, a args, l T) (starlark.Value, error)) Builtin {
	of := k.of
	return Builtin{
		Name: name, Args: "lock" + rest, Group: k.group, Doc: doc, min: -1, kinds: []ArgKind{k.kind},
		fn: func(b *body, a args) (starlark.Value, error) {
			l, err := find(a, 0, k.kind, of(b.m))
			if err != nil {
				return nil, err
			}
			return fn(b, a, l)
		},
	}
}

// take makes one that takes the lock, or does something else that always may.
func (k lockKind[T]) take(name, doc string, fn func(l T, x *cpu.Exec)) Builtin {
	return k.builtin(name, "", doc, func(b *body, _ args, l T) (starlark.Value, error) {
		fn(l, b.x)
		return nil, nil
	})
}

// nested makes one that takes the lock with a lockdep subclass.
func (k lockKind[T]) nested(name, doc string, fn func(l T, x *cpu.Exec, sub int)) Builtin {
	return k.builtin(name, ", subclass", doc, func(b *body, a args, l T) (starlark.Value, error) {
		sub, err := a.subclass(1)
		if err == nil {
			fn(l, b.x, sub)
		}
		return nil, err
	})
}

// nest makes one that takes the lock under a nest lock.
func (k lockKind[T]) nest(name, doc string, fn func(l T, x *cpu.Exec, nest *lockdep.Map)) Builtin {
	bt := k.builtin(name, ", nest", doc, func(b *body, a args, l T) (starlark.Value, error) {
		if ctx, ok := a.tuple[1].(ctxValue); ok {
			fn(l, b.x, ctx.ctx.Dep())
			return nil, nil
		}
		dep, err := find(a, 1, KindAnyLock, b.m.deps)
		if err == nil {
			fn(l, b.x, dep(b.x))
		}
		return nil, err
	})
	bt.kinds = append(bt.kinds, KindAnyLock)
	return bt
}

// save makes one that returns the interrupt flags.
func (k lockKind[T]) save(name, doc string, fn func(l T, x *cpu.Exec) cpu.Flags) Builtin {
	return k.builtin(name, "", doc, func(b *body, _ args, l T) (starlark.Value, error) {
		return starlark.Bool(fn(l, b.x)), nil
	})
}

// try makes one that returns whether it got the lock.
func (k lockKind[T]) try(name, doc string, fn func(l T, x *cpu.Exec) bool) Builtin {
	return k.builtin(name, "", doc, func(b *body, _ args, l T) (starlark.Value, error) {
		return starlark.Bool(fn(l, b.x)), nil
	})
}

// free makes one that releases the lock, which must be held.
func (k lockKind[T]) free(name, doc string, held func(l T, x *cpu.Exec) bool, fn func(l T, x *cpu.Exec)) Builtin {
	return k.builtin(name, "", doc, func(b *body, a args, l T) (starlark.Value, error) {
		if !held(l, b.x) {
			return nil, a.notHeldHere()
		}
		fn(l, b.x)
		return nil, nil
	})
}

// restore makes one that releases the lock and restores the interrupt flags.
func (k lockKind[T]) restore(name, doc string, held func(l T, x *cpu.Exec) bool, fn func(l T, x *cpu.Exec, f cpu.Flags)) Builtin {
	return k.builtin(name, ", flags", doc, func(b *body, a args, l T) (starlark.Value, error) {
		f, err := a.flags(1)
		if err != nil {
			return nil, err
		}
		if !held(l, b.x) {
			return nil, a.notHeldHere()
		}
		fn(l, b.x, f)
		return nil, nil
	})
}
