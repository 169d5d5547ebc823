package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// Flags of gp_flags.
const (
	gpFlagInit uint32 = 1 // start a grace period
	gpFlagFQS  uint32 = 2 // force quiescent states
)

// Values of gp_state, for people.
const (
	gpIdle = iota
	gpWaitGPs
	gpDoneGPs
	gpWaitFQS
	gpDoingFQS
	gpCleanup
	gpCleaned
)

// firstGP is where grace-period numbers start: shortly before they wrap.
const firstGP = ^uint64(0) - 299

var (
	gpWqKey  = lockdep.Key{Name: "&rsp->gp_wq"}
	expWqKey = lockdep.Key{Name: "&rsp->expedited_wq"}
)

// State is rcu_state: one flavour of RCU (docs/kernel/rcu-perf.md §1.2). R is
// the root node's lock, K the grace-period kthread.
type State struct {
	r          *RCU
	index      int // among the flavours as they are visited
	name       string
	flavorMask uint32
	node       []Node // breadth first
	level      []int  // index of each level's first node
	rda        cpu.PerCPU[Data]

	gpnum     cpu.Var[uint64] // R writes: the latest started
	completed cpu.Var[uint64] // R writes: the latest completed
	gpKthread *sched.Task     // R, once at boot
	gpWq      sched.WaitQueue
	gpFlags   cpu.Var[uint32] // R writes, anybody looks
	gpState   cpu.Var[int]    // K writes, the stall printer looks

	jiffiesForceQS   uint64 // K: the next forcing
	jiffiesResched   uint64 // K: when reluctant CPUs begin to be beaten
	nForceQS         cpu.Var[uint64]
	nForceQSLH       uint64          // a statistic
	nForceQSGPStart  uint64          // K
	gpStart          cpu.Var[uint64] // jiffies; K under R
	gpActivity       cpu.Var[uint64] // jiffies; K
	jiffiesStall     cpu.Var[uint64] // R, and K at the start
	gpMax            uint64          // R, jiffies
	expeditedSeq     cpu.Var[uint64] // root funnel mutex; odd: in progress
	expeditedWq      sched.WaitQueue
	expWorkdone      [4]uint64
	ncpus, ncpusSnap int
	// expHandler is what the expedited interrupt runs; nil for rcu_bh, whose
	// expedited grace periods are rcu_sched's.
	expHandler func(x *cpu.Exec)

	orphans orphans
	barrier barrier

	boosting bool // boost: readers are boosted, and callbacks run in rcuc

	out     outstanding // the progress oracle's, as are:
	heldAt  sim.Time    // when something last held a grace period up
	heldGP  uint64      // completed then
	expOver sim.Time    // since when a requester sleeps behind the last report
	expLost bool        // it has been said
}

// init is rcu_init_one() and, for every CPU, rcu_init_percpu_data().
//
//kernel:fn rcu_init_one kernel/rcu/tree.c
func (rsp *State) init(r *RCU, name string, mask uint32, g *geometry) {
	m := r.m
	rsp.r, rsp.name = r, name
	rsp.flavorMask = mask
	outer := m.Within(name, -1)
	rsp.gpnum.Init(m, ".gpnum", firstGP)
	rsp.completed.Init(m, ".completed", firstGP)
	rsp.gpFlags.Init(m, ".gp_flags", 0)
	rsp.gpState.Init(m, ".gp_state", gpIdle)
	rsp.nForceQS.Init(m, ".n_force_qs", 0)
	rsp.gpStart.Init(m, ".gp_start", 0)
	rsp.gpActivity.Init(m, ".gp_activity", 0)
	rsp.jiffiesStall.Init(m, ".jiffies_stall", 0)
	rsp.expeditedSeq.Init(m, ".expedited_sequence", 0)
	rsp.gpWq.Init(r.s, ".gp_wq", &gpWqKey)
	rsp.expeditedWq.Init(r.s, ".expedited_wq", &expWqKey)
	rsp.orphans.init(r)
	rsp.barrier.init(r)
	m.Leave(outer)
	rsp.node = make([]Node, g.nodes())
	rsp.level = make([]int, len(g.count))
	i := 0
	for l, n := range g.count {
		rsp.level[l] = i
		for j := range n {
			var parent *Node
			if l > 0 {
				parent = &rsp.node[rsp.level[l-1]+j/g.spread[l-1]]
			}
			rsp.node[i].init(rsp, g, parent, l, j)
			i++
		}
	}
	rsp.rda.Init(m)
	for c := range m.CPUs {
		rsp.initPercpuData(c)
	}
}

// initPercpuData is rcu_boot_init_percpu_data(), and what
// rcu_init_percpu_data() does at boot: the CPU is online from then on; the
// masks that grace periods start with take it over at the first of each kind.
//
//kernel:fn rcu_boot_init_percpu_data kernel/rcu/tree.c
func (rsp *State) initPercpuData(c int) {
	m := rsp.r.m
	rdp := rsp.rda.Of(c)
	rdp.rsp, rdp.cpu, rdp.blimit = rsp, c, blimit
	leaves := rsp.leaves()
	rdp.mynode = &leaves[c/(leaves[0].grphi+1)] // all but the last are equally wide
	rdp.grpmask = 1 << (c - rdp.mynode.grplo)
	outer := m.Within(rsp.name, -1)
	m.Numbered(c)
	rdp.gpwrap.Init(m, ".gpwrap", false)
	rdp.condReschedCompleted.Init(m, ".cond_resched_completed", 0)
	rdp.qlen.Init(m, ".qlen", 0)
	if rsp.flavorMask != flavorBH {
		rdp.expFunnelMutex.Init(rsp.r.s, ".exp_funnel_mutex", &rdpFunnelKey)
	}
	m.Leave(outer)
	rdp.cbs.init()
	rdp.completed, rdp.gpnum, rdp.noQS, rdp.beenOnline = firstGP, firstGP, true, true
	rdp.mynode.qsmaskinitnext |= rdp.grpmask
	rdp.mynode.expmaskinitnext |= rdp.grpmask
	rsp.ncpus++
}

// Name returns the flavour's name, such as "rcu_preempt".
func (rsp *State) Name() string { return rsp.name }

// root is rcu_get_root().
func (rsp *State) root() *Node { return &rsp.node[0] }

// leaves returns the leaf nodes, for rcu_for_each_leaf_node.
func (rsp *State) leaves() []Node { return rsp.node[rsp.level[len(rsp.level)-1]:] }

// gpInProgress is rcu_gp_in_progress(): two unlocked loads.
//
//kernel:fn rcu_gp_in_progress kernel/rcu/tree.c
func (rsp *State) gpInProgress(x *cpu.Exec) bool {
	return rsp.completed.ReadOnce(x) != rsp.gpnum.ReadOnce(x)
}

// setFlag ors a flag into gp_flags; the root's lock is held.
func (rsp *State) setFlag(x *cpu.Exec, flag uint32) {
	rsp.gpFlags.WriteOnce(x, rsp.gpFlags.Peek()|flag)
}
