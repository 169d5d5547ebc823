package workqueue

import "lockstep/cpu"

// QueueWorkOn is queue_work_on(): queue w for CPU c, or for the caller's with
// [AnyCPU]. It returns false, and does nothing, if w is pending already. It
// may be called in any context that may wake a task; not under rq->lock or
// pi_lock, which it takes inside the pool's.
//
//kernel:fn queue_work_on kernel/workqueue.c
func (q *Workqueue) QueueWorkOn(x *cpu.Exec, c int, w *Work) bool {
	f := cpu.LocalIrqSave(x)
	queued := !w.testAndSetPending(x)
	if queued {
		q.queueWork(x, c, w)
	}
	cpu.LocalIrqRestore(x, f)
	return queued
}

// QueueWork is queue_work().
//
//kernel:fn queue_work include/linux/workqueue.h
func (q *Workqueue) QueueWork(x *cpu.Exec, w *Work) bool { return q.QueueWorkOn(x, AnyCPU, w) }

// queueWork is __queue_work(): interrupts are off and the caller has set
// PENDING.
//
//kernel:fn __queue_work kernel/workqueue.c
func (q *Workqueue) queueWork(x *cpu.Exec, c int, w *Work) {
	cpu.WarnOnce(x, !cpu.IrqsDisabled(x), "kernel/workqueue.c", "__queue_work: !irqs_disabled()")
	if q.flags.ReadOnce(x)&draining != 0 && cpu.WarnOnce(x, !q.chained(x), "kernel/workqueue.c", "__queue_work: queued on a workqueue that is drained") {
		return // w stays pending for ever, as in v4.4
	}
	if c == AnyCPU {
		c = x.CPU().ID
	}
	p := q.lockPool(x, q.pwqFor(c), w)
	if cpu.Warn(x, w.list != nil, "kernel/workqueue.c", "__queue_work: !list_empty(&work->entry)") {
		p.pool.lock.Unlock(x)
		return
	}
	p.inFlight[p.workColor]++
	if p.active < p.max {
		p.active++
		p.insertWork(x, w, &p.pool.worklist, nil, 0, uint8(p.workColor))
	} else {
		p.insertWork(x, w, &p.delayed, nil, flagDelayed, uint8(p.workColor))
	}
	p.pool.lock.Unlock(x)
}

// lockPool locks the pool that w goes to. If w is running for the same
// workqueue in the pool where it last ran, it goes there again, whatever CPU
// was asked for, and so never runs twice at a time. The lock of that pool is
// let go before another's is taken: two are never held.
//
//kernel:fn __queue_work kernel/workqueue.c
func (q *Workqueue) lockPool(x *cpu.Exec, p *pwq, w *Work) *pwq {
	last := w.pool(x)
	if q.ws.m.Mutated("workqueue.ignores-last-pool") {
		last = nil
	}
	if last != nil && last != p.pool {
		last.lock.Lock(x)
		if k := last.executing(w); k != nil && k.pwq.wq == q {
			return k.pwq
		}
		last.lock.Unlock(x)
	}
	p.pool.lock.Lock(x)
	return p
}

// chained is is_chained_work(): a work of q queues.
//
//kernel:fn is_chained_work kernel/workqueue.c
func (q *Workqueue) chained(x *cpu.Exec) bool {
	k := q.ws.currentWorker(x)
	return k != nil && k.pwq != nil && k.pwq.wq == q
}

// insertWork is insert_work(): put w on a list in front of at, nil meaning at
// the end. The barrier lies between the list and nr_running; its counterpart is
// the worker that goes to sleep, which counts itself off first and then looks
// at the list: one of the two sees the other.
//
//kernel:fn insert_work kernel/workqueue.c
func (p *pwq) insertWork(x *cpu.Exec, w *Work, l *workList, at *Work, flags, color uint8) {
	pool := p.pool
	w.setPWQ(x, p, flags, color)
	l.insert(x, w, at)
	p.get(x)
	x.Spend(pool.ws.m.Costs.Barrier)
	if pool.nobodyRuns(x) {
		pool.wakeUpWorker(x)
	}
}
