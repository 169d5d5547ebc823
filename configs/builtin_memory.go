package configs

import (
	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/sim"
)

// onVar makes a builtin's function of one that uses a shared variable and
// integer arguments behind it.
func onVar(n int, fn func(v *cpu.Var[int64], x *cpu.Exec, a []int64) starlark.Value) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		v, err := a.variable(0)
		if err != nil {
			return nil, err
		}
		nums := make([]int64, n)
		for i := range nums {
			if nums[i], err = a.number(i+1, -1<<63); err != nil {
				return nil, err
			}
		}
		return fn(v, b.x, nums), nil
	}
}

var memoryBuiltins = []Builtin{
	{Name: "READ_ONCE", Args: "var", Group: "memory", Doc: "Read a shared variable.", min: -1, kinds: []ArgKind{KindVar},
		fn: onVar(0, func(v *cpu.Var[int64], x *cpu.Exec, _ []int64) starlark.Value {
			return starlark.MakeInt64(v.ReadOnce(x))
		})},
	{Name: "WRITE_ONCE", Args: "var, value", Group: "memory", Doc: "Write it.", min: -1, kinds: []ArgKind{KindVar},
		fn: onVar(1, func(v *cpu.Var[int64], x *cpu.Exec, a []int64) starlark.Value { v.WriteOnce(x, a[0]); return nil })},
	{Name: "xchg", Args: "var, value", Group: "memory", Doc: "Exchange it atomically; returns the old value.", min: -1, kinds: []ArgKind{KindVar},
		fn: onVar(1, func(v *cpu.Var[int64], x *cpu.Exec, a []int64) starlark.Value {
			return starlark.MakeInt64(v.Xchg(x, a[0]))
		})},
	{Name: "cmpxchg", Args: "var, old, new", Group: "memory", Doc: "Store new if the value is old, atomically; returns what was there.", min: -1, kinds: []ArgKind{KindVar},
		fn: onVar(2, func(v *cpu.Var[int64], x *cpu.Exec, a []int64) starlark.Value {
			return starlark.MakeInt64(v.CmpXchg(x, a[0], a[1]))
		})},
	{Name: "atomic_add_return", Args: "var, n", Group: "memory", Doc: "Add to it atomically; returns the new value.", min: -1, kinds: []ArgKind{KindVar},
		fn: onVar(1, func(v *cpu.Var[int64], x *cpu.Exec, a []int64) starlark.Value {
			return starlark.MakeInt64(v.Update(x, func(n int64) int64 { return n + a[0] }) + a[0])
		})},
	{Name: "smp_mb", Group: "memory", Doc: "A full memory barrier.", min: -1,
		fn: plain(func(b *body) { b.x.Local(cpu.KindBarrier, sim.Time(b.m.CPU.Costs.Barrier)) })},
}
