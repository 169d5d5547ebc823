package sched

import "lockstep/cpu"

// selectTaskRQ is select_task_rq() for a wake-up: the class is asked, unless
// there is no choice. pi_lock is held; other runqueues are read without their
// locks.
//
//kernel:fn select_task_rq kernel/sched/core.c
func (s *Sched) selectTaskRQ(x *cpu.Exec, p *Task) int {
	c := p.wakeCPU
	if !p.bound() {
		c = p.class.selectRQ(x, p, c)
	}
	if !p.allowed(c) {
		c = s.fallbackRQ(p)
	}
	return c
}

// selectTaskRQFair is select_task_rq_fair() reduced to one domain that spans
// the CPUs sharing a cache: the CPU the task last ran on, unless waking it here
// is cheaper, and from that one an idle CPU of the same cache
// (docs/kernel/sched-irq-printk.md §1.16).
//
//kernel:fn select_task_rq_fair kernel/sched/fair.c
func (s *Sched) selectTaskRQFair(x *cpu.Exec, p *Task, prev int) int {
	s.m.Hooks.ReadLock(x)
	target := prev
	this := x.CPU().ID
	if this != prev && p.allowed(this) && s.m.ShareCache(this, prev) && s.wakeAffine(x, p, this, prev) {
		target = this
	}
	c := s.selectIdleSibling(x, p, target, prev)
	s.m.Hooks.ReadUnlock(x)
	return c
}

// wakeAffine is wake_affine(): waking here must not leave this CPU with more
// load than the imbalance allows, 12 % over prev's.
//
//kernel:fn wake_affine kernel/sched/fair.c
func (s *Sched) wakeAffine(x *cpu.Exec, p *Task, this, prev int) bool {
	here := int64(s.rqs[this].NrRunning.ReadOnce(x)) * niceZeroWeight
	there := int64(s.rqs[prev].NrRunning.ReadOnce(x)) * niceZeroWeight
	return 100*(here+p.se.weight) <= 112*there
}

// selectIdleSibling is select_idle_sibling().
//
//kernel:fn select_idle_sibling kernel/sched/fair.c
func (s *Sched) selectIdleSibling(x *cpu.Exec, p *Task, target, prev int) int {
	if p.allowed(target) && s.idleCPU(x, target) {
		return target
	}
	if prev != target && p.allowed(prev) && s.m.ShareCache(prev, target) && s.idleCPU(x, prev) {
		return prev
	}
	for c := range s.rqs {
		if c != target && c != prev && p.allowed(c) && s.m.ShareCache(c, target) && s.idleCPU(x, c) {
			return c
		}
	}
	return target
}

// fallbackRQ is select_fallback_rq(): any CPU the task may run on.
//
//kernel:fn select_fallback_rq kernel/sched/core.c
func (s *Sched) fallbackRQ(p *Task) int {
	for c := range s.rqs {
		if p.allowed(c) {
			return c
		}
	}
	panic("sched: " + p.Comm + " may run on no CPU")
}
