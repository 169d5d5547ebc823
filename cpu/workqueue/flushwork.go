package workqueue

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// recursiveRead is how a running work holds its workqueue's map.
const recursiveRead = lockdep.ReadRecursive

// call is what somebody who waits has on the stack in the kernel. A task waits
// for one thing at a time, so it has one of its own, made at its first wait: an
// allocation that the kernel does not have.
type call struct {
	made    bool
	barrier barrier
	flusher flusher
}

// barrier is wq_barrier: a work of no colour that says when those in front of
// it are through.
type barrier struct {
	work Work
	done sched.Completion
}

// runner is the worker that is to run the barrier: the one among whose next
// works it is, from where it goes nowhere else.
func (b *barrier) runner() *cpu.Exec {
	if l := b.work.list; l != nil && l.of != nil {
		return &l.of.task.Exec
	}
	return nil
}

var (
	barrierKey     = lockdep.Key{Name: "(&barr->work)"}
	barrierDoneKey = lockdep.Key{Name: "&x->wait"}
	flusherDoneKey = lockdep.Key{Name: "&x->wait"}
)

// call returns x's own. It may be an allocation, so it comes before any lock.
func (ws *Workqueues) call(x *cpu.Exec) *call {
	c := ws.calls.Of(x)
	if !c.made {
		x.Kmalloc()
		c.made = true
		c.barrier.done.InitKey(ws.s, x.Comm+"'s barr.done", &barrierDoneKey)
		c.barrier.done.CompletedBy(c.barrier.runner)
		c.barrier.work.Init(ws, x.Comm+"'s barr.work", &barrierKey, func(y *cpu.Exec, _ *Work) { c.barrier.done.Complete(y) })
		c.flusher.done.InitKey(ws.s, x.Comm+"'s this_flusher.done", &flusherDoneKey)
		c.flusher.comm = x.Comm
	}
	return c
}

// Flush is flush_work(): wait until the work, as it was last queued, has run.
// It returns false if there was nothing to wait for. The validator is told
// whether or not there is: that the work's function takes a lock the caller
// holds shows in any case.
//
//kernel:fn flush_work kernel/workqueue.c
func (w *Work) Flush(x *cpu.Exec) bool {
	b := &w.ws.call(x).barrier
	x.MightLock(&w.dep, 0)
	if !w.startFlush(x, b) {
		return false
	}
	b.done.Wait(x)
	return true
}

// startFlush is start_flush_work(): put a barrier behind the work, in the list
// it is on or in front of what its worker is to do next. A workqueue that runs
// one work at a time, or whose rescuer may have to do them all, cannot get on
// when one of its own works waits here: for those the map is taken exclusively.
//
//kernel:fn start_flush_work kernel/workqueue.c
func (w *Work) startFlush(x *cpu.Exec, b *barrier) bool {
	sched.MightSleep(x)
	cpu.LocalIrqDisable(x)
	p := w.pool(x)
	if p == nil {
		cpu.LocalIrqEnable(x)
		return false
	}
	p.lock.Lock(x)
	q := w.pwq(x)
	var k *worker
	if q != nil {
		if q.pool != p { // queued elsewhere meanwhile, so it is through here
			p.lock.UnlockIrq(x)
			return false
		}
	} else {
		if k = p.executing(w); k == nil {
			p.lock.UnlockIrq(x)
			return false
		}
		q = k.pwq
	}
	q.insertBarrier(x, b, w, k)
	p.lock.UnlockIrq(x)
	how := recursiveRead
	if q.wq.max == 1 || q.wq.flags.ReadOnce(x)&MemReclaim != 0 {
		how = 0
	}
	x.MightLock(&q.wq.dep, how)
	return true
}

// insertBarrier is insert_wq_barrier(): behind target on its list, linked to
// it so that no other worker takes the one without the other, or, if worker k
// runs it, first of what k is to do next. It has no colour and does not count
// for max_active. pool->lock is held.
//
//kernel:fn insert_wq_barrier kernel/workqueue.c
func (p *pwq) insertBarrier(x *cpu.Exec, b *barrier, target *Work, k *worker) {
	b.work.data.Poke(word{flags: flagPending, pool: noPool})
	if k != nil {
		p.insertWork(x, &b.work, &k.scheduled, k.scheduled.head, 0, noColor)
		return
	}
	d := target.data.Peek()
	linked := d.flags & flagLinked
	d.flags |= flagLinked
	target.data.WriteOnce(x, d)
	if target.next != nil {
		p.insertWork(x, &b.work, target.list, target.next, linked, noColor)
	} else {
		p.insertWork(x, &b.work, target.list, nil, linked, noColor)
	}
}
