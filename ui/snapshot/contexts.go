package snapshot

import (
	"lockstep/cpu"
	"lockstep/cpu/softirq"
	"lockstep/irq"
)

// Kernel functions that a context begins or ends with.
const (
	fnInterrupt  = "common_interrupt"     // an interrupt gate, from entry to iret
	fnDoIRQ      = "do_IRQ"               // that of a device
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
	"smp_call_function_interrupt":        irq.CallFunction,
	"smp_call_function_single_interrupt": irq.CallFunctionSingle,
	"smp_reschedule_interrupt":           irq.Reschedule,
	"smp_irq_move_cleanup_interrupt":     irq.MoveCleanup,
	"smp_spurious_interrupt":             irq.Spurious,
}

// actions are the functions of softirqs.
var actions = map[string]softirq.Nr{
	"run_timer_softirq":     softirq.Timer,
	"net_rx_action":         softirq.NetRX,
	"tasklet_action":        softirq.Tasklet,
	"run_rebalance_domains": softirq.Sched,
	"rcu_process_callbacks": softirq.RCU,
}

// parts are functions further in, which say what an interrupt turned out to be
// for: the local timer is one for all high-resolution timers, an NMI for
// whoever is asked.
var parts = map[string]string{
	"hrtimer_interrupt":          "hrtimers",
	"tick_periodic":              "timer tick",
	"tick_sched_timer":           "timer tick",
	"tick_nohz_handler":          "timer tick",
	"watchdog_timer_fn":          "watchdog timer",
	"watchdog_overflow_callback": "NMI watchdog",
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
		switch v, ok := handlers[f.Func]; {
		case top.Kind != kindHardirq && top.Kind != kindNMI:
		case ok && top.Kind == kindHardirq:
			top.Name = v.Purpose()
		case f.Func == fnDoIRQ && top.Kind == kindHardirq:
			top.Name = t.lineName(c.ID)
		case parts[f.Func] != "":
			top.Name = parts[f.Func]
		}
		if n, ok := actions[f.Func]; ok && top.Kind == kindSoftirq {
			top.Name = n.String()
		}
	}
	return t.nameless(c, out)
}

// lineName is the interrupt line that a CPU is at, "irq 4 ttyS0": the one that
// is handled, before that the vector's in service.
func (t *Taker) lineName(c int) string {
	if d := t.m.IRQ.Serving(c); d != nil {
		return t.names.line(d)
	}
	t.m.IRQ.ViewInto(c, &t.irq)
	if len(t.irq.ISR) > 0 {
		return t.purpose(c, t.irq.ISR[0])
	}
	return "return"
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
				x.Name = t.purpose(c.ID, t.irq.ISR[0])
			}
		}
	}
	return out
}

// purpose is what a vector is for, on a CPU where it may be a line's.
func (t *Taker) purpose(c int, v irq.Vector) string {
	if d := t.m.IRQ.LineOf(c, v); d != nil {
		return t.names.line(d)
	}
	return v.Purpose()
}
