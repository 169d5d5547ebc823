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
// # Flavours
//
// A [State] is one flavour: rcu_preempt, rcu_sched and rcu_bh, each with its
// tree, its kthread and its lists of callbacks, and every function takes it.
// They differ in what a reader is and so in what a quiescent state is:
//
//	rcu_preempt  nesting counts         outside a reader, or queued at a switch
//	rcu_sched    preemption off         a context switch, idle, user mode
//	rcu_bh       bottom halves off      the end of a pass of softirqs, or a tick
//	                                    that lands outside of them
//
// All share the dyntick-idle counter of a CPU: idle is a quiescent state of
// every flavour, seen from outside and never interrupted for.
//
// # Oracles
//
// From outside, by when readers and updaters began: oracle.go. A callback
// that gets no grace period, a requester that nobody wakes: progress.go. What
// must hold of a node, a CPU or a task at any time: audit.go. The kernel's own
// are its WARNs, PROVE_RCU, and the stall detector. Mutations break a path so
// that each of them can be seen to notice.
//
// # Kinds of kernels, CPUs that come and go
//
// With RCU_BOOST a reader that was preempted and holds a grace period up is lent
// the priority of its leaf's thread rcub (boost.go, boostthread.go), and the
// callbacks of rcu_preempt run in rcuc (boostcb.go). With NOCB the callbacks of
// chosen CPUs go through lists of their own to rcuo threads (nocb.go,
// nocbthread.go). Both are docs/kernel/rcu-boost-nocb.md. A CPU that comes or goes
// only changes what the next grace period starts with (hotplug.go, gpinit.go);
// its callbacks are taken over by who takes it down (orphan.go).
//
//	orphan_lock -> nocb_wq -> pi_lock -> rq->lock   adopted by an offloaded CPU
//	node lock -> nocb_gp_wq -> pi_lock -> rq->lock  the end of a grace period
//	boost_mtx.wait_lock -> pi_lock -> rq->lock      never under a node's lock
//
// The second is the one wake-up under a node's lock that goes on after boot, and
// only kernels with NOCB have it.
//
// # What is not here
//
// Signals, and threads of rcuo that are made while the machine runs: every CPU
// is online at boot.
//
// # Conventions
//
// Fields under a node's lock are plain, or a cpu.Var if somebody also looks
// without it. A CPU's own fields are plain; with interrupts on, changing one
// that an interrupt may look at is announced first (RCU.local).
package rcu
