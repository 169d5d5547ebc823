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
// # What to sleep on
//
// [WaitQueue], [Completion] and [Semaphore] hand over; [Mutex] and [WWMutex],
// [RWSem] and [RTMutex] only wake, so that whoever comes first has the lock,
// except readers of an RWSem, who are granted it together. Each has an inner
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
