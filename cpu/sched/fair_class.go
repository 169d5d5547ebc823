package sched

import "lockstep/cpu"

// fairClass is fair_sched_class: SCHED_NORMAL, SCHED_BATCH and SCHED_IDLE,
// over the queue of [cfsRQ] (docs/kernel/sched-irq-printk.md §1.16).
type fairClass struct{ s *Sched }

func (fairClass) rank() int { return rankFair }

//kernel:fn enqueue_task_fair kernel/sched/fair.c
func (c fairClass) enqueue(x *cpu.Exec, rq *RQ, p *Task, flags enqueueFlags) {
	rq.cfs.enqueue(rq, p, flags)
	p.link(rq)
	c.s.addNrRunning(x, rq, 1)
}

//kernel:fn dequeue_task_fair kernel/sched/fair.c
func (c fairClass) dequeue(x *cpu.Exec, rq *RQ, p *Task, flags dequeueFlags) {
	rq.cfs.dequeue(rq, p, flags)
	p.unlink(rq)
	c.s.addNrRunning(x, rq, -1)
}

// yield is yield_task_fair(): current stays where it is, but is passed over if
// that is not too unfair.
//
//kernel:fn yield_task_fair kernel/sched/fair.c
func (fairClass) yield(x *cpu.Exec, rq *RQ) {
	curr := rq.Curr.Peek()
	if rq.NrRunning.Peek() == 1 {
		return
	}
	rq.cfs.clearBuddies(curr)
	if curr.policy != PolicyBatch {
		rq.updateClock(x)
		rq.cfs.updateCurr(rq)
		rq.skipClock = clockSkipRequested
	}
	rq.cfs.skip = curr
}

// checkPreempt is check_preempt_wakeup(). Batch and idle tasks preempt nobody
// but, the former, idle ones: the tick sees to them.
//
//kernel:fn check_preempt_wakeup kernel/sched/fair.c
func (c fairClass) checkPreempt(x *cpu.Exec, rq *RQ, p *Task, wf wakeFlags) {
	cfs, curr := &rq.cfs, rq.Curr.Peek()
	busy := cfs.nr >= nrLatency
	if curr == p {
		return
	}
	marked := cfs.feat.has(NextBuddy) && busy && wf&wakeFork == 0
	if marked {
		cfs.setNextBuddy(p)
	}
	if curr.ThreadInfo.ReadOnce(x)&cpu.TIFNeedResched != 0 {
		return
	}
	if curr.policy != PolicyIdle || p.policy == PolicyIdle {
		if p.policy != PolicyNormal || !cfs.feat.has(WakeupPreemption) {
			return
		}
		cfs.updateCurr(rq)
		if cfs.preemptEntity(&curr.se, &p.se) != 1 {
			return
		}
		if !marked {
			cfs.setNextBuddy(p)
		}
	}
	c.s.reschedCurr(x, rq)
	if curr.se.onRQ && curr != rq.idle && cfs.feat.has(LastBuddy) && busy && curr.policy != PolicyIdle {
		cfs.last = curr
	}
}

// setNextBuddy is set_next_buddy(). SCHED_IDLE tasks are nobody's buddy.
//
//kernel:fn set_next_buddy kernel/sched/fair.c
func (c *cfsRQ) setNextBuddy(p *Task) {
	if p.policy != PolicyIdle {
		c.next = p
	}
}

// pick is pick_next_task_fair() without groups. With nothing to run it pulls
// from other CPUs first, letting go of the lock; what it pulled may be gone
// again when it has the lock back, so it looks anew.
//
//kernel:fn pick_next_task_fair kernel/sched/fair.c
func (c fairClass) pick(x *cpu.Exec, rq *RQ, prev *Task) *Task {
	for rq.cfs.nr == 0 {
		switch n := c.s.idleBalance(x, rq); {
		case n < 0:
			return retryTask
		case n == 0:
			return nil
		}
	}
	prev.class.putPrev(x, rq, prev)
	p := rq.cfs.pick()
	rq.cfs.setNext(rq, p)
	return p
}

