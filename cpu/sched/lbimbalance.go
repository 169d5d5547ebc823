package sched

import (
	"math"

	"lockstep/cpu"
)

// calculateImbalance is calculate_imbalance(): how much load to pull so that
// neither group ends beyond the domain's average.
//
//kernel:fn calculate_imbalance kernel/sched/fair.c
func (s *Sched) calculateImbalance(x *cpu.Exec, e *lbEnv, sds *domainStats) {
	local, busy := &sds.local, &sds.busy
	if busy.kind == groupImbalanced {
		busy.perTask = min(busy.perTask, sds.avgLoad)
	}
	if busy.avgLoad <= sds.avgLoad || local.avgLoad >= sds.avgLoad {
		e.imbalance = 0
		s.fixSmallImbalance(x, e, sds)
		return
	}
	above := int64(math.MaxInt64)
	if busy.kind == groupOverloaded && local.kind == groupOverloaded {
		if a := int64(busy.running)*niceZeroWeight - busy.capacity; a > 0 {
			above = a
		}
	}
	pull := min(busy.avgLoad-sds.avgLoad, above)
	e.imbalance = min(pull*busy.capacity, (sds.avgLoad-local.avgLoad)*local.capacity) / niceZeroWeight
	if e.imbalance < busy.perTask {
		s.fixSmallImbalance(x, e, sds)
	}
}

// fixSmallImbalance is fix_small_imbalance(): an imbalance of less than a task
// moves one after all if more capacity is in use then.
//
//kernel:fn fix_small_imbalance kernel/sched/fair.c
func (s *Sched) fixSmallImbalance(x *cpu.Exec, e *lbEnv, sds *domainStats) {
	local, busy := &sds.local, &sds.busy
	n := int64(2)
	if local.running == 0 {
		e.dst.NrRunning.ReadOnce(x)
		if nr := e.dst.lb.nr; nr > 0 {
			local.perTask = e.dst.weighted() / int64(nr)
		}
	} else if busy.perTask > local.perTask {
		n = 1
	}
	scaled := busy.perTask * niceZeroWeight / busy.capacity
	if busy.avgLoad+scaled >= local.avgLoad+scaled*n {
		e.imbalance = busy.perTask
		return
	}
	now := (busy.capacity*min(busy.perTask, busy.avgLoad) + local.capacity*min(local.perTask, local.avgLoad)) / niceZeroWeight
	then := int64(0)
	if busy.avgLoad > scaled {
		then += busy.capacity * min(busy.perTask, busy.avgLoad-scaled)
	}
	more := busy.perTask * niceZeroWeight / local.capacity
	if busy.avgLoad*busy.capacity < busy.perTask*niceZeroWeight {
		more = busy.avgLoad * busy.capacity / local.capacity
	}
	then += local.capacity * min(local.perTask, local.avgLoad+more)
	if then/niceZeroWeight > now {
		e.imbalance = busy.perTask
	}
}
