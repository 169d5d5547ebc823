package configs

import (
	"fmt"

	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/sim"
)

func (a args) notHeld(name string) error {
	return fmt.Errorf("%s: %q is not held by this CPU", a.name, name)
}

// notHeldHere says so of the lock that the first argument names.
func (a args) notHeldHere() error {
	name, _ := starlark.AsString(a.tuple[0])
	return fmt.Errorf("%s: %q is not held here", a.name, name)
}

// plain makes a builtin's function of one without arguments and results.
func plain(fn func(b *body)) func(*body, args) (starlark.Value, error) {
	return func(b *body, _ args) (starlark.Value, error) {
		fn(b)
		return nil, nil
	}
}

// delay makes a builtin's function that lets time pass in the given unit.
func delay(unit sim.Time) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		n, err := a.number(0, 0)
		if err != nil {
			return nil, err
		}
		if n > int64(sim.Second/unit) {
			return nil, fmt.Errorf("%s: argument 1 is %d, more than a second", a.name, n)
		}
		b.x.Delay(sim.Time(n) * unit)
		return nil, nil
	}
}

// pauseNs is what a pause instruction takes.
const pauseNs = 15

var contextBuiltins = []Builtin{
	{Name: "preempt_disable", Group: "context", Doc: "Raise preempt_count.", min: -1, fn: plain(func(b *body) { cpu.PreemptDisable(b.x) })},
	{Name: "preempt_enable", Group: "context", Doc: "Lower preempt_count; at zero a wanted reschedule happens.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			if b.x.CPU().Count()&cpu.PreemptMask == 0 {
				return nil, fmt.Errorf("%s: preemption is not disabled", a.name)
			}
			cpu.PreemptEnable(b.x)
			return nil, nil
		}},
	{Name: "local_irq_disable", Group: "context", Doc: "Disable interrupts on this CPU.", min: -1, fn: plain(func(b *body) { cpu.LocalIrqDisable(b.x) })},
	{Name: "local_irq_enable", Group: "context", Doc: "Enable them.", min: -1, fn: plain(func(b *body) { cpu.LocalIrqEnable(b.x) })},
	{Name: "local_irq_save", Group: "context", Doc: "Disable interrupts; returns the flags.", min: -1,
		fn: func(b *body, _ args) (starlark.Value, error) { return starlark.Bool(cpu.LocalIrqSave(b.x)), nil }},
	{Name: "local_irq_restore", Args: "flags", Group: "context", Doc: "Restore what local_irq_save returned.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			f, err := a.flags(0)
			if err == nil {
				cpu.LocalIrqRestore(b.x, f)
			}
			return nil, err
		}},
	{Name: "local_bh_disable", Group: "context", Doc: "Keep softirqs from running on this CPU.", min: -1, fn: plain(func(b *body) { b.m.Softirq.LocalBHDisable(b.x) })},
	{Name: "local_bh_enable", Group: "context", Doc: "Let them run, pending ones now.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			if b.x.CPU().Count()&cpu.SoftirqMask < cpu.SoftirqDisableOffset {
				return nil, fmt.Errorf("%s: bottom halves are not disabled", a.name)
			}
			b.m.Softirq.LocalBHEnable(b.x)
			return nil, nil
		}},
	{Name: "smp_processor_id", Group: "context", Doc: "The CPU the task runs on now.", min: -1, pure: true,
		fn: func(b *body, _ args) (starlark.Value, error) { return starlark.MakeInt(b.x.CPU().ID), nil }},
	{Name: "udelay", Args: "us", Group: "context", Doc: "Spin for some microseconds, at most a second.", min: -1, fn: delay(sim.Microsecond)},
	{Name: "mdelay", Args: "ms", Group: "context", Doc: "Spin for some milliseconds.", min: -1, fn: delay(sim.Millisecond)},
	{Name: "cpu_relax", Group: "context", Doc: "Pause, in a loop that waits for another CPU.", min: -1, fn: plain(func(b *body) { b.x.Delay(pauseNs) })},
	{Name: "ndelay", Args: "ns", Group: "context", Doc: "Spin for some nanoseconds.", min: -1, fn: delay(sim.Nanosecond)},
}