//kernel:fn put_prev_task_fair kernel/sched/fair.c
func (fairClass) putPrev(_ *cpu.Exec, rq *RQ, p *Task) { rq.cfs.putPrev(rq, p) }

//kernel:fn set_curr_task_fair kernel/sched/fair.c
func (fairClass) setCurr(_ *cpu.Exec, rq *RQ) { rq.cfs.setNext(rq, rq.Curr.Peek()) }

// tick is task_tick_fair(): entity_tick().
//
//kernel:fn task_tick_fair kernel/sched/fair.c
func (c fairClass) tick(x *cpu.Exec, rq *RQ, _ *Task) {
	rq.cfs.updateCurr(rq)
	if rq.cfs.nr > 1 {
		c.checkPreemptTick(x, rq)
	}
}

// checkPreemptTick is check_preempt_tick(): who has had its slice goes, and so
// does who is more than a slice ahead of the leftmost.
//
//kernel:fn check_preempt_tick kernel/sched/fair.c
func (c fairClass) checkPreemptTick(x *cpu.Exec, rq *RQ) {
	cfs := &rq.cfs
	se := &cfs.curr.se
	ideal, ran := cfs.slice(se), se.sumExec-se.prevSum
	if ran > ideal {
		c.s.reschedCurr(x, rq)
		cfs.clearBuddies(cfs.curr)
		return
	}
	if ran < cfs.minGran {
		return
	}
	if d := se.vruntime - cfs.tree[0].se.vruntime; d > ideal {
		c.s.reschedCurr(x, rq)
	}
}

func (c fairClass) selectRQ(x *cpu.Exec, p *Task, prev int, why wakeReason) int {
	return c.s.selectTaskRQFair(x, p, prev, why)
}

// waking is task_waking_fair(): the vruntime becomes relative to the queue
// that the task slept on. pi_lock is held and rq->lock is not, so that the
// minimum may be one that was never current together with the rest, a quirk
// kept (docs/kernel/sched-irq-printk.md §1.10, W8).
//
//kernel:fn task_waking_fair kernel/sched/fair.c
func (c fairClass) waking(x *cpu.Exec, p *Task) {
	p.se.vruntime -= c.s.rqs[p.TaskCPU()].cfs.minV.ReadOnce(x)
	c.s.recordWakee(x, p)
}

func (fairClass) woken(*cpu.Exec, *RQ, *Task) {}

// normalized is vruntime_normalized(): the vruntime of a task that was taken
// off its queue is relative, unless it sleeps.
//
//kernel:fn vruntime_normalized kernel/sched/fair.c
func (p *Task) normalized() bool {
	return p.Queued() || p.se.sumExec == 0 || p.State.Peek() == Waking
}

// switchedFrom is switched_from_fair(): a sleeper's vruntime is made relative,
// as that of a queued task is already.
//
//kernel:fn switched_from_fair kernel/sched/fair.c
func (fairClass) switchedFrom(_ *cpu.Exec, rq *RQ, p *Task) {
	if !p.normalized() {
		rq.cfs.place(&p.se, false)
		p.se.vruntime -= rq.cfs.minV.Peek()
	}
}

//kernel:fn switched_to_fair kernel/sched/fair.c
func (c fairClass) switchedTo(x *cpu.Exec, rq *RQ, p *Task) {
	if !p.normalized() {
		p.se.vruntime += rq.cfs.minV.Peek()
	}
	if !p.Queued() {
		return
	}
	if rq.Curr.Peek() == p {
		c.s.reschedCurr(x, rq)
	} else {
		c.s.checkPreemptCurr(x, rq, p, 0)
	}
}

//kernel:fn prio_changed_fair kernel/sched/fair.c
func (c fairClass) prioChanged(x *cpu.Exec, rq *RQ, p *Task, old int) {
	switch {
	case !p.Queued():
	case rq.Curr.Peek() != p:
		c.s.checkPreemptCurr(x, rq, p, 0)
	case p.prio > old:
		c.s.reschedCurr(x, rq)
	}
}
