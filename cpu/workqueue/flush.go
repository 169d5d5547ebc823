package workqueue

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// flusher is wq_flusher: one call of flush_workqueue().
type flusher struct {
	color int
	done  sched.Completion
	comm  string // for views
}

// nextColor is work_next_color().
//
//kernel:fn work_next_color kernel/workqueue.c
func nextColor(c int) int { return (c + 1) % nrColors }

// Flush is flush_workqueue(): wait until every work that is queued now has
// run. Each flush takes the colour that works are given now and has the later
// ones given the next; a colour is done when no pwq has works of it in flight.
// The first flusher waits for the oldest colour and, when that is done, hands
// on to the next.
//
//kernel:fn flush_workqueue kernel/workqueue.c
func (q *Workqueue) Flush(x *cpu.Exec) {
	f := &q.ws.call(x).flusher
	f.color = -1
	f.done.Reinit() // one that had nothing to wait for may have been completed
	x.MightLock(&q.dep, 0)
	q.mutex.Lock(x)
	if !q.enlist(x, f) {
		q.mutex.Unlock(x)
		return
	}
	q.mutex.Unlock(x)
	f.done.Wait(x)
	// The rest is the first flusher's. Who is not it was told by it, behind
	// which nobody looks at f any more.
	if q.first.ReadOnce(x) != f {
		return
	}
	q.mutex.Lock(x)
	if q.first.Peek() == f {
		q.first.WriteOnce(x, nil)
		cpu.WarnOnce(x, q.flushColor != f.color, "kernel/workqueue.c", "flush_workqueue: wq->flush_color != this_flusher.flush_color")
		q.cascade(x)
	}
	q.mutex.Unlock(x)
}

// enlist gives f a colour and a place among those who flush, and returns
// whether there is anything to wait for. wq->mutex is held.
//
//kernel:fn flush_workqueue kernel/workqueue.c
func (q *Workqueue) enlist(x *cpu.Exec, f *flusher) bool {
	next := nextColor(q.workColor)
	if next == q.flushColor { // no colour is free: wait for one
		q.overflow = append(q.overflow, f)
		return true
	}
	cpu.WarnOnce(x, len(q.overflow) > 0, "kernel/workqueue.c", "flush_workqueue: !list_empty(&wq->flusher_overflow)")
	f.color = q.workColor
	q.workColor = next
	if q.first.Peek() != nil {
		cpu.WarnOnce(x, q.flushColor == f.color, "kernel/workqueue.c", "flush_workqueue: wq->flush_color == this_flusher.flush_color")
		q.queue = append(q.queue, f)
		q.prepPWQs(x, -1, q.workColor)
		return true
	}
	cpu.WarnOnce(x, q.flushColor != f.color, "kernel/workqueue.c", "flush_workqueue: wq->flush_color != this_flusher.flush_color")
	q.first.WriteOnce(x, f)
	if !q.prepPWQs(x, q.flushColor, q.workColor) {
		q.flushColor = next
		q.first.WriteOnce(x, nil)
		return false
	}
	return true
}

// prepPWQs is flush_workqueue_prep_pwqs(): have each pwq say when its works of
// the flushed colour are through, and give new works the new colour; -1 leaves
// either as it is. The count starts at one for this function itself, so that
// nobody completes the flusher before all pwqs are asked. It returns whether
// any pwq has such works. wq->mutex is held.
//
//kernel:fn flush_workqueue_prep_pwqs kernel/workqueue.c
func (q *Workqueue) prepPWQs(x *cpu.Exec, flushColor, workColor int) bool {
	wait := false
	if flushColor >= 0 {
		cpu.WarnOnce(x, q.toFlush.ReadOnce(x) != 0, "kernel/workqueue.c", "flush_workqueue_prep_pwqs: nr_pwqs_to_flush")
		q.toFlush.WriteOnce(x, 1)
	}
	for _, p := range q.pwqs {
		p.pool.lock.LockIrq(x)
		if flushColor >= 0 {
			cpu.WarnOnce(x, p.flushColor != -1, "kernel/workqueue.c", "flush_workqueue_prep_pwqs: pwq->flush_color != -1")
			if p.inFlight[flushColor] != 0 {
				p.flushColor = flushColor
				q.toFlush.Update(x, increment)
				wait = true
			}
		}
		if workColor >= 0 {
			cpu.WarnOnce(x, workColor != nextColor(p.workColor), "kernel/workqueue.c", "flush_workqueue_prep_pwqs: work_color != work_next_color(pwq->work_color)")
			p.workColor = workColor
		}
		p.pool.lock.UnlockIrq(x)
	}
	if flushColor >= 0 && q.toFlush.Update(x, decrement) == 1 {
		q.first.Peek().done.Complete(x)
	}
	return wait
}

// cascade is the rest of flush_workqueue(), of a first flusher whose colour is
// done: tell those who share it, give the colour free, and make the next one
// in the queue first. If nothing is left of that one's colour either, it goes
// on with the next. wq->mutex is held.
//
//kernel:fn flush_workqueue kernel/workqueue.c
func (q *Workqueue) cascade(x *cpu.Exec) {
	for {
		for len(q.queue) > 0 && q.queue[0].color == q.flushColor {
			next := q.queue[0]
			q.queue = q.queue[1:]
			next.done.Complete(x)
		}
		cpu.WarnOnce(x, len(q.overflow) > 0 && q.flushColor != nextColor(q.workColor), "kernel/workqueue.c", "flush_workqueue: flushers overflow with colours free")
		q.flushColor = nextColor(q.flushColor)
		if len(q.overflow) > 0 { // all of them share the colour that works have now
			for _, f := range q.overflow {
				f.color = q.workColor
			}
			q.workColor = nextColor(q.workColor)
			q.queue = append(q.queue, q.overflow...)
			q.overflow = nil
			q.prepPWQs(x, -1, q.workColor)
		}
		if len(q.queue) == 0 {
			cpu.WarnOnce(x, q.flushColor != q.workColor, "kernel/workqueue.c", "flush_workqueue: wq->flush_color != wq->work_color")
			return
		}
		next := q.queue[0]
		cpu.WarnOnce(x, q.flushColor == q.workColor || q.flushColor != next.color, "kernel/workqueue.c", "flush_workqueue: the next flusher has another colour")
		q.queue = q.queue[1:]
		q.first.WriteOnce(x, next)
		if q.prepPWQs(x, q.flushColor, -1) {
			return
		}
		q.first.WriteOnce(x, nil)
	}
}
