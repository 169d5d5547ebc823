// Package sched is the scheduler: tasks, per-CPU runqueues, __schedule,
// try_to_wake_up, and the sleeping primitives that stand on them.
//
// # Model
//
// A task owns a fiber. It is running (on_cpu), queued on one runqueue
// (on_rq), or asleep:
//
//	               wake_up_new_task
//	    new ----------------------------+
//	                                    v
//	asleep --ttwu: WAKING, enqueue--> queued --pick--> running
//	   ^                                ^                |  |
//	   |                                +---preempted----+  |
//	   +--- state != RUNNING, __schedule dequeues ----------+
//
// # Classes
//
// Who is next is asked of the classes stop, rt, fair and idle, in that order;
// a task's priority says which one is its own, and an rt_mutex can lend it a
// better one. A class picks, and may have to let go of rq->lock for it: then
// all are asked again. What it cannot do under the lock, moving real-time
// tasks between CPUs, is left as a balance callback for behind the unlock.
//
// Where the kernel's own code can be preempted is the preemption model's
// matter ([cpu.PreemptModel]). What must hold between any two operations is
// written down, and checked in the debug mode, in debug.go.
//
// # What to sleep on
//
// [WaitQueue], [Completion] and [Semaphore] hand over; [Mutex] and [WWMutex],
// [RWSem] and [RTMutex] only wake, so that whoever comes first has the lock,
// except readers of an RWSem, who are granted it together. A [PercpuRWSem] is an
// RWSem whose readers as a rule touch a counter of their CPU only; [BitWaits]
// are the queues of those who wait for a bit of any word. Each has an inner
// lock under which, but for the RTMutex, it wakes. Each is in the wait-for
// graph if it can be said who must act.
//
// # Threads of the kernel
//
// [Sched.NewKthread] makes a bare one that never ends; a [Kthread] can be
// stopped and parked. What the boot needs is made before the machine starts,
// asleep as kthread_create leaves it ([Sched.BootKthread]). A running machine
// asks kthreadd ([Sched.KthreadCreate]), which is made when it is first asked:
// until then it could only sleep, so a run that creates no threads does not pay
// for one more, and one that does cannot tell. It is the difference between a
// thread that first runs at boot and sleeps in its loop, and one that first
// runs now; its loop looks at the list behind setting its state either way.
//
// # Who gets which task
//
// Scheduling domains (SMT, MC, DIE, NUMA) are built from the machine's topology
// and shared by the CPUs they span. A wake-up goes to this CPU or where the task
// ran, and there to an idle CPU of the same cache; a new task to the idlest CPU
// of the widest domain. After that CPUs pull: each tick that is due raises
// SCHED_SOFTIRQ, a CPU about to idle looks too, one that ticks kicks a CPU whose
// tick is stopped to balance for all of those, and where only the running task
// could go its stopper pushes it. A task between two runqueues is on neither,
// which on_rq says; the two locks are never held together
// (docs/kernel/sched-irq-printk.md §1.16 to §1.18).
//
// A CPU that is taken down leaves the active mask and the domains first; then its
// threads park, and while all CPUs stand still it gives its tasks away. Packages
// with something of a CPU's own register with [Sched.OnCPU].
//
// # Lock order
//
//	wait queue, completion, semaphore, mutex, rwsem and rt_mutex inner locks
//	  p->pi_lock
//	    rq->lock            (two: lower CPU first, the second with subclass 1)
//
// try_to_wake_up holds pi_lock with interrupts off while it spins for a
// remote CPU to finish switching the task out; whatever that CPU does
// between dequeueing the task and clearing on_cpu must therefore never need
// the waker. The physical owner of rq->lock is a CPU: it changes its task in
// the middle of a context switch. The validator's view is per task, so the
// switch releases the lock for it early and acquires it late
// (docs/kernel/sched-irq-printk.md §1.7).
package sched
