// Package lock has the locks of the machine whose waiters spin: [Raw] and
// [Spin], [RW], [Seqcount] and [Seqlock], [Local], for which nobody
// waits, and [Word], each bit of which can be a lock.
//
// # Model
//
// A raw lock is free, owned by a CPU, or owned and queued for. It is FIFO with
// reservation, as v4.4's queued spinlock is (docs/kernel/sched-irq-printk.md
// §4.1): a release hands it to the first in the queue, which from then on
// counts as its owner, even while it is still in an interrupt handler taken
// during its spin.
//
//	free --lock--> owned(c) --unlock, queue empty--> free
//	                 |  ^
//	       queued for|  | unlock: the first in line owns it, reserved
//	                 v  | until its spin ends
//	               owned(c), waiters
//
// With Machine.AnyWinner a release makes the lock free and every waiter
// tries again: whoever comes first wins, as with DEBUG_SPINLOCK's trylock
// loop. Ownership is per CPU, not per task: rq->lock changes its task in the
// middle of a context switch.
//
// A [RW] is the same with readers, who share it: whoever cannot have it now
// queues, but a reader in an interrupt passes writers that only wait, since it
// may have interrupted a reader. Readers of a [Seqcount] take nothing: they
// wait while its number is odd and read again when it has changed.
//
// Each kind is in the wait-for graph. A writer that waits for readers waits
// for all of them; one that waits in a queue waits for the first in it.
//
// # Order of a lock operation
//
// preempt_count up (interrupts off before that, if the variant says so); the
// validator's time; the lock operation, which another CPU may come before;
// the validator's judgement; then the lock is taken or queued for. A release
// is validated, given up, and only then interrupts are restored and
// preempt_count goes down, perhaps into the scheduler: a pending interrupt
// is taken while the count is still raised.
package lock
