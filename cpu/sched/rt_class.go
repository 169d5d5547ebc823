package sched

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// rtClass is rt_sched_class: SCHED_FIFO and SCHED_RR.
type rtClass struct{ s *Sched }

func (rtClass) rank() int { return rankRT }

//kernel:fn enqueue_task_rt kernel/sched/rt.c
func (c rtClass) enqueue(x *cpu.Exec, rq *RQ, p *Task, flags enqueueFlags) {
	if flags&enqueueWakeup != 0 {
		p.rt.timeout = 0
	}
	p.link(rq)
	c.enqueueEntity(x, rq, p, flags&enqueueHead != 0)
	if rq.Curr.Peek() != p && !p.bound() {
		rq.rt.addPushable(x, p)
	}
}

//kernel:fn dequeue_task_rt kernel/sched/rt.c
func (c rtClass) dequeue(x *cpu.Exec, rq *RQ, p *Task, _ dequeueFlags) {
	c.updateCurr(x, rq)
	p.unlink(rq)
	c.dequeueEntity(x, rq, p)
	rq.rt.delPushable(x, p)
}

//kernel:fn yield_task_rt kernel/sched/rt.c
func (rtClass) yield(_ *cpu.Exec, rq *RQ) { rq.rt.requeue(rq.Curr.Peek(), false) }

// checkPreempt is check_preempt_curr_rt(). Of equals the one that cannot run
// elsewhere comes first, if the running one can.
//
//kernel:fn check_preempt_curr_rt kernel/sched/rt.c
func (c rtClass) checkPreempt(x *cpu.Exec, rq *RQ, p *Task, _ wakeFlags) {
	curr := rq.Curr.Peek()
	if p.prio < curr.prio {
		c.s.reschedCurr(x, rq)
		return
	}
	if p.prio == curr.prio && curr.ThreadInfo.ReadOnce(x)&cpu.TIFNeedResched == 0 {
		c.checkPreemptEqual(x, rq, p)
	}
}

//kernel:fn check_preempt_equal_prio kernel/sched/rt.c
func (c rtClass) checkPreemptEqual(x *cpu.Exec, rq *RQ, p *Task) {
	if curr := rq.Curr.Peek(); curr.bound() || !c.s.rto.cpupriFind(x, curr, nil) {
		return
	}
	if !p.bound() && c.s.rto.cpupriFind(x, p, nil) {
		return
	}
	rq.rt.requeue(p, true)
	c.s.reschedCurr(x, rq)
}

// pick is pick_next_task_rt(). If the CPU is about to run something of a lower
// priority than before, another CPU may have somebody for it, and the lock may
// be dropped to fetch him: a stopper may have been woken meanwhile.
//
//kernel:fn pick_next_task_rt kernel/sched/rt.c
func (c rtClass) pick(x *cpu.Exec, rq *RQ, prev *Task) *Task {
	r := &rq.rt
	if r.highest.Peek() > prev.prio { // need_pull_rt_task
		c.s.pullRTTask(x, rq)
		if rq.stop != nil && rq.stop.Queued() {
			return retryTask
		}
	}
	if prev.class.rank() == rankRT {
		c.updateCurr(x, rq)
	}
	if !r.queued {
		return nil
	}
	prev.class.putPrev(x, rq, prev)
	p := r.list(r.first())[0]
	p.se.execStart = rq.clock
	r.delPushable(x, p)
	if len(r.pushable) > 0 {
		rq.queueBalanceCallback(x, pushTasks)
	}
	return p
}

//kernel:fn put_prev_task_rt kernel/sched/rt.c
func (c rtClass) putPrev(x *cpu.Exec, rq *RQ, p *Task) {
	c.updateCurr(x, rq)
	if p.rt.onList && !p.bound() {
		rq.rt.addPushable(x, p)
	}
}

//kernel:fn set_curr_task_rt kernel/sched/rt.c
func (c rtClass) setCurr(x *cpu.Exec, rq *RQ) {
	p := rq.Curr.Peek()
	p.se.execStart = rq.clock
	rq.rt.delPushable(x, p)
}

