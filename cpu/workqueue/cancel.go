package workqueue

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// grabbed is what try_to_grab_pending() returns.
type grabbed int

const (
	grabIdle      grabbed = iota // it was not pending: PENDING is the caller's now
	grabPending                  // it was, and was taken back: likewise
	grabAgain                    // -EAGAIN: it is on its way to a list, try again
	grabCanceling                // -ENOENT: somebody else is cancelling it
)

// grabPending is try_to_grab_pending(): get hold of PENDING, taking the work
// off its timer or its list. If it did, interrupts are off: nobody who waits
// for the bit with interrupts off waits for a task that sleeps. d is the
// delayed work that w is, nil for another.
//
//kernel:fn try_to_grab_pending kernel/workqueue.c
func (w *Work) grabPending(x *cpu.Exec, d *DelayedWork) (grabbed, cpu.Flags) {
	f := cpu.LocalIrqSave(x)
	if d != nil {
		if w.ws.tm.Del(x, &d.timer) {
			return grabPending, f
		}
	}
	if !w.testAndSetPending(x) {
		return grabIdle, f
	}
	if p := w.pool(x); p != nil {
		p.lock.Lock(x)
		if q := w.pwq(x); q != nil && q.pool == p {
			w.steal(x, q)
			p.lock.Unlock(x)
			return grabPending, f
		}
		p.lock.Unlock(x)
	}
	cpu.LocalIrqRestore(x, f)
	if w.canceling(x) {
		return grabCanceling, f
	}
	x.Delay(w.ws.m.Costs.LineMiss) // cpu_relax
	return grabAgain, f
}

// steal takes a work off the list of a pool whose lock is held. One that is
// kept back is let into the pool first: barriers may be linked behind it, which
// do not count there and could wait for ever. Off its list it keeps PENDING and
// points to the pool.
//
//kernel:fn try_to_grab_pending kernel/workqueue.c
func (w *Work) steal(x *cpu.Exec, q *pwq) {
	d := w.data.Peek()
	if d.flags&flagDelayed != 0 {
		q.activateDelayed(x, w)
	}
	w.list.remove(x, w)
	q.decInFlight(x, int(d.color))
	w.setPoolKeepPending(x, q.pool.id)
}

// CancelSync is cancel_work_sync(): afterwards the work is neither pending nor
// running, unless somebody queues it anew. It returns whether it was pending.
//
//kernel:fn cancel_work_sync kernel/workqueue.c
func (w *Work) CancelSync(x *cpu.Exec) bool { return w.cancelSync(x, nil) }

// CancelSync is cancel_delayed_work_sync().
//
//kernel:fn cancel_delayed_work_sync kernel/workqueue.c
func (d *DelayedWork) CancelSync(x *cpu.Exec) bool { return d.Work.cancelSync(x, d) }

// cancelSync is __cancel_work_timer(). While it waits for the function to end
// it keeps PENDING, so that nobody can queue the work; other cancellers sleep
// until it is through.
//
//kernel:fn __cancel_work_timer kernel/workqueue.c
func (w *Work) cancelSync(x *cpu.Exec, d *DelayedWork) bool {
	ws := w.ws
	ws.call(x) // flush_work() below needs it, and must not find the work in between
	got, f := w.grabPending(x, d)
	for got >= grabAgain {
		if got == grabCanceling {
			w.awaitCanceler(x)
		}
		got, f = w.grabPending(x, d)
	}
	w.markCanceling(x)
	cpu.LocalIrqRestore(x, f)
	w.Flush(x)
	w.clearData(x)
	x.Spend(ws.m.Costs.Barrier)
	if ws.cancelq.Active(x) {
		ws.cancelq.WakeUpKey(x, sched.Normal, 1, w)
	}
	return got == grabPending
}

// awaitCanceler sleeps while another task cancels the work.
//
//kernel:fn __cancel_work_timer kernel/workqueue.c
func (w *Work) awaitCanceler(x *cpu.Exec) {
	ws := w.ws
	e := &sched.WaitEntry{Task: ws.s.Task(x), Key: w}
	ws.cancelq.PrepareToWaitExclusive(x, e, sched.Uninterruptible)
	if w.canceling(x) {
		ws.s.SleepFor(x, cpu.WaitQueue, &ws.cancelq)
	}
	ws.cancelq.FinishWait(x, e)
}

// Cancel is cancel_delayed_work(): take it off its timer or list, without
// waiting for the function. It returns whether it was pending; false may also
// mean that it is running.
//
//kernel:fn cancel_delayed_work kernel/workqueue.c
func (d *DelayedWork) Cancel(x *cpu.Exec) bool {
	w := &d.Work
	got, f := w.grabPending(x, d)
	for got == grabAgain {
		got, f = w.grabPending(x, d)
	}
	if got == grabCanceling {
		return false
	}
	w.setPoolClearPending(x, w.poolID(x))
	cpu.LocalIrqRestore(x, f)
	return got == grabPending
}
