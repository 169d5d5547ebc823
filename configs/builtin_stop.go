package configs

import (
	"fmt"

	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/cpu/stop"
)

// ret calls a body's function for the kernel: a number it returns is what the
// kernel gets, and 0 is what it gets otherwise.
func (b *body) ret(x *cpu.Exec, fn starlark.Callable, args ...starlark.Value) int {
	v, _ := b.call(x, fn, args...)
	if n, ok := v.(starlark.Int); ok {
		if ret, err := starlark.AsInt32(n); err == nil {
			return ret
		}
	}
	return 0
}

// stopFn makes a stopper's function of a body's.
func (b *body) stopFn(fn starlark.Callable) stop.Fn {
	return func(x *cpu.Exec) int { return b.ret(x, fn) }
}

// onCPU makes a builtin's function of one that runs a function on the given
// CPU.
func onCPU(fn func(b *body, c int, fn stop.Fn) starlark.Value) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		c, err := a.cpu(0)
		if err != nil {
			return nil, err
		}
		f, err := a.function(1)
		if err != nil {
			return nil, err
		}
		return fn(b, c, b.stopFn(f)), nil
	}
}

// onCPUs makes a builtin's function of one that runs a function on the given
// CPUs, which are a list.
func onCPUs(fn func(st *stop.Stop, x *cpu.Exec, cpus []int, fn stop.Fn) int) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		cpus, err := a.cpus(0)
		if err != nil {
			return nil, err
		}
		if len(cpus) == 0 {
			return nil, fmt.Errorf("%s: no CPU is given", a.name)
		}
		f, err := a.function(1)
		if err != nil {
			return nil, err
		}
		return starlark.MakeInt(fn(b.m.Stop, b.x, cpus, b.stopFn(f))), nil
	}
}

var stopBuiltins = []Builtin{
	{Name: "stop_one_cpu", Args: "cpu, function", Group: "stoppers", Doc: "Run a function on a CPU before anything else there, and sleep until it has; returns what it returns.", min: -1, needs: partStop,
		fn: onCPU(func(b *body, c int, fn stop.Fn) starlark.Value { return starlark.MakeInt(b.m.Stop.OneCPU(b.x, c, fn)) })},
	{Name: "stop_one_cpu_nowait", Args: "cpu, function", Group: "stoppers", Doc: "The same in any context, without waiting.", min: -1, needs: partStop,
		fn: onCPU(func(b *body, c int, fn stop.Fn) starlark.Value {
			b.m.Stop.OneCPUNoWait(b.x, c, fn, new(stop.NoWait))
			return nil
		})},
	{Name: "stop_two_cpus", Args: "cpu1, cpu2, function", Group: "stoppers", Doc: "Run a function on the first of two CPUs while the other stands still, both with interrupts off.", min: -1, needs: partStop,
		fn: func(b *body, a args) (starlark.Value, error) {
			c1, err := a.cpu(0)
			if err != nil {
				return nil, err
			}
			c2, err := a.cpu(1)
			if err != nil {
				return nil, err
			}
			fn, err := a.function(2)
			if err != nil {
				return nil, err
			}
			return starlark.MakeInt(b.m.Stop.TwoCPUs(b.x, c1, c2, b.stopFn(fn))), nil
		}},
	{Name: "stop_cpus", Args: "cpus, function", Group: "stoppers", Doc: "Run a function on each CPU of a list before anything else there, and sleep until all have.", min: -1, needs: partStop,
		fn: onCPUs((*stop.Stop).CPUs)},
	{Name: "try_stop_cpus", Args: "cpus, function", Group: "stoppers", Doc: "The same, or -11 (EAGAIN) if somebody else is at it.", min: -1, needs: partStop,
		fn: onCPUs((*stop.Stop).TryCPUs)},
	{Name: "stop_machine", Args: "function, cpus", Group: "stoppers", Doc: "Run a function on the first CPU, or on each of a list, while every CPU stands still with interrupts off.", min: 1, needs: partStop,
		fn: func(b *body, a args) (starlark.Value, error) {
			fn, err := a.function(0)
			if err != nil {
				return nil, err
			}
			var cpus []int
			if len(a.tuple) > 1 {
				if cpus, err = a.cpus(1); err != nil {
					return nil, err
				}
			}
			return starlark.MakeInt(b.m.Stop.Machine(b.x, cpus, b.stopFn(fn))), nil
		}},
}