// updateCurr is update_curr_rt(): charge the running task, and the CPU's
// real-time budget.
//
//kernel:fn update_curr_rt kernel/sched/rt.c
func (c rtClass) updateCurr(x *cpu.Exec, rq *RQ) {
	curr := rq.Curr.Peek()
	if curr.class.rank() != rankRT {
		return
	}
	d := rq.clock - curr.se.execStart
	if d <= 0 {
		return
	}
	curr.se.sumExec += int64(d)
	curr.se.execStart = rq.clock
	c.s.chargeRT(x, rq, d)
}

// rrTimeslice is RR_TIMESLICE, in jiffies: 100 ms.
func (s *Sched) rrTimeslice() int {
	return int(100 * sim.Millisecond / (sim.Second / sim.Time(s.m.HZ)))
}

// tick is task_tick_rt(): SCHED_FIFO has no slice; who has used up his of
// SCHED_RR goes behind his equals, if there are any.
//
//kernel:fn task_tick_rt kernel/sched/rt.c
func (c rtClass) tick(x *cpu.Exec, rq *RQ, p *Task) {
	c.updateCurr(x, rq)
	if p.policy != PolicyRR {
		return
	}
	if p.rt.timeSlice--; p.rt.timeSlice > 0 {
		return
	}
	p.rt.timeSlice = c.s.rrTimeslice()
	if len(rq.rt.list(p.prio)) > 1 {
		rq.rt.requeue(p, false)
		c.s.reschedCurr(x, rq)
	}
}

// selectRQ is select_task_rq_rt(): if the CPU runs a real-time task that keeps
// it, look for one that runs something of lower priority. The look at current
// takes no lock.
//
//kernel:fn select_task_rq_rt kernel/sched/rt.c
func (c rtClass) selectRQ(x *cpu.Exec, p *Task, prev int, why wakeReason) int {
	if why == balanceExec {
		return prev
	}
	c.s.m.Hooks.ReadLock(x)
	curr := c.s.rqs[prev].Curr.ReadOnce(x)
	if curr.prio < maxRTPrio && (curr.bound() || curr.prio <= p.prio) {
		if to := c.s.findLowestRQ(x, p); to >= 0 && p.prio < c.s.rqs[to].rt.highest.ReadOnce(x) {
			prev = to
		}
	}
	c.s.m.Hooks.ReadUnlock(x)
	return prev
}

func (rtClass) waking(*cpu.Exec, *Task) {}

// woken is task_woken_rt(): p was queued behind a real-time task that keeps
// the CPU, so it, or another, goes elsewhere. The lock may be dropped for that.
//
//kernel:fn task_woken_rt kernel/sched/rt.c
func (c rtClass) woken(x *cpu.Exec, rq *RQ, p *Task) {
	curr := rq.Curr.Peek()
	if curr != p && curr.ThreadInfo.ReadOnce(x)&cpu.TIFNeedResched == 0 && !p.bound() &&
		curr.prio < maxRTPrio && (curr.bound() || curr.prio <= p.prio) {
		c.s.pushRTTasks(x, rq)
	}
}

// switchedFrom is switched_from_rt(): with no real-time task left here another
// CPU may have one.
//
//kernel:fn switched_from_rt kernel/sched/rt.c
func (rtClass) switchedFrom(x *cpu.Exec, rq *RQ, p *Task) {
	if p.Queued() && rq.rt.nr == 0 {
		rq.queueBalanceCallback(x, pullTask)
	}
}

// switchedTo is switched_to_rt() as v4.4 has it on SMP: a task that became a
// real-time one preempts nobody by itself, a quirk kept.
//
//kernel:fn switched_to_rt kernel/sched/rt.c
func (rtClass) switchedTo(x *cpu.Exec, rq *RQ, p *Task) {
	if p.Queued() && rq.Curr.Peek() != p && !p.bound() && rq.rt.overload {
		rq.queueBalanceCallback(x, pushTasks)
	}
}

//kernel:fn prio_changed_rt kernel/sched/rt.c
func (c rtClass) prioChanged(x *cpu.Exec, rq *RQ, p *Task, old int) {
	switch {
	case !p.Queued():
	case rq.Curr.Peek() == p:
		if old < p.prio {
			rq.queueBalanceCallback(x, pullTask)
		}
		if p.prio > rq.rt.highest.Peek() {
			c.s.reschedCurr(x, rq)
		}
	case p.prio < rq.Curr.Peek().prio:
		c.s.reschedCurr(x, rq)
	}
}
