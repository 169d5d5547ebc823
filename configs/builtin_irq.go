package configs

import (
	"fmt"

	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/cpu/softirq"
	"lockstep/irq"
)

// line returns argument i, an [[irq]] with a line.
func (a args) line(i int) (*line, error) {
	l, err := find(a, i, KindIRQ, a.b.m.lines)
	if err == nil && l.desc == nil {
		err = fmt.Errorf("%s: an nmi has no line", a.name)
	}
	return l, err
}

// onLine makes a builtin of a line and nothing else.
func onLine(name, doc string, fn func(l *line, x *cpu.Exec)) Builtin {
	return Builtin{
		Name: name, Args: "irq", Group: "interrupts", Doc: doc, min: -1, kinds: []ArgKind{KindIRQ},
		fn: func(b *body, a args) (starlark.Value, error) {
			l, err := a.line(0)
			if err == nil {
				fn(l, b.x)
			}
			return nil, err
		},
	}
}

// onTasklet makes a builtin of a tasklet and nothing else.
func onTasklet(name, doc string, fn func(t *softirq.TaskletWork, x *cpu.Exec)) Builtin {
	return Builtin{
		Name: name, Args: "tasklet", Group: "interrupts", Doc: doc, min: -1, kinds: []ArgKind{KindTasklet},
		fn: func(b *body, a args) (starlark.Value, error) {
			t, err := find(a, 0, KindTasklet, b.m.tasklets)
			if err == nil {
				fn(t, b.x)
			}
			return nil, err
		},
	}
}

// scheduleTasklet makes tasklet_schedule and tasklet_hi_schedule.
func scheduleTasklet(name string, hi bool, doc string) Builtin {
	bt := onTasklet(name, doc, nil)
	bt.fn = func(b *body, a args) (starlark.Value, error) {
		t, err := find(a, 0, KindTasklet, b.m.tasklets)
		if err != nil {
			return nil, err
		}
		if t.View().Hi != hi {
			return nil, fmt.Errorf("%s: the tasklet's hi is %t", a.name, !hi)
		}
		t.Schedule(b.x)
		return nil, nil
	}
	return bt
}

// raise makes a builtin that raises a softirq.
func raise(name, doc string, irqsOff bool, fn func(q *softirq.Softirq, x *cpu.Exec, n softirq.Nr)) Builtin {
	return Builtin{
		Name: name, Args: "softirq", Group: "interrupts", Doc: doc, min: -1, kinds: []ArgKind{KindSoftirq},
		fn: func(b *body, a args) (starlark.Value, error) {
			n, err := find(a, 0, KindSoftirq, softirqNumbers)
			if err != nil {
				return nil, err
			}
			if irqsOff && !cpu.IrqsDisabled(b.x) {
				return nil, fmt.Errorf("%s: interrupts are on", a.name)
			}
			fn(b.m.Softirq, b.x, n)
			return nil, nil
		},
	}
}

// softirqNumbers are all softirqs.
var softirqNumbers = func() map[string]softirq.Nr {
	m := map[string]softirq.Nr{}
	for i, name := range softirq.Names() {
		m[name] = softirq.Nr(i)
	}
	return m
}()

// tells makes a builtin that tells about this CPU's context.
func tells(name, doc string, fn func(c *cpu.CPU) starlark.Value) Builtin {
	return Builtin{
		Name: name, Group: "context", Doc: doc, min: -1, pure: true,
		fn: func(b *body, _ args) (starlark.Value, error) { return fn(b.x.CPU()), nil },
	}
}

