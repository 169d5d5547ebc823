// Package softirq is kernel/softirq.c: entering and leaving hardware
// interrupts, and the softirqs that run when the outermost one is left.
//
// # Model
//
// Each CPU has a mask of pending softirqs. irq_exit of the outermost
// interrupt runs them on the interrupted stack, with interrupts enabled and
// SOFTIRQ_OFFSET in preempt_count, so that any interrupt may nest on top but
// no softirq on a softirq. A pass takes the whole mask and serves it from low
// to high; after ten passes, 2 ms or a wish to reschedule, ksoftirqd gets the
// rest.
//
//	task -> hardirq -> irq_exit -> __do_softirq (irqs on) -> hardirq -> ...
//
// A tasklet is a function that runs once for any number of requests, on the CPU
// that made the first, and on one CPU at a time:
//
//	idle --schedule--> SCHED --softirq--> RUN --> idle
//	                     ^                 |
//	                     +----schedule-----+   SCHED is cleared before the function
//
// One that is disabled, or runs elsewhere, goes back on its CPU's list and is
// looked at again in the next pass. Its lists are the CPU's own, with interrupts
// off, so there is no lock here.
//
// raise_softirq outside any interrupt wakes ksoftirqd: it takes pi_lock and
// rq->lock, which is why it cannot be used under them
// (docs/kernel/sched-irq-printk.md §2.2, §2.3).
package softirq
