package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// View is a flavour's state as somebody outside the machine sees it between
// two operations. Reading it changes nothing.
type View struct {
	// GPNum and Completed are the latest grace periods started and completed;
	// they differ while one is in progress.
	GPNum, Completed uint64
	// GPFlags is gp_flags: 1 asks for a grace period, 2 for forcing.
	GPFlags uint32
	// GPState is gp_state (docs/kernel/rcu-perf.md §1.2); see [StateWords].
	GPState int
	// ExpeditedSeq is odd while an expedited grace period is in progress.
	ExpeditedSeq uint64
	// Barrier is odd while an rcu_barrier() is in progress; BarrierCount is
	// then how many of its callbacks are not yet back, and one of its own.
	Barrier      uint64
	BarrierCount int // see Barrier
	// Start is gp_start, Deadline when the grace period counts as stalled, and
	// Activity when the kthread last did something, all in jiffies.
	Start, Deadline, Activity uint64
	// Timeout is how long after Start the first deadline is, in jiffies: a
	// later one has been put off by a report.
	Timeout uint64
	// Kthread is the grace-period kthread, nil before it exists; Forced how
	// often quiescent states have been forced.
	Kthread *sched.Task
	Forced  uint64 // see Kthread
	// Nodes is the tree, breadth first.
	Nodes []NodeView
	// CPUs are the CPUs' shares.
	CPUs []CPUView
}

// NodeView is one node of the tree.
type NodeView struct {
	// Level is 0 at the root.
	Level int
	// Lo and Hi are the CPUs under the node, inclusive.
	Lo, Hi int
	// Parent is the parent's index, -1 at the root.
	Parent int
	// QSMask and ExpMask are who owes a normal and an expedited quiescent state.
	QSMask, ExpMask uint64
	// QSMaskInit is what QSMask is at the start of a grace period, and
	// QSMaskInitNext of a leaf what that will be at the next one: who is online.
	QSMaskInit, QSMaskInitNext uint64
	// NeedGP counts the requests for a grace period by its number's parity.
	NeedGP [2]int
	// Blocked are the PIDs of the readers preempted here, in list order.
	Blocked []int
	// GPTasks and ExpTasks are the indexes in Blocked from which on they block
	// the normal and the expedited grace period; -1 means none does.
	GPTasks, ExpTasks int
	// BoostTasks is likewise from which on they are still to be boosted, and
	// Boost what the leaf's kthread for that, rcub, does: a letter of the debug
	// file, empty in a kernel without RCU_BOOST.
	BoostTasks int
	Boost      string // see BoostTasks
	// Boosted is how many readers have been, and Balks why none was how often.
	Boosted uint64
	Balks   [balkKinds]uint64 // see Boosted, by the words of [BalkWords]
	// Lock is the name of the node's lock.
	Lock string
	// Waiting means that readers hold the node although all its CPUs are gone.
	Waiting bool
}

// CPUView is a CPU's share of a flavour.
type CPUView struct {
	// GPNum and Completed are the CPU's own view of the grace periods.
	GPNum, Completed uint64
	// QSPending means that it owes a quiescent state (core_needs_qs), Passed
	// that it has passed one since it noticed the grace period.
	QSPending, Passed bool
	// ExpPending means that its next context switch reports to an expedited
	// grace period of rcu_sched.
	ExpPending bool
	// Queued is how many callbacks it has, Segments how many of them are
	// done, wait, are next and are not assigned. A batch being invoked is in
	// Queued only.
	Queued   int
	Segments [segCount]int // see Queued
	// Offline CPUs are in no mask of the next grace period. Offloaded ones have
	// an rcuo thread: of their Queued, Posted wait for their leader, Waiting for
	// a grace period, and Ready to be invoked; Leader is whose thread waits for
	// theirs, and Asleep whether a leader sleeps.
	Offline, Offloaded     bool
	Posted, Waiting, Ready int  // see Offline
	Leader                 int  // see Offline
	Asleep                 bool // see Offline
	// WaitFor are the grace periods behind which the second and the third
	// segment may be invoked (nxtcompleted); 0 of one that is empty.
	WaitFor [segCount]uint64
	// Lazy are those of them that only free; Limit is how long a batch may be.
	Lazy, Limit int
	// Ticks is how many ticks it has seen in the grace period.
	Ticks uint64
}

// WatchView is whether RCU watches a CPU, for all flavours.
type WatchView struct {
	// Count is the counter; odd: RCU watches.
	Count uint32
	// Process means that the CPU is at process level or was interrupted there;
	// without, it is idle or was interrupted when idle.
	Process bool
	// Interrupts and NMI are how many of each are nested.
	Interrupts, NMI int
}

// ReaderView is a task's part of rcu_preempt.
type ReaderView struct {
	// Nesting is rcu_read_lock_nesting; in the tail of the outermost unlock,
	// Closing, what interrupts have nested on top.
	Nesting int
	Closing bool // see Nesting
	// Blocked, NeedQS and ExpNeedQS are rcu_read_unlock_special.
	Blocked, NeedQS, ExpNeedQS bool
	// Sched and BH are the open readers of rcu_sched and rcu_bh.
	Sched, BH int
}

// StateWords says in words what gp_state means.
var StateWords = [...]string{
	gpIdle: "idle", gpWaitGPs: "waits for a request", gpDoneGPs: "starts", gpWaitFQS: "waits for quiescent states",
	gpDoingFQS: "forces quiescent states", gpCleanup: "cleans up", gpCleaned: "cleaned up",
}

