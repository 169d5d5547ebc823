package rcu

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// Lock classes are per level of the tree and shared by all flavours.
var (
	nodeKeys = [maxLevels]lockdep.Key{{Name: "rcu_node_0"}, {Name: "rcu_node_1"}, {Name: "rcu_node_2"}, {Name: "rcu_node_3"}}
	fqsKeys  = [maxLevels]lockdep.Key{{Name: "rcu_node_fqs_0"}, {Name: "rcu_node_fqs_1"}, {Name: "rcu_node_fqs_2"}, {Name: "rcu_node_fqs_3"}}
	expKeys  = [maxLevels]lockdep.Key{{Name: "rcu_node_exp_0"}, {Name: "rcu_node_exp_1"}, {Name: "rcu_node_exp_2"}, {Name: "rcu_node_exp_3"}}
)

// Node is an rcu_node: a leaf of the tree stands for a range of CPUs, an
// inner one for its children (docs/kernel/rcu-perf.md §1.3). Everything is
// protected by lock, which is taken with interrupts off. What others also
// read without it is a cpu.Var: its writer holds the lock and announces the
// store, its reader either holds the lock and peeks or announces the load.
type Node struct {
	lock lock.Raw

	gpnum     cpu.Var[uint64] // the grace period this node knows started
	completed cpu.Var[uint64] // ... and completed: gpnum, or one behind it

	qsmask         cpu.Var[uint64] // who owes a normal quiescent state
	qsmaskinit     uint64          // qsmask at the start of a grace period
	qsmaskinitnext uint64          // leaf: online CPUs, for the next one

	expmask         cpu.Var[uint64] // who owes an expedited one
	expmaskinit     uint64          // expmask at the start
	expmaskinitnext uint64          // leaf: CPUs to be added

	waitBlkdTasks bool // wait_blkd_tasks: all CPUs are gone, and tasks that were preempted on them are not through

	// blkd is the list of tasks preempted inside readers on this leaf's CPUs.
	// gpTasks is nil or the element from which on, to the tail, tasks block
	// the normal grace period; expTasks likewise the expedited one.
	blkd     blkdList
	gpTasks  cpu.Var[*Task]
	expTasks cpu.Var[*Task]

	// needFutureGP counts requests for a grace period by its number's parity.
	needFutureGP [2]cpu.Var[int]

	fqslock        lock.Raw    // funnel of force_quiescent_state: trylock only
	expFunnelMutex sched.Mutex // funnel of expedited requesters

	boost *boost // of a leaf of rcu_preempt in a kernel with RCU_BOOST, else nil

	nocbGPWq *[2]sched.WaitQueue // nocb_gp_wq of a leaf, by a grace period's parity; nil without NOCB

	parent  *Node // nil at the root
	grpmask uint64
	grplo   int
	grphi   int
	grpnum  int
	level   int
}

// init makes node j of a level; the parent exists already.
// The nodes of rcu_preempt, whose readers everybody means, go by their class
// alone; those of the other flavours have the flavour in front.
func (rnp *Node) init(rsp *State, g *geometry, parent *Node, level, j int) {
	r := rsp.r
	m, gp := r.m, uint64(firstGP)
	name := fmt.Sprintf("rcu_node_%d[%d]", level, j)
	if rsp.flavorMask != flavorPreempt {
		name = rsp.name + "." + name
	}
	outer := m.Within(name, -1)
	rnp.lock.Init(m, "", &nodeKeys[level])
	rnp.fqslock.Init(m, ".fqslock", &fqsKeys[level])
	if rsp.flavorMask != flavorBH {
		rnp.expFunnelMutex.Init(r.s, ".exp_funnel_mutex", &expKeys[level])
	}
	rnp.gpnum.Init(m, ".gpnum", gp)
	rnp.completed.Init(m, ".completed", gp)
	rnp.qsmask.Init(m, ".qsmask", 0)
	rnp.expmask.Init(m, ".expmask", 0)
	rnp.gpTasks.Init(m, ".gp_tasks", nil)
	rnp.expTasks.Init(m, ".exp_tasks", nil)
	for i := range rnp.needFutureGP {
		rnp.needFutureGP[i].Init(m, ".need_future_gp", 0)
	}
	m.Leave(outer)
	rnp.lock.Guards(rnp.gpnum.Obj(), rnp.completed.Obj(), rnp.qsmask.Obj(), rnp.expmask.Obj(), rnp.gpTasks.Obj(), rnp.expTasks.Obj(),
		rnp.needFutureGP[0].Obj(), rnp.needFutureGP[1].Obj())
	rnp.level, rnp.parent = level, parent
	rnp.grplo, rnp.grphi = g.span(level, j, len(m.CPUs))
	if level > 0 {
		rnp.grpnum = j % g.spread[level-1]
		rnp.grpmask = 1 << rnp.grpnum
	}
}

// blockedReadersCgp is rcu_preempt_blocked_readers_cgp() under the lock.
//
//kernel:fn rcu_preempt_blocked_readers_cgp kernel/rcu/tree_plugin.h
func (rnp *Node) blockedReadersCgp() bool { return rnp.gpTasks.Peek() != nil }

// expDone is sync_rcu_preempt_exp_done() under the lock: nobody below this
// node owes the expedited grace period anything.
//
//kernel:fn sync_rcu_preempt_exp_done kernel/rcu/tree.c
func (rnp *Node) expDone() bool {
	return rnp.expTasks.Peek() == nil && rnp.expmask.Peek() == 0
}

// expDoneUnlocked is the same question asked without the lock, by the
// requester that waits.
//
//kernel:fn sync_rcu_preempt_exp_done kernel/rcu/tree.c
func (rnp *Node) expDoneUnlocked(x *cpu.Exec) bool {
	return rnp.expTasks.ReadOnce(x) == nil && rnp.expmask.ReadOnce(x) == 0
}

// clearExp takes bits out of expmask under the lock.
func (rnp *Node) clearExp(x *cpu.Exec, mask uint64) {
	rnp.expmask.WriteOnce(x, rnp.expmask.Peek()&^mask)
}
