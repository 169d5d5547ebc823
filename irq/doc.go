// Package irq is the interrupt hardware and what the kernel puts directly on
// it: local APICs, interrupt delivery, IPIs, smp_call_function and irq_work.
//
// # Model
//
// An interrupt message sets a bit in its target's IRR; more of the same
// vector coalesce. A CPU with the interrupt flag set takes, at an operation
// boundary, the highest vector whose priority class (vector >> 4) is above
// that of the highest in service:
//
//	message --> IRR --taken, IF=0--> ISR, handler --EOI--> done
//
// The boundary calls [Controller.Interrupt] on the interrupted fiber's stack:
// entry, handler, irq_exit with softirqs, and, if the interrupted code could
// be preempted and the preempt word is zero, preempt_schedule_irq. All
// handlers of IPIs acknowledge early; since the flag stays off nothing nests
// until softirqs turn it on again (docs/kernel/sched-irq-printk.md §2.1).
//
// An IPI takes a time from its channel's latency, drawn from the sender's
// stream; a channel (source, target, vector) is FIFO, messages of different
// channels may overtake each other.
//
// # Waits
//
// A caller that waits for a call on another CPU, or for its call slot,
// spins with preemption off and interrupts on, so that it can serve calls
// itself. With interrupts off two such callers deadlock; that is a WARN in
// the kernel and a cycle for the wait-for graph.
package irq
