package sched

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// migrationCost is sysctl_sched_migration_cost: a task that ran less long ago
// is taken for cache-hot, and a CPU that is idle for less does not balance.
const migrationCost = 500 * sim.Microsecond

// balancing is what of a runqueue belongs to load balancing. Where nothing
// else is said a field is its CPU's own.
type balancing struct {
	sd *domain // rq->sd, the narrowest domain; nil for a CPU alone
	// states are by [domain.index]; made when the CPU first balances.
	states []domainState
	flags  cpu.Var[uint32] // rq->nohz_flags
	next   uint64          // rq->next_balance in jiffies; of nohz CPUs others write it too, under nohz
	idle   bool            // rq->idle_balance: the tick found the CPU idle
	cpus   cpu.CPUSet      // load_balance_mask: who takes part in this CPU's balancing

	// load is cfs->load.weight, nr cfs->h_nr_running and cpuLoad rq->cpu_load[];
	// they change with rq->nr_running, whose line they are in, and are read
	// behind a read of it.
	load     int64
	nr       int      // see load
	cpuLoad  [5]int64 // see load
	lastLoad uint64   // last_load_update_tick in jiffies

	stamp   sim.Time // rq->idle_stamp, under rq->lock
	avgIdle sim.Time // rq->avg_idle, under rq->lock
	maxCost sim.Time // rq->max_idle_balance_cost

	active bool // rq->active_balance, under rq->lock
	push   int  // rq->push_cpu, under rq->lock
}

func (b *balancing) init(m *cpu.Machine) {
	b.flags.Init(m, "->nohz_flags", 0)
	b.avgIdle, b.maxCost = 2*migrationCost, migrationCost
	// Every CPU has been through its start-up, and idle since.
	b.stamp = 1
}

// domainState is what of a sched_domain is a CPU's own.
type domainState struct {
	last     uint64   // last_balance in jiffies
	interval uint64   // balance_interval in ms
	failed   int      // nr_balance_failed
	maxCost  sim.Time // max_newidle_lb_cost
	decay    uint64   // next_decay_max_lb_cost in jiffies
}

// state returns CPU rq's part of one of its domains.
func (rq *RQ) state(d *domain) *domainState {
	b := &rq.lb
	if b.states == nil && b.sd != nil {
		top := b.sd
		for ; top.parent != nil; top = top.parent {
		}
		b.states = make([]domainState, top.index+1)
		for e := b.sd; e != nil; e = e.parent {
			b.states[e.index].interval = uint64(len(e.span))
		}
	}
	if d.index >= len(b.states) {
		return &domainState{} // a domain that was taken down while its CPU balances
	}
	return &b.states[d.index]
}

// weighted is weighted_cpuload(): the weights of what is queued, not their
// decayed averages. Whoever calls it has read nr_running.
//
//kernel:fn weighted_cpuload kernel/sched/fair.c
func (rq *RQ) weighted() int64 { return rq.lb.load }

// sourceLoad is source_load(), a low guess of a CPU's load, behind a read of
// its nr_running.
//
//kernel:fn source_load kernel/sched/fair.c
func (rq *RQ) sourceLoad(idx int) int64 {
	if idx == 0 {
		return rq.weighted()
	}
	return min(rq.lb.cpuLoad[idx-1], rq.weighted())
}

// targetLoad is target_load(), a high guess.
//
//kernel:fn target_load kernel/sched/fair.c
func (rq *RQ) targetLoad(idx int) int64 {
	if idx == 0 {
		return rq.weighted()
	}
	return max(rq.lb.cpuLoad[idx-1], rq.weighted())
}

// updateCPULoad is update_cpu_load_active(), in the tick under rq->lock: each
// of cpu_load[] follows the load more slowly than the one before. Ticks that a
// stopped tick left out saw no load.
//
//kernel:fn update_cpu_load_active kernel/sched/fair.c
func (s *Sched) updateCPULoad(x *cpu.Exec, rq *RQ) {
	now := s.m.Jiffies.ReadOnce(x)
	b := &rq.lb
	missed := min(now-b.lastLoad, 64)
	b.lastLoad = now
	if missed == 0 {
		return
	}
	to := b.cpuLoad
	to[0] = rq.cfs.load
	for i := 1; i < len(to); i++ {
		for range missed - 1 {
			to[i] -= to[i] >> i
		}
		load := rq.cfs.load
		if load > to[i] { // round up when it rises
			load += 1<<i - 1
		}
		to[i] = (to[i]*(1<<i-1) + load) >> i
	}
	if to != b.cpuLoad {
		x.Op(cpu.KindWrite, rq.NrRunning.Obj(), sim.AccessWrite, s.m.Costs.Store)
		b.cpuLoad = to
	}
}
