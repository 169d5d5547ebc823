package sched

import "lockstep/cpu"

// Policy is task->policy.
type Policy uint8

// The policies (docs/kernel/sched-irq-printk.md §1.1).
const (
	PolicyNormal Policy = 0 // SCHED_NORMAL
	PolicyFIFO   Policy = 1 // SCHED_FIFO: until it sleeps or somebody of a higher priority comes
	PolicyRR     Policy = 2 // SCHED_RR: the same, but equals take turns
	PolicyBatch  Policy = 3 // SCHED_BATCH: preempts nobody when woken
	PolicyIdle   Policy = 5 // SCHED_IDLE: next to no weight
)

// String returns the policy as the kernel calls it.
func (p Policy) String() string {
	switch p {
	case PolicyFIFO:
		return "SCHED_FIFO"
	case PolicyRR:
		return "SCHED_RR"
	case PolicyBatch:
		return "SCHED_BATCH"
	case PolicyIdle:
		return "SCHED_IDLE"
	}
	return "SCHED_NORMAL"
}

// Priorities: a lower number is a higher priority.
const (
	maxRTPrio   = 100 // of the real-time tasks, 0 to 99
	defaultPrio = 120 // of nice 0
	maxPrio     = 140 // no task
)

func rtPolicy(p Policy) bool { return p == PolicyFIFO || p == PolicyRR }

// Prio returns task->prio, which a boost may have made better than its own.
func (t *Task) Prio() int { return t.prio }

// NormalPrio returns task->normal_prio, without any boost.
func (t *Task) NormalPrio() int { return t.normalPrio }

// Nice returns task_nice(): -20 to 19.
func (t *Task) Nice() int { return t.staticPrio - defaultPrio }

// Policy returns task->policy.
func (t *Task) Policy() Policy { return t.policy }

// RTPriority returns task->rt_priority, 1 to 99, 0 if the policy is not a
// real-time one.
func (t *Task) RTPriority() int { return t.rtPriority }

// computeNormalPrio is normal_prio().
//
//kernel:fn normal_prio kernel/sched/core.c
func (t *Task) computeNormalPrio() int {
	if rtPolicy(t.policy) {
		return maxRTPrio - 1 - t.rtPriority
	}
	return t.staticPrio
}

// effectivePrio is effective_prio(): who has been boosted into the real-time
// range stays there.
//
//kernel:fn effective_prio kernel/sched/core.c
func (t *Task) effectivePrio() int {
	t.normalPrio = t.computeNormalPrio()
	if t.prio >= maxRTPrio {
		return t.normalPrio
	}
	return t.prio
}

// classOf is the class of a priority.
func (s *Sched) classOf(prio int) class {
	if prio < maxRTPrio {
		return s.rtClass
	}
	return s.fairClass
}

// InitPolicy gives a task that has not run and is not queued a policy, as the
// thread that made it would have: before the machine runs.
func (s *Sched) InitPolicy(p *Task, policy Policy, rtPriority int) {
	if p.Queued() || rtPolicy(policy) != (rtPriority > 0) || rtPriority >= maxRTPrio {
		panic("sched: " + p.Comm + " cannot begin as " + policy.String())
	}
	p.policy, p.rtPriority = policy, rtPriority
	p.normalPrio = p.computeNormalPrio()
	p.prio = p.normalPrio
	p.class = s.classOf(p.prio)
	p.se.setWeight(policy, p.Nice())
}

// SetUserNice is set_user_nice(): a queued task leaves its queue for the
// change, and its CPU schedules if it became better or runs and became worse
// (docs/kernel/sched-irq-printk.md §1.21). Of a real-time task only the value
// to come back to changes.
//
//kernel:fn set_user_nice kernel/sched/core.c
func (s *Sched) SetUserNice(x *cpu.Exec, p *Task, nice int) {
	if p.Nice() == nice || nice < -20 || nice > 19 {
		return
	}
	rq, f := s.TaskRQLock(x, p)
	if rtPolicy(p.policy) {
		p.staticPrio = defaultPrio + nice
		s.TaskRQUnlock(x, rq, p, f)
		return
	}
	queued := p.Queued()
	if queued {
		s.dequeueTask(x, rq, p, dequeueSave)
	}
	p.staticPrio = defaultPrio + nice
	p.se.setWeight(p.policy, nice)
	old := p.prio
	p.prio = p.effectivePrio()
	if queued {
		s.enqueueTask(x, rq, p, enqueueRestore)
		if p.prio < old || p.prio > old && rq.Curr.Peek() == p {
			s.reschedCurr(x, rq)
		}
	}
	s.TaskRQUnlock(x, rq, p, f)
}

