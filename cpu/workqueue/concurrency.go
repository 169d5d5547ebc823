package workqueue

import "lockstep/cpu"

// workerWakingUp is wq_worker_waking_up(), under the rq->lock of CPU c, on
// which t has just been queued: one more that runs. t sleeps until this moment,
// so its flags stand still but for what hot-plug of CPUs does to them, which
// the pool's flag tells before.
//
//kernel:fn wq_worker_waking_up kernel/workqueue.c
func (ws *Workqueues) workerWakingUp(x, t *cpu.Exec, c int) {
	k := ws.tasks.Of(t).worker
	k.pool.disassociated.ReadOnce(x)
	if k.flags&notRunning == 0 {
		cpu.WarnOnce(x, k.pool.cpu != c, "kernel/workqueue.c", "wq_worker_waking_up: worker->pool->cpu != cpu")
		k.pool.running.Update(x, increment)
	}
}

// workerSleeping is wq_worker_sleeping(), under rq->lock: x, which has left its
// runqueue, runs no more. If it was the last one and works wait, the first idle
// worker is to run in its place, which the scheduler sees to without leaving
// rq->lock. No pool->lock is needed for the idle list: it is one of this CPU,
// whose contexts alone change it, and none of them gets between here.
//
//kernel:fn wq_worker_sleeping kernel/workqueue.c
func (ws *Workqueues) workerSleeping(x *cpu.Exec) *cpu.Exec {
	k := ws.tasks.Of(x).worker
	if k.flags&notRunning != 0 {
		return nil
	}
	p := k.pool
	if cpu.WarnOnce(x, p.cpu != x.CPU().ID, "kernel/workqueue.c", "wq_worker_sleeping: pool->cpu != cpu") {
		return nil
	}
	if p.running.Update(x, decrement) != 1 || p.queued.ReadOnce(x) == 0 {
		return nil
	}
	next := p.firstIdle()
	if next == nil || ws.m.Mutated("workqueue.sleeper-wakes-nobody") {
		return nil
	}
	return &next.task.Exec
}

func increment(n int) int { return n + 1 }
func decrement(n int) int { return n - 1 }

// currentWorker is current_wq_worker(): the worker that x is, nil for any
// other task.
//
//kernel:fn current_wq_worker kernel/workqueue_internal.h
func (ws *Workqueues) currentWorker(x *cpu.Exec) *worker {
	if t := ws.tasks.Peek(x); t != nil && ws.s.Task(x).WQWorker {
		return t.worker
	}
	return nil
}
