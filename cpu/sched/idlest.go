package sched

import (
	"math"

	"lockstep/cpu"
)

// idlestCPU is the descent of select_task_rq_fair() for a new task: in the
// widest domain the idlest group, in that the idlest CPU, then the same from
// there in the narrower ones. A domain whose own group is best is passed by.
//
//kernel:fn select_task_rq_fair kernel/sched/fair.c
func (s *Sched) idlestCPU(x *cpu.Exec, sd *domain, p *Task, this, prev int) int {
	best := prev
	for sd != nil {
		narrower := s.below(sd, sd.groups[sd.local(this)])
		g := s.idlestGroup(x, sd, p, this)
		if g == nil {
			sd = narrower
			continue
		}
		c := s.idlestOf(x, g, p, this)
		best = c
		if c == this {
			sd = narrower
			continue
		}
		this = c
		weight := len(sd.span)
		sd = nil
		for d := s.rqs[this].lb.sd; d != nil && len(d.span) < weight; d = d.parent {
			sd = d
		}
	}
	return best
}

// idlestGroup is find_idlest_group(): nil if none is so much less loaded than
// this CPU's that it is worth going there.
//
//kernel:fn find_idlest_group kernel/sched/fair.c
func (s *Sched) idlestGroup(x *cpu.Exec, sd *domain, p *Task, this int) []int {
	var idlest []int
	least, here := int64(math.MaxInt64/1024), int64(0)
	first := sd.local(this)
	for i := range sd.groups {
		g := sd.groups[(first+i)%len(sd.groups)]
		if firstAllowed(p, g) < 0 {
			continue
		}
		load := int64(0)
		for _, c := range g {
			s.rqs[c].NrRunning.ReadOnce(x)
			load += s.rqs[c].weighted() // forkexec_idx is 0: source and target guess the same
		}
		load = load * niceZeroWeight / s.capacity(g)
		if i == 0 {
			here = load
		} else if load < least {
			least, idlest = load, g
		}
	}
	if idlest == nil || 100*here < (100+(sd.level.imbalancePct-100)/2)*least {
		return nil
	}
	return idlest
}

// idlestOf is find_idlest_cpu(): of the idle CPUs the one that became so last,
// whose cache is warmest; without any the least loaded. All idle CPUs are in
// the same state here, hlt, so that the depth of their sleep does not matter.
//
//kernel:fn find_idlest_cpu kernel/sched/fair.c
func (s *Sched) idlestOf(x *cpu.Exec, g []int, p *Task, this int) int {
	idle, best := -1, this
	latest, least := int64(0), int64(math.MaxInt64)
	for _, c := range g {
		if !p.allowed(c) {
			continue
		}
		rq := &s.rqs[c]
		if s.idleCPU(x, c) {
			if at := int64(rq.lb.stamp); at > latest {
				latest, idle = at, c
			}
		} else if idle < 0 {
			if load := rq.weighted(); load < least || load == least && c == this {
				least, best = load, c
			}
		}
	}
	if idle >= 0 {
		return idle
	}
	return best
}