// SetScheduler is sched_setscheduler_nocheck(): give p a policy and, for a
// real-time one, a priority from 1 to 99. It returns false, and does nothing,
// if they do not go together or p is a stopper. Of a task that goes on with the
// priority that somebody lends it only the parameters change: v4.4 leaves its
// place in the queue alone then.
//
//kernel:fn __sched_setscheduler kernel/sched/core.c
func (s *Sched) SetScheduler(x *cpu.Exec, p *Task, policy Policy, rtPriority int) bool {
	if rtPriority < 0 || rtPriority >= maxRTPrio || rtPolicy(policy) != (rtPriority > 0) {
		return false
	}
	rq, f := s.TaskRQLock(x, p)
	if p == rq.stop || p == rq.idle {
		s.TaskRQUnlock(x, rq, p, f)
		return false
	}
	if policy == p.policy && rtPriority == p.rtPriority {
		s.TaskRQUnlock(x, rq, p, f)
		return true
	}
	if p.boostedOver(maxRTPrio-1-rtPriority) == p.prio && !s.m.Mutated("sched.setscheduler-drops-boost") {
		p.setParams(policy, rtPriority) // it counts when what is lent is taken back
		s.TaskRQUnlock(x, rq, p, f)
		return true
	}
	old, from := p.prio, p.class
	s.changing(x, rq, p, func() enqueueFlags {
		p.setParams(policy, rtPriority)
		if s.m.Mutated("sched.setscheduler-drops-boost") {
			p.prio, p.class = p.normalPrio, s.classOf(p.normalPrio)
			return enqueueRestore
		}
		p.prio = p.boostedPrio() // rt_mutex_get_effective_prio: what is lent stays
		p.class = s.classOf(p.prio)
		if old <= p.prio { // not better than before: in front of its equals
			return enqueueRestore | enqueueHead
		}
		return enqueueRestore
	})
	s.checkClassChanged(x, rq, p, from, old)
	callbacks := rq.hasCallbacks()
	cpu.PreemptDisable(x) // or rq may no longer be what the callbacks are about
	s.TaskRQUnlock(x, rq, p, f)
	s.RTMutexAdjustPI(x, p)
	s.balanceCallback(x, rq, callbacks)
	cpu.PreemptEnable(x)
	return true
}

// setParams is __setscheduler_params(): what p itself has; what counts, and its
// class, are left.
//
//kernel:fn __setscheduler_params kernel/sched/core.c
func (t *Task) setParams(policy Policy, rtPriority int) {
	t.policy, t.rtPriority = policy, rtPriority
	t.normalPrio = t.computeNormalPrio()
	t.se.setWeight(policy, t.Nice())
}

// changing takes p off its queue, and out of its place as the running task,
// for a change of its priority or affinity. That says how it is queued again.
func (s *Sched) changing(x *cpu.Exec, rq *RQ, p *Task, change func() enqueueFlags) {
	p.PILock.AssertHeld(x)
	rq.Lock.AssertHeld(x)
	queued, running := p.Queued(), rq.Curr.Peek() == p
	if queued {
		s.dequeueTask(x, rq, p, dequeueSave)
	}
	if running {
		p.class.putPrev(x, rq, p)
	}
	flags := change()
	if running {
		p.class.setCurr(x, rq)
	}
	if queued {
		s.enqueueTask(x, rq, p, flags)
	}
}

// checkClassChanged is check_class_changed().
//
//kernel:fn check_class_changed kernel/sched/core.c
func (s *Sched) checkClassChanged(x *cpu.Exec, rq *RQ, p *Task, from class, old int) {
	if p.class.rank() != from.rank() {
		from.switchedFrom(x, rq, p)
		p.class.switchedTo(x, rq, p)
	} else if old != p.prio {
		p.class.prioChanged(x, rq, p, old)
	}
}

// RTMutexSetprio is rt_mutex_setprio(): lend p a priority, or take it back. The
// caller holds p's pi_lock. Policy and normal_prio stay what they are; the
// class follows the priority. Who falls back within the real-time range comes
// in front of its equals, since it did not choose to.
//
//kernel:fn rt_mutex_setprio kernel/sched/core.c
func (s *Sched) RTMutexSetprio(x *cpu.Exec, p *Task, prio int) {
	p.PILock.AssertHeld(x)
	if prio < 0 || prio >= maxPrio {
		panic("sched: no priority to lend to " + p.Comm)
	}
	rq := s.lockTaskRQ(x, p)
	if p != rq.idle { // an idle task holds no rt_mutex and needs no boost
		old, from := p.prio, p.class
		s.changing(x, rq, p, func() enqueueFlags {
			flags := enqueueRestore
			if prio < maxRTPrio && old < prio {
				flags |= enqueueHead
			}
			if prio >= maxRTPrio && old < maxRTPrio {
				p.rt.timeout = 0
			}
			p.prio, p.class = prio, s.classOf(prio)
			return flags
		})
		s.checkClassChanged(x, rq, p, from, old)
	}
	callbacks := rq.hasCallbacks()
	cpu.PreemptDisable(x)
	rq.Lock.Unlock(x)
	s.balanceCallback(x, rq, callbacks)
	cpu.PreemptEnable(x)
}
