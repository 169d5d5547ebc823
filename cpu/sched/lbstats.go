package sched

import "lockstep/cpu"

// groupType orders groups by how much they need help.
type groupType int

const (
	groupOther groupType = iota
	groupImbalanced
	groupOverloaded
)

// groupStats is sg_lb_stats.
type groupStats struct {
	avgLoad     int64 // load in units of capacity
	load        int64 // sum of the CPUs' guessed loads
	weighted    int64 // sum of their loads
	perTask     int64 // load of a task
	capacity    int64
	util        int64 // of the capacity that is in use
	running     int   // tasks of the fair class
	idle        int   // CPUs
	weight      int   // CPUs in all
	kind        groupType
	noCapacity  bool
	hasCapacity bool
}

// domainStats is sd_lb_stats.
type domainStats struct {
	busiest  []int // the group, nil if there is none
	load     int64
	capacity int64
	avgLoad  int64
	local    groupStats
	busy     groupStats
}

// updateGroup is update_sg_lb_stats(): each CPU's load is a guess that makes
// moving tasks here look less worth it. It reports whether any CPU has more
// than one task.
//
//kernel:fn update_sg_lb_stats kernel/sched/fair.c
func (s *Sched) updateGroup(x *cpu.Exec, e *lbEnv, g []int, idx int, local bool) (st groupStats, overload bool) {
	for _, c := range g {
		if !e.cpus.Has(c) {
			continue
		}
		rq := &s.rqs[c]
		nr := rq.NrRunning.ReadOnce(x)
		if local {
			st.load += rq.targetLoad(idx)
		} else {
			st.load += rq.sourceLoad(idx)
		}
		st.running += rq.lb.nr
		st.weighted += rq.weighted()
		if nr > 0 {
			st.util += s.cpuCapacity(c)
		}
		overload = overload || nr > 1
		if s.idleCPU(x, c) {
			st.idle++
		}
	}
	st.capacity, st.weight = s.capacity(g), len(g)
	st.avgLoad = st.load * niceZeroWeight / st.capacity
	if st.running > 0 {
		st.perTask = st.weighted / int64(st.running)
	}
	pct := e.sd.level.imbalancePct
	st.noCapacity = st.running > st.weight && st.capacity*100 < st.util*pct
	st.hasCapacity = st.running < st.weight || st.capacity*100 > st.util*pct
	st.classify(e.sd, s, g)
	return st, overload
}

// classify is group_classify(). A group is imbalanced if balancing inside it
// failed for tasks that were bound.
//
//kernel:fn group_classify kernel/sched/fair.c
func (st *groupStats) classify(d *domain, s *Sched, g []int) {
	switch {
	case st.noCapacity:
		st.kind = groupOverloaded
	case s.childPinned(d, g):
		st.kind = groupImbalanced
	default:
		st.kind = groupOther
	}
}

// childPinned is sg_imbalanced(): what load_balance() noted in the domain
// whose span the group is.
//
//kernel:fn sg_imbalanced kernel/sched/fair.c
func (s *Sched) childPinned(d *domain, g []int) bool {
	c := s.below(d, g)
	return c != nil && c.imbalanced
}

// updateDomain is update_sd_lb_stats(): the domain's groups, the own one
// first, and which of the others is busiest.
//
//kernel:fn update_sd_lb_stats kernel/sched/fair.c
func (s *Sched) updateDomain(x *cpu.Exec, e *lbEnv) (sds domainStats) {
	d := e.sd
	idx := 0 // newidle_idx
	switch e.idle {
	case notIdle:
		idx = d.level.busyIdx
	case cpuIdle:
		idx = d.level.idleIdx
	}
	overload := false
	first := d.local(e.dst.CPU)
	below := s.below(d, d.groups[first])
	for i := range d.groups {
		g := d.groups[(first+i)%len(d.groups)]
		st, over := s.updateGroup(x, e, g, idx, i == 0)
		overload = overload || over
		if i == 0 {
			sds.local = st
		} else {
			// If one here is preferred to two there, two there are too many.
			if below != nil && below.level.preferSibling && sds.local.hasCapacity && st.running > 1 {
				st.noCapacity, st.kind = true, groupOverloaded
			}
			if st.kind > sds.busy.kind || st.kind == sds.busy.kind && st.avgLoad > sds.busy.avgLoad {
				sds.busiest, sds.busy = g, st
			}
		}
		sds.load += st.load
		sds.capacity += st.capacity
	}
	if d.parent == nil && s.overload.ReadOnce(x) != overload {
		s.overload.WriteOnce(x, overload)
	}
	return sds
}

// below returns the domain under d whose span a group is, nil for one CPU.
func (s *Sched) below(d *domain, g []int) *domain {
	for c := s.rqs[g[0]].lb.sd; c != nil && c != d; c = c.parent {
		if c.parent == d {
			return c
		}
	}
	return nil
}

// findBusiestGroup is find_busiest_group(): the group to pull from and how
// much, nil if the domain is balanced well enough.
//
//kernel:fn find_busiest_group kernel/sched/fair.c
func (s *Sched) findBusiestGroup(x *cpu.Exec, e *lbEnv) []int {
	sds := s.updateDomain(x, e)
	local, busy := &sds.local, &sds.busy
	if sds.busiest == nil || busy.running == 0 {
		return nil
	}
	sds.avgLoad = niceZeroWeight * sds.load / sds.capacity
	force := busy.kind == groupImbalanced || e.idle == newlyIdle && local.hasCapacity && busy.noCapacity
	if !force {
		if local.avgLoad >= busy.avgLoad || local.avgLoad >= sds.avgLoad {
			return nil
		}
		if e.idle == cpuIdle {
			if busy.kind != groupOverloaded && local.idle <= busy.idle+1 {
				return nil
			}
		} else if 100*busy.avgLoad <= e.sd.level.imbalancePct*local.avgLoad {
			return nil
		}
	}
	s.calculateImbalance(x, e, &sds)
	return sds.busiest
}

// findBusiestQueue is find_busiest_queue(): the CPU of a group with the most
// load for its capacity. One whose only task is more than the imbalance has
// nothing to give.
//
//kernel:fn find_busiest_queue kernel/sched/fair.c
func (s *Sched) findBusiestQueue(x *cpu.Exec, e *lbEnv, g []int) *RQ {
	var busiest *RQ
	load, capacity := int64(0), int64(1)
	for _, c := range g {
		if !e.cpus.Has(c) {
			continue
		}
		rq := &s.rqs[c]
		nr := rq.NrRunning.ReadOnce(x)
		wl, cc := rq.weighted(), s.cpuCapacity(c)
		if nr == 1 && wl > e.imbalance {
			continue
		}
		if wl*capacity > load*cc {
			busiest, load, capacity = rq, wl, cc
		}
	}
	return busiest
}
