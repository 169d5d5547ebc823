// Package perf is the context locking of kernel/events/core.c: how perf finds
// the event context of a task, installs events in it while the task runs, is
// scheduled or exits, and lets go of it. docs/kernel/rcu-perf.md §5 is what it
// follows, §6 the lock graph that it makes.
//
// # Model
//
// A task points to its context with ctxp, which is published and loaded
// without a lock. A context knows its task, its events, and which CPU has it
// loaded; it belongs to the task (one reference), to each event (one more),
// and to whoever looked it up:
//
//	task.ctxp --> Context <-- Event.ctx
//	                 ^  |parent (of a clone, after fork)
//	                 |  v
//	  CPU.taskCtx ---+  Context of the parent task
//
// It is freed behind a grace period after the last reference went, so a
// pointer loaded inside a reader is good until the reader ends; that it is
// still the task's context is known only under its lock.
//
// Two tasks whose contexts are clones of each other exchange contexts at a
// context switch between them, in place of unloading one and loading the
// other. Pinning a context forbids that.
//
// # Locks
//
//	task->perf_event_mutex
//	ctx->mutex               the event list; the second one with subclass 1
//	  event->child_mutex
//
//	rq->lock                 a context switch
//	  cpuctx_lock
//	    ctx->lock            the list, the states, the clone relation
//	      ctx->lock/1        only in the exchange of clones
//
// ctx->lock is below rq->lock, so nothing that may wake a task may happen
// under it. perf_lock_task_context returns with it held, and has to end its
// reader before: whether that can be more than a decrement is what
// [LockMode] is about.
//
// # What is not here
//
// There is one context per task, no per-CPU events, groups, cgroups, software
// events, rotation, overflow or ring buffer: the PMU is imaginary, has room
// for everything and counts nothing. So waking the readers of an event finds
// nobody and is left out, and orphaned child events stay until their task
// exits. perf_sched_events, once turned on by the first event, stays on. That
// a task's memory is freed without a context left in it (P9) is not checked:
// tasks are not freed.
package perf
