// Package workqueue is kernel/workqueue.c: functions that are queued to run in
// a thread of the kernel, and the pools of threads that run them.
//
// # Model
//
// A work is queued on a workqueue, whose pool_workqueue (pwq) for that CPU
// leads to a pool of workers. Each CPU has two pools, normal and highpri; the
// unbound ones belong to no CPU. A pwq lets max_active of its works into the
// pool and keeps the others back:
//
//	queue_work --PENDING--> pwq --room--> pool.worklist --> a worker runs it
//	                         |  no room                        |
//	                         +--> pwq.delayed_works --room-----+ when one ends
//
// PENDING is set by who queues and cleared by the worker right before it runs
// the function, so that a work that runs can be queued again; the pool it last
// ran on stays written in it, and it is queued there again while it runs, so
// that it never runs beside itself.
//
// # Workers
//
// A pool of a CPU wants exactly one of its workers to be runnable: nr_running
// counts those that are. The scheduler tells when a worker sleeps or is woken
// (concurrency.go), and when the last one that runs goes to sleep while works
// wait, the first idle one is woken in its place, under rq->lock. A worker that
// finds work but no idle colleague behind it makes one first (manage_workers),
// so that there is always somebody to wake.
//
//	asleep, idle --woken--> takes works while nr_running <= 1 --> idle again
//	                          |                    ^
//	                          | no idle worker     |
//	                          +--> manage_workers -+
//
// # Lock order
//
//	wq->mutex, pool->manager_arb -> pool->attach_mutex
//	  pool->lock                 (with interrupts off; never two)
//	    tvec_base->lock          (mod_timer of the pool's timers)
//	    p->pi_lock -> rq->lock   (waking a worker)
//
// The hooks run under rq->lock and take no lock: they touch nr_running, look
// at whether the worklist is empty, and at the idle list of a pool of their own
// CPU, which only that CPU's contexts change.
//
// For the validator a work that runs holds the map of its workqueue, as a
// recursive reader, and its own; who waits for a work or a workqueue takes the
// map and lets it go (docs/kernel/sched-irq-printk.md §5, docs/kernel/lockdep.md §1.1).
package workqueue
