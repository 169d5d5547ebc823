// Package rcu is tree RCU of Linux v4.4: readers that take no lock, grace
// periods that wait for them, expedited grace periods that ask by interrupt,
// callbacks, and the stall detector (docs/kernel/rcu-perf.md §1-4).
//
// # Model
//
// A reader is a count in its task. It ends without a word unless somebody has
// left a wish in the task's special word: the tick (a normal quiescent
// state), the expedited interrupt (an expedited one), or the task itself,
// which was preempted and now stands on a list.
//
//	outside --lock--> reader(1) --unlock--> closing --special--> outside
//	                   |   ^                 (nesting INT_MIN: an interrupt
//	         preempted v   | runs again       sees that the reader is over)
//	                  blocked, on the leaf's list until its unlock
//
// A grace period is a bit per CPU in the leaves of a tree. A CPU that passes
// a quiescent state clears its bit; whoever clears a node's last one clears
// the node's in its parent, and at the root somebody is woken: the
// grace-period kthread, or the task that waits for the expedited one. Both
// kinds have masks and task pointers of their own on the same nodes. What
// blocks one is always a tail of the list of preempted readers.
//
//	kthread: wait for INIT -> gpnum++, masks down the tree -> force quiescent
//	states until root.qsmask is 0 and no task blocks -> completed, up the nodes
//
// # Lock order
//
//	exp_funnel_mutex of a CPU -> of its leaf -> ... -> of the root
//	fqslock of a leaf -> ... -> of the root -> root lock
//	leaf lock -> root lock          only in startFutureGP and initNew
//
// Elsewhere one node's lock is held at a time, with interrupts off, and no
// wake-up happens under any: rq->lock holders may end readers. Boot's
// SpawnGPKthreads is the exception, and it is the kernel's.
//
// # What is here and what not
//
// Only rcu_preempt is booted. A [State] is one flavour and every function
// takes it, so rcu_sched and rcu_bh can join; their parts of the hooks
// (rcu_sched_qs, rcu_bh_qs) are left out, as are boosting, callback
// offloading, CPUs that go away, signals, and callbacks that only free.
//
// # Conventions
//
// Fields under a node's lock are plain, or a cpu.Var if somebody also looks
// without it. A CPU's own fields are plain; with interrupts on, changing one
// that an interrupt may look at is announced first (RCU.local).
package rcu
