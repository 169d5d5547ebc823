package snapshot

import (
	"lockstep/cpu"
	"lockstep/cpu/softirq"
	"lockstep/irq"
)

// Kernel functions that a context begins or ends with.
const (
	fnInterrupt  = "common_interrupt"     // an interrupt gate, from entry to iret
	fnNMI        = "do_nmi"               // an NMI
	fnSoftirq    = "__do_softirq"         // softirqs, on whatever stack
	fnPreemptIrq = "preempt_schedule_irq" // behind an interrupt the task is preempted
)

// Kinds of contexts.
const (
	kindTask    = "task"
	kindSoftirq = "softirq"
	kindHardirq = "hardirq"
	kindNMI     = "NMI"
)

// handlers are the interrupts' handlers, which say what interrupt it is.
var handlers = map[string]irq.Vector{
	"smp_apic_timer_interrupt":           irq.LocalTimer,
	"smp_irq_work_interrupt":             irq.IrqWork,
	"smp_call_function_single_interrupt": irq.CallFunctionSingle,
	"smp_reschedule_interrupt":           irq.Reschedule,
}

// actions are the functions of softirqs.
var actions = map[string]softirq.Nr{
	"run_timer_softirq":     softirq.Timer,
	"rcu_process_callbacks": softirq.RCU,
}

// contexts tells from a CPU's stack which contexts are nested on it. They are
// entered and left by functions that stay on the stack meanwhile, so unlike
// preempt_count, which says the same in between, the stack also has the first
// and the last steps of an interrupt.
//
// Softirqs behind an interrupt run when that is over, and so does the task
// that is preempted by it: the interrupt's frames below them are what is left
// to do, not a context.
func (t *Taker) contexts(c *cpu.CPU, frames []Frame) []Context {
	out := make([]Context, 1, 4)
	out[0] = Context{Kind: kindTask, Name: t.names.of(c.Current())}
	for i := len(frames) - 1; i >= 0; i-- {
		f := &frames[i]
		if f.Body {
			continue
		}
		top := &out[len(out)-1]
		switch f.Func {
		case fnInterrupt:
			out = append(out, Context{Kind: kindHardirq})
		case fnNMI:
			out = append(out, Context{Kind: kindNMI, Name: "NMI"})
		case fnSoftirq:
			if top.Kind == kindHardirq {
				out = out[:len(out)-1]
			}
			out = append(out, Context{Kind: kindSoftirq})
		case fnPreemptIrq:
			if top.Kind == kindHardirq {
				out = out[:len(out)-1]
			}
		}
		top = &out[len(out)-1]
		top.Func = f.Func
		if v, ok := handlers[f.Func]; ok && top.Kind == kindHardirq {
			top.Name = v.Purpose()
		}
		if n, ok := actions[f.Func]; ok && top.Kind == kindSoftirq {
			top.Name = n.String()
		}
	}
	return t.nameless(c, out)
}

// nameless names an interrupt whose handler is not on the stack: before it has
// begun the vector is in service, behind it there is none.
func (t *Taker) nameless(c *cpu.CPU, out []Context) []Context {
	for i := range out {
		x := &out[i]
		switch {
		case x.Name != "":
		case x.Kind == kindSoftirq:
			x.Name = "softirqs"
		case x.Kind == kindHardirq:
			x.Name = "return"
			t.m.IRQ.ViewInto(c.ID, &t.irq)
			if i == len(out)-1 && len(t.irq.ISR) > 0 {
				x.Name = t.irq.ISR[0].Purpose()
			}
		}
	}
	return out
}
