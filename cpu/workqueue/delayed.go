package workqueue

import "lockstep/cpu"

// QueueDelayedWorkOn is queue_delayed_work_on(): queue d for CPU c when so many
// jiffies have passed. It returns false if d is pending already.
//
//kernel:fn queue_delayed_work_on kernel/workqueue.c
func (q *Workqueue) QueueDelayedWorkOn(x *cpu.Exec, c int, d *DelayedWork, delay uint64) bool {
	f := cpu.LocalIrqSave(x)
	queued := !d.Work.testAndSetPending(x)
	if queued {
		q.queueDelayed(x, c, d, delay)
	}
	cpu.LocalIrqRestore(x, f)
	return queued
}

// QueueDelayedWork is queue_delayed_work().
//
//kernel:fn queue_delayed_work include/linux/workqueue.h
func (q *Workqueue) QueueDelayedWork(x *cpu.Exec, d *DelayedWork, delay uint64) bool {
	return q.QueueDelayedWorkOn(x, AnyCPU, d, delay)
}

// queueDelayed is __queue_delayed_work(): interrupts are off and the caller
// has set PENDING. In v4.4.0 a work for any CPU is one for this CPU, and the
// timer is that CPU's, on which it then queues the work.
//
//kernel:fn __queue_delayed_work kernel/workqueue.c
func (q *Workqueue) queueDelayed(x *cpu.Exec, c int, d *DelayedWork, delay uint64) {
	cpu.WarnOnce(x, d.Work.list != nil, "kernel/workqueue.c", "__queue_delayed_work: !list_empty(&work->entry)")
	if delay == 0 {
		q.queueWork(x, c, &d.Work)
		return
	}
	if c == AnyCPU {
		c = x.CPU().ID
	}
	d.wq, d.cpu = q, c
	q.ws.tm.AddOn(x, &d.timer, q.ws.m.Jiffies.ReadOnce(x)+delay, c)
}

// delayedTimer is delayed_work_timer_fn(). Its timer is irqsafe: it runs with
// interrupts off, and so nothing comes between the expiry and the queueing on
// this CPU, for which a canceller with interrupts off may wait.
//
//kernel:fn delayed_work_timer_fn kernel/workqueue.c
func (ws *Workqueues) delayedTimer(x *cpu.Exec, d *DelayedWork) {
	d.wq.queueWork(x, d.cpu, &d.Work)
}

// ModDelayedWorkOn is mod_delayed_work_on(): queue d with this delay, whether
// or not it is queued with another. It returns whether it was. It may be called
// in any context.
//
//kernel:fn mod_delayed_work_on kernel/workqueue.c
func (q *Workqueue) ModDelayedWorkOn(x *cpu.Exec, c int, d *DelayedWork, delay uint64) bool {
	for {
		got, f := d.Work.grabPending(x, d)
		if got == grabAgain {
			continue
		}
		if got != grabCanceling {
			q.queueDelayed(x, c, d, delay)
			cpu.LocalIrqRestore(x, f)
		}
		// As in v4.4 an error of somebody who cancels counts as true.
		return got != grabIdle
	}
}

// ModDelayedWork is mod_delayed_work().
//
//kernel:fn mod_delayed_work include/linux/workqueue.h
func (q *Workqueue) ModDelayedWork(x *cpu.Exec, d *DelayedWork, delay uint64) bool {
	return q.ModDelayedWorkOn(x, AnyCPU, d, delay)
}

// Flush is flush_delayed_work(): queue it now if its timer is pending, and wait
// for it.
//
//kernel:fn flush_delayed_work kernel/workqueue.c
func (d *DelayedWork) Flush(x *cpu.Exec) bool {
	ws := d.Work.ws
	cpu.LocalIrqDisable(x)
	if ws.tm.DelSync(x, &d.timer) {
		d.wq.queueWork(x, d.cpu, &d.Work)
	}
	cpu.LocalIrqEnable(x)
	return d.Work.Flush(x)
}
