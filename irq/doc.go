// Package irq is the interrupt hardware and what the kernel puts directly on
// it: local APICs and IO-APICs, interrupt delivery, IPIs, smp_call_function and
// irq_work, interrupt lines with their handlers, and devices that interrupt.
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
// What a machine does not use costs it nothing, not even the numbers of
// objects: IO-APICs, lines, devices and the lists of [Controller.InitCallMany]
// and [Controller.InitRemoteWork] are made by whoever wants them, before the
// machine runs.
//
// # Priority
//
// A raised task priority hides vectors of its class and below; v4.4 leaves it
// at zero. Hiding what the CPU is being interrupted for makes it take the
// spurious vector, which is in no register and is not acknowledged.
//
//	deliver highest IRR v  iff  v>>4 > PPR>>4,  PPR>>4 = max(TPR>>4, highest ISR>>4)
//
// # Lines
//
// A device pulls a [Wire]: the [Pin] of an IO-APIC or an [MSI]. A message
// travels to a local APIC, is taken as a vector, and vector_irq of that CPU
// says which descriptor it is for. The descriptor's flow handles it:
//
//	edge      lock, acknowledge, handlers; replayed if it came again meanwhile
//	level     lock, mask and acknowledge, handlers, unmask
//	fasteoi   lock, handlers, acknowledge: a line that is still asserted then
//	          comes again
//	percpu    acknowledge and handlers, no lock
//
// Handlers run without desc->lock and with INPROGRESS set, which makes the
// same line on another CPU leave PENDING and go. A handler may wake its
// action's thread; with Oneshot the line stays masked until the thread is
// done. A new affinity takes effect with the line's next interrupt, and the
// old vector is forgotten when one has come through the new.
//
// # Lock order
//
//	desc->lock -> vector_lock
//	desc->lock -> ioapic_lock
//	wait_for_threads -> pi_lock -> rq->lock
//
// Nothing is woken under desc->lock: handlers wake their threads while it is
// dropped, and request_irq() wakes a new thread behind it.
//
// # Waits
//
// A caller that waits for a call on another CPU, or for its call slot,
// spins with preemption off and interrupts on, so that it can serve calls
// itself. With interrupts off two such callers deadlock; that is a WARN in
// the kernel and a cycle for the wait-for graph.
package irq
