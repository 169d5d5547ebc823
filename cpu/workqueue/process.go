package workqueue

import (
	"fmt"

	"lockstep/cpu"
)

// processScheduled is process_scheduled_works().
//
//kernel:fn process_scheduled_works kernel/workqueue.c
func (k *worker) processScheduled(x *cpu.Exec) {
	for !k.scheduled.empty() {
		k.processOne(x, k.scheduled.head)
	}
}

// processOne is process_one_work(): pool->lock is held, and let go while the
// function runs. If w runs in this pool already, it is left to that worker.
//
//kernel:fn process_one_work kernel/workqueue.c
func (k *worker) processOne(x *cpu.Exec, w *Work) {
	p := k.pool
	p.lock.AssertHeld(x)
	d := w.data.Peek() // of a work on a list it changes under the lock only
	intensive := d.pwq.wq.flags.ReadOnce(x)&CPUIntensive != 0
	cpu.WarnOnce(x, p.cpu >= 0 && !p.disassociated.Peek() && x.CPU().ID != p.cpu, "kernel/workqueue.c", "process_one_work: raw_smp_processor_id() != pool->cpu")
	if other := p.executing(w); other != nil {
		moveLinked(x, w, &other.scheduled)
		return
	}
	p.busy = append(p.busy, k)
	k.current, k.pwq = w, d.pwq
	w.list.remove(x, w)
	if intensive {
		k.setFlags(x, workerCPUIntensive)
	}
	// Of unbound and CPU-intensive workers nobody counts, so the next one is
	// woken here, and always for a bound one that did not count so far.
	if p.needMoreWorker(x) {
		p.wakeUpWorker(x)
	}
	late := p.ws.m.Mutated("workqueue.pending-cleared-late")
	if !late {
		w.setPoolClearPending(x, p.id)
	}
	p.lock.UnlockIrq(x)
	k.run(x, w)
	if late {
		w.setPoolClearPending(x, p.id)
	}
	p.ws.s.CondResched(x)
	p.lock.LockIrq(x)
	if intensive {
		k.clearFlags(x, workerCPUIntensive)
	}
	p.busy = without(p.busy, k)
	k.current, k.pwq = nil, nil
	k.done++
	d.pwq.decInFlight(x, int(d.color))
}

// run calls the work's function, which may queue the work again, change it or
// free it: the map is a copy. For the validator the workqueue's map is a
// recursive reader's, since works of one workqueue may wait for one another,
// and the work's own is held exclusively. While it runs the thread is one that
// is expected to end what it does.
//
//kernel:fn process_one_work kernel/workqueue.c
func (k *worker) run(x *cpu.Exec, w *Work) {
	dep, wq := w.dep, k.pwq.wq
	x.MapLock(&wq.dep, recursiveRead)
	x.MapLock(&dep, 0)
	w.ran++
	k.task.Daemon = false
	w.fn(x, w)
	k.task.Daemon = true
	x.MapUnlock(&dep)
	x.MapUnlock(&wq.dep)
	if n := x.CPU().Count(); n != 0 || x.LD != nil && x.LD.Depth() > 0 {
		k.leaked(x, w, n)
	}
}

// leaked is the report on a function that kept a lock or left preempt_count
// raised.
//
//kernel:fn process_one_work kernel/workqueue.c
func (k *worker) leaked(x *cpu.Exec, w *Work, count uint32) {
	f := &cpu.Finding{
		Kind:  "warn",
		Title: fmt.Sprintf("BUG: workqueue leaked lock or atomic: %s/0x%08x/%d", x.Comm, count, x.PID),
		Text:  "     last function: " + w.name,
	}
	x.Record(f)
	k.pool.ws.m.Hooks.Printk(x, cpu.LevelErr, f.Title, 0)
	k.pool.ws.m.Hooks.Printk(x, cpu.LevelErr, f.Text, 0)
}

// activateDelayed is pwq_activate_delayed_work(): w may go into the pool.
//
//kernel:fn pwq_activate_delayed_work kernel/workqueue.c
func (p *pwq) activateDelayed(x *cpu.Exec, w *Work) {
	moveLinked(x, w, &p.pool.worklist)
	d := w.data.Peek()
	d.flags &^= flagDelayed
	w.data.WriteOnce(x, d)
	p.active++
}

// decInFlight is pwq_dec_nr_in_flight(): a work is through, or was taken off
// its list. The oldest that was kept back goes in its place, and if it was the
// last one of the colour that is flushed, and this pwq the last one with any,
// the flusher goes on. pool->lock is held.
//
//kernel:fn pwq_dec_nr_in_flight kernel/workqueue.c
func (p *pwq) decInFlight(x *cpu.Exec, color int) {
	defer p.put(x)
	if color == noColor {
		return
	}
	p.inFlight[color]--
	p.active--
	if !p.delayed.empty() && p.active < p.max {
		p.activateDelayed(x, p.delayed.head)
	}
	if p.flushColor != color || p.inFlight[color] != 0 {
		return
	}
	p.flushColor = -1
	if p.wq.toFlush.Update(x, decrement) == 1 {
		p.wq.first.ReadOnce(x).done.Complete(x)
	}
}
