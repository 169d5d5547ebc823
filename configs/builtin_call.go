package configs

import (
	"fmt"

	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/irq"
)

// callOthers makes a builtin's function of one that runs a function on other
// CPUs, with or without this one.
func callOthers(fn func(ic *irq.Controller, x *cpu.Exec, fn func(x *cpu.Exec), wait bool)) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		f, err := a.function(0)
		if err == nil {
			fn(b.m.IRQ, b.x, b.callback(f), bool(a.tuple[1].Truth()))
		}
		return nil, err
	}
}

// callback makes a function of the kernel's of a body's.
func (b *body) callback(fn starlark.Callable) func(x *cpu.Exec) {
	return func(x *cpu.Exec) { b.call(x, fn) }
}

var callBuiltins = []Builtin{
	{Name: "smp_call_function_single", Args: "cpu, function, wait", Group: "calls", Doc: "Run a function on another CPU in hardirq context, and wait for it if wait is true.", min: -1,
		fn: callOnCPU},
	{Name: "smp_call_function_single_async", Args: "cpu, csd, function", Group: "calls", Doc: "Run a function on a CPU, in any context, and wait for nothing but the csd's last call.", min: -1, kinds: []ArgKind{KindNone, KindCSD},
		fn: callAsync},
	{Name: "smp_call_function_many", Args: "cpus, function, wait", Group: "calls", Doc: "Run a function on every CPU of a list but this one; preemption must be off.", min: -1, needs: partCallMany,
		fn: func(b *body, a args) (starlark.Value, error) {
			cpus, err := a.cpus(0)
			if err != nil {
				return nil, err
			}
			fn, err := a.function(1)
			if err != nil {
				return nil, err
			}
			if b.x.CPU().Preemptible() {
				return nil, fmt.Errorf("%s: preemption is not disabled", a.name)
			}
			mask := make([]bool, len(b.m.CPU.CPUs))
			for _, c := range cpus {
				mask[c] = true
			}
			b.m.IRQ.CallFunctionMany(b.x, mask, b.callback(fn), bool(a.tuple[2].Truth()))
			return nil, nil
		}},
	{Name: "smp_call_function", Args: "function, wait", Group: "calls", Doc: "Run a function on all other CPUs.", min: -1, needs: partCallMany,
		fn: callOthers((*irq.Controller).CallFunction)},
	{Name: "on_each_cpu", Args: "function, wait", Group: "calls", Doc: "Run a function on all CPUs, on this one last.", min: -1, needs: partCallMany,
		fn: callOthers((*irq.Controller).OnEachCPU)},
	{Name: "smp_send_reschedule", Args: "cpu", Group: "calls", Doc: "Send a CPU the reschedule interrupt.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			c, err := a.cpu(0)
			if err == nil {
				b.m.IRQ.SendReschedule(b.x, c)
			}
			return nil, err
		}},
	{Name: "irq_work_queue", Args: "irq_work", Group: "calls", Doc: "Run an irq_work on this CPU as soon as interrupts are on, in any context; returns false if it is queued already.", min: -1, kinds: []ArgKind{KindIrqWork},
		fn: func(b *body, a args) (starlark.Value, error) {
			w, err := find(a, 0, KindIrqWork, b.m.irqWorks)
			if err != nil {
				return nil, err
			}
			return starlark.Bool(b.m.IRQ.QueueWork(b.x, w)), nil
		}},
	{Name: "irq_work_queue_on", Args: "irq_work, cpu", Group: "calls", Doc: "Run it on another CPU.", min: -1, kinds: []ArgKind{KindIrqWork}, needs: partRemoteWork,
		fn: func(b *body, a args) (starlark.Value, error) {
			w, err := find(a, 0, KindIrqWork, b.m.irqWorks)
			if err != nil {
				return nil, err
			}
			c, err := a.cpu(1)
			if err != nil {
				return nil, err
			}
			return starlark.Bool(b.m.IRQ.QueueWorkOn(b.x, w, c)), nil
		}},
	{Name: "irq_work_sync", Args: "irq_work", Group: "calls", Doc: "Spin until it is neither queued nor running.", min: -1, kinds: []ArgKind{KindIrqWork},
		fn: func(b *body, a args) (starlark.Value, error) {
			w, err := find(a, 0, KindIrqWork, b.m.irqWorks)
			if err == nil {
				b.m.IRQ.SyncWork(b.x, w)
			}
			return nil, err
		}},
}

func callOnCPU(b *body, a args) (starlark.Value, error) {
	c, err := a.number(0, 0)
	if err != nil {
		return nil, err
	}
	fn, err := a.function(1)
	if err != nil {
		return nil, err
	}
	return nil, a.called(c, b.m.IRQ.CallFunctionSingle(b.x, int(c), b.callback(fn), bool(a.tuple[2].Truth())))
}

func callAsync(b *body, a args) (starlark.Value, error) {
	c, err := a.number(0, 0)
	if err != nil {
		return nil, err
	}
	call, err := find(a, 1, KindCSD, b.m.csds)
	if err != nil {
		return nil, err
	}
	fn, err := a.function(2)
	if err != nil {
		return nil, err
	}
	return nil, a.called(c, b.m.IRQ.CallFunctionSingleAsync(b.x, int(c), call, b.callback(fn)))
}

// called says of a call that failed which CPU it was for.
func (a args) called(c int64, err error) error {
	if err != nil {
		return fmt.Errorf("%s: CPU %d: %w", a.name, c, err)
	}
	return nil
}