// Flavours returns the flavours, as for_each_rcu_flavor visits them.
func (r *RCU) Flavours() []*State { return r.flavours }

// Reader returns x's reader state.
//
//lockstep:helper for views
func (r *RCU) Reader(x *cpu.Exec) ReaderView {
	t := r.tasks.Peek(x)
	if t == nil {
		return ReaderView{}
	}
	v := ReaderView{Nesting: int(t.nesting), Blocked: t.special.blocked, NeedQS: t.special.needQS, ExpNeedQS: t.special.expNeedQS,
		Sched: int(t.depth[r.sched.index]), BH: int(t.depth[r.bh.index])}
	if t.nesting < 0 {
		v.Closing, v.Nesting = true, int(t.nesting)-closing
	}
	return v
}

// Watch returns a CPU's dyntick-idle state.
func (r *RCU) Watch(c int) WatchView {
	d := r.dynticks.Of(c)
	v := WatchView{Count: d.count.Peek(), Process: d.nesting&nestMask != 0, NMI: d.nmi, Interrupts: int(d.nesting)}
	if v.Process {
		v.Interrupts = int(d.nesting - exitIdle)
	}
	return v
}

// View returns the flavour's present state.
func (rsp *State) View() View {
	var v View
	rsp.ViewInto(&v)
	return v
}

// ViewInto puts the flavour's present state into v, whose slices it uses
// again.
func (rsp *State) ViewInto(v *View) {
	nodes, cpus := v.Nodes[:cap(v.Nodes)], v.CPUs[:0]
	if len(nodes) != len(rsp.node) {
		nodes = make([]NodeView, len(rsp.node))
	}
	*v = View{
		GPNum: rsp.gpnum.Peek(), Completed: rsp.completed.Peek(), GPFlags: rsp.gpFlags.Peek(),
		GPState: rsp.gpState.Peek(), ExpeditedSeq: rsp.expeditedSeq.Peek(), Barrier: rsp.barrier.seq.Peek(),
		BarrierCount: rsp.barrier.count.Peek(), Timeout: rsp.r.tillStall,
		Start: rsp.gpStart.Peek(), Deadline: rsp.jiffiesStall.Peek(), Activity: rsp.gpActivity.Peek(),
		Kthread: rsp.gpKthread, Forced: rsp.nForceQS.Peek(),
	}
	parent := 0 // children come in the order of their parents
	for i := range rsp.node {
		for i > 0 && &rsp.node[parent] != rsp.node[i].parent {
			parent++
		}
		rsp.viewNode(i, parent, &nodes[i])
	}
	for c := range rsp.r.m.CPUs {
		cpus = append(cpus, rsp.viewCPU(c))
	}
	v.Nodes, v.CPUs = nodes, cpus
}

func (rsp *State) viewNode(i, parent int, n *NodeView) {
	rnp := &rsp.node[i]
	*n = NodeView{
		Level: rnp.level, Lo: rnp.grplo, Hi: rnp.grphi, Parent: parent, Lock: rnp.lock.Name(),
		QSMask: rnp.qsmask.Peek(), ExpMask: rnp.expmask.Peek(), QSMaskInit: rnp.qsmaskinit,
		QSMaskInitNext: rnp.qsmaskinitnext, NeedGP: [2]int{rnp.needFutureGP[0].Peek(), rnp.needFutureGP[1].Peek()},
		Blocked: n.Blocked[:0], GPTasks: -1, ExpTasks: -1, BoostTasks: -1, Waiting: rnp.waitBlkdTasks,
	}
	if b := rnp.boost; b != nil && b.thread.Peek() != nil {
		n.Boost, n.Boosted, n.Balks = b.status.Peek().String(), b.boosted, b.balks
	}
	if i == 0 {
		n.Parent = -1
	}
	for t := rnp.blkd.first; t != nil; t = t.next {
		if t == rnp.gpTasks.Peek() {
			n.GPTasks = len(n.Blocked)
		}
		if t == rnp.expTasks.Peek() {
			n.ExpTasks = len(n.Blocked)
		}
		if b := rnp.boost; b != nil && t == b.tasks.Peek() {
			n.BoostTasks = len(n.Blocked)
		}
		n.Blocked = append(n.Blocked, t.x.PID)
	}
}

func (rsp *State) viewCPU(c int) CPUView {
	rdp := rsp.rda.Of(c)
	v := CPUView{
		GPNum: rdp.gpnum, Completed: rdp.completed, QSPending: rdp.coreNeeds, Passed: !rdp.noQS,
		ExpPending: rdp.noQSExp, Ticks: rdp.ticksThisGP,
		Queued: rdp.qlen.Peek(), Lazy: rdp.qlenLazy, Limit: rdp.blimit,
	}
	v.Offline = rdp.mynode.qsmaskinitnext&rdp.grpmask == 0
	if q := rdp.nocb; q != nil {
		v.Offloaded, v.Queued, v.Lazy, v.Leader, v.Asleep = true, q.count.Peek(), q.lazy.Peek(), q.leader.cpu, q.sleep.Peek()
		v.Posted, v.Waiting, v.Ready = q.posted.head.length(), q.waiting.head.length(), q.ready.head.length()
	}
	seg, link := 0, &rdp.cbs.head
	for h := rdp.cbs.head; h != nil; link, h = &h.next, h.next {
		for rdp.cbs.tail[seg] == link {
			seg++
		}
		v.Segments[seg]++
	}
	for _, i := range [...]int{segWait, segNextReady} {
		if v.Segments[i] > 0 {
			v.WaitFor[i] = rdp.cbs.completed[i]
		}
	}
	return v
}