var irqBuiltins = []Builtin{
	onLine("disable_irq", "Keep a line's handlers from running, and wait for those that run.", func(l *line, x *cpu.Exec) { l.desc.Disable(x) }),
	onLine("disable_irq_nosync", "The same without waiting.", func(l *line, x *cpu.Exec) { l.desc.DisableNosync(x) }),
	onLine("enable_irq", "Undo one disable_irq; an edge that came meanwhile is sent again.", func(l *line, x *cpu.Exec) { l.desc.Enable(x) }),
	onLine("synchronize_irq", "Wait until the line's handlers and threads that run now are through.", func(l *line, x *cpu.Exec) { l.desc.Synchronize(x) }),
	onLine("free_irq", "Take the handler off its line, and wait until it is through.", func(l *line, x *cpu.Exec) { l.action.Free(x) }),
	{Name: "irq_set_affinity", Args: "irq, cpu", Group: "interrupts", Doc: "Let a line's interrupts go to another CPU, from the next one on.", min: -1, kinds: []ArgKind{KindIRQ},
		fn: func(b *body, a args) (starlark.Value, error) {
			l, err := a.line(0)
			if err != nil {
				return nil, err
			}
			c, err := a.cpu(1)
			if err != nil {
				return nil, err
			}
			return nil, l.desc.SetAffinity(b.x, c)
		}},
	{Name: "readl", Args: "device", Group: "interrupts", Doc: "Read a device's status, which acknowledges its interrupts; returns how many there were since the last time.", min: -1, kinds: []ArgKind{KindDevice},
		fn: func(b *body, a args) (starlark.Value, error) {
			d, err := find(a, 0, KindDevice, b.m.devices)
			if err != nil {
				return nil, err
			}
			return starlark.MakeInt(d.Acknowledge(b.x)), nil
		}},
	raise("raise_softirq", "Let a softirq run on this CPU; outside of interrupts ksoftirqd is woken for it.", false, (*softirq.Softirq).Raise),
	raise("raise_softirq_irqoff", "The same with interrupts off.", true, (*softirq.Softirq).RaiseIrqoff),
	raise("__raise_softirq_irqoff", "Only mark it pending: the end of the next interrupt finds it.", true, (*softirq.Softirq).RaiseBit),
	scheduleTasklet("tasklet_schedule", false, "Let a tasklet run once on this CPU."),
	scheduleTasklet("tasklet_hi_schedule", true, "The same for one of HI_SOFTIRQ."),
	onTasklet("tasklet_disable", "Keep a tasklet from running, and wait if it runs.", (*softirq.TaskletWork).Disable),
	onTasklet("tasklet_disable_nosync", "The same without waiting.", (*softirq.TaskletWork).DisableNosync),
	onTasklet("tasklet_enable", "Undo one tasklet_disable.", (*softirq.TaskletWork).Enable),
	onTasklet("tasklet_kill", "Wait until a tasklet is neither scheduled nor running.", (*softirq.TaskletWork).Kill),
	tells("in_interrupt", "Whether this is hardirq, softirq or NMI context, or bottom halves are off.", func(c *cpu.CPU) starlark.Value { return starlark.Bool(c.InInterrupt()) }),
	tells("in_irq", "Whether this is hardirq context.", func(c *cpu.CPU) starlark.Value { return starlark.Bool(c.InIrq()) }),
	tells("in_softirq", "Whether this is softirq context, or bottom halves are off.", func(c *cpu.CPU) starlark.Value { return starlark.Bool(c.InSoftirq()) }),
	tells("in_serving_softirq", "Whether this is softirq context.", func(c *cpu.CPU) starlark.Value { return starlark.Bool(c.InServingSoftirq()) }),
	tells("in_nmi", "Whether this is an NMI.", func(c *cpu.CPU) starlark.Value { return starlark.Bool(c.InNMI()) }),
	tells("irqs_disabled", "Whether interrupts are off on this CPU.", func(c *cpu.CPU) starlark.Value { return starlark.Bool(c.IrqsDisabled()) }),
	tells("preempt_count", "This CPU's preempt_count.", func(c *cpu.CPU) starlark.Value { return starlark.MakeUint(uint(c.Count())) }),
}

// The constants of handlers are numbered as the interrupt code has them.
var irqReturns = map[string]irq.Return{"IRQ_NONE": irq.None, "IRQ_HANDLED": irq.Handled, "IRQ_WAKE_THREAD": irq.WakeThread}
