package rcu

import (
	"cmp"
	"math"
	"strconv"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// deferred is nocb_defer_wakeup: a wake-up of the leader that is owed.
type deferred uint8

const (
	wakeNot deferred = iota
	wakeIfAsleep
	wakeForce
)

var (
	nocbWqKey   = lockdep.Key{Name: "&rdp->nocb_wq"}
	nocbGPWqKey = lockdep.Key{Name: "&rnp->nocb_gp_wq[i]"}
)

// nocb is the callback offloading of a CPU and flavour: its callbacks go through
// three lists and are invoked by a kthread, rcuo, wherever that runs
// (docs/kernel/rcu-boost-nocb.md C). CPUs are in groups; the first of each is
// the leader, whose thread waits for one grace period for all of them.
//
//	posted --leader takes all--> waiting --grace period--> ready --own rcuo--> invoked
//
// sleep is true while the leader sleeps, or is about to: whoever posts to an
// empty list has to wake it then. Poster: link, barrier, look at sleep. Leader:
// sleep = true, barrier, look at the lists. So one of them sees the other.
type nocb struct {
	posted  cbQueue // nocb_head, nocb_tail: anybody's
	waiting cbList  // nocb_gp_head, nocb_gp_tail: the leader's
	ready   cbQueue // nocb_follower_head, _tail: the leader appends, rcuo takes

	count  cpu.Var[int] // nocb_q_count: on all three, and being invoked
	lazy   cpu.Var[int]
	defers deferred // its own CPU's, with interrupts off

	leader *Data
	next   *Data // nocb_next_follower: from the leader on
	sleep  cpu.Var[bool]
	wq     sched.WaitQueue // the leader for callbacks, others for what is ready
	thread cpu.Var[*sched.Task]
}

// cbQueue is a list of callbacks without a lock: who appends exchanges the end
// and then links, so that in between the list is in two parts. It must not be
// copied.
type cbQueue struct {
	head             *Head
	tail             **Head
	headObj, tailObj sim.Obj // links count as the head's memory
}

func (q *cbQueue) init(m *cpu.Machine, name string) {
	q.head, q.tail = nil, &q.head
	q.headObj, q.tailObj = m.NewObj(name+"_head"), m.NewObj(name+"_tail")
}

// exchange is xchg of the tail, a full barrier.
func (q *cbQueue) exchange(x *cpu.Exec, to **Head) **Head {
	x.Op(cpu.KindUpdate, &q.tailObj, sim.AccessUpdate, x.CPU().Machine().Costs.RMW)
	old := q.tail
	q.tail = to
	return old
}

// link is the store that joins what was appended.
func (q *cbQueue) link(x *cpu.Exec, old **Head, first *Head) {
	x.Op(cpu.KindWrite, &q.headObj, sim.AccessWrite, x.CPU().Machine().Costs.Store)
	*old = first
}

// load reads a link.
func (q *cbQueue) load(x *cpu.Exec, at **Head) *Head {
	x.Op(cpu.KindRead, &q.headObj, sim.AccessRead, x.CPU().Machine().Costs.Load)
	return *at
}

// take empties the queue, whose head was seen not to be nil. A poster that has
// exchanged the tail before belongs to it, even if its link comes later: end
// says where to wait for it.
func (q *cbQueue) take(x *cpu.Exec) (end **Head) {
	x.Op(cpu.KindWrite, &q.headObj, sim.AccessWrite, x.CPU().Machine().Costs.Store)
	q.head = nil
	return q.exchange(x, &q.head)
}

// initNocb makes the offloaded CPUs' parts of a flavour and the leaves' queues.
func (rsp *State) initNocb() {
	m := rsp.r.m
	for _, c := range rsp.r.cfg.Nocbs {
		n := &nocb{}
		nr := strconv.Itoa(c)
		n.posted.init(m, rsp.name+".nocb"+nr)
		n.ready.init(m, rsp.name+".nocb_follower"+nr)
		n.waiting.init()
		n.count.Init(m, rsp.name+".nocb_q_count"+nr, 0)
		n.lazy.Init(m, rsp.name+".nocb_q_count_lazy"+nr, 0)
		n.sleep.Init(m, rsp.name+".nocb_leader_sleep"+nr, true)
		n.thread.Init(m, rsp.name+".nocb_kthread"+nr, nil)
		n.wq.Init(rsp.r.s, rsp.name+".nocb_wq"+nr, &nocbWqKey)
		rdp := rsp.rda.Of(c)
		rdp.nocb, rdp.cbs.disabled = n, true
	}
	leaves := rsp.leaves()
	for i := range leaves {
		wq := new([2]sched.WaitQueue)
		for j := range wq {
			wq[j].Init(rsp.r.s, leaves[i].lock.Name()+".nocb_gp_wq["+strconv.Itoa(j)+"]", &nocbGPWqKey)
		}
		leaves[i].nocbGPWq = wq
	}
	rsp.organizeNocb()
}

// organizeNocb is rcu_organize_nocb_kthreads(): every stride CPUs a group.
//
//kernel:fn rcu_organize_nocb_kthreads kernel/rcu/tree_plugin.h
func (rsp *State) organizeNocb() {
	stride := cmp.Or(rsp.r.cfg.NocbStride, int(math.Sqrt(float64(len(rsp.r.m.CPUs)))))
	next := 0
	var leader, last *Data
	for _, c := range rsp.r.cfg.Nocbs {
		rdp := rsp.rda.Of(c)
		if c >= next {
			next = (c/stride + 1) * stride
			leader = rdp
		} else {
			last.nocb.next = rdp
		}
		rdp.nocb.leader, last = leader, rdp
	}
}

// postNocb is __call_rcu_nocb_enqueue(): n callbacks from first on, whose last
// link is end. Interrupts are off, flags is how the caller had them. A caller
// that has them off may hold rq->lock, or what nests in it, so the leader is
// not woken here; one that has them on is taken to hold nothing of the kind
// (docs/kernel/rcu-boost-nocb.md C2). The count comes first, for barriers.
//
//kernel:fn __call_rcu_nocb_enqueue kernel/rcu/tree_plugin.h
func (rsp *State) postNocb(x *cpu.Exec, rdp *Data, first *Head, end **Head, n, lazy int, flags cpu.Flags) {
	q := rdp.nocb
	q.count.Update(x, func(c int) int { return c + n })
	old := q.posted.exchange(x, end)
	q.posted.link(x, old, first)
	q.lazy.Update(x, func(c int) int { return c + lazy })
	x.Spend(rsp.r.m.Costs.Barrier)
	if q.thread.ReadOnce(x) == nil {
		return
	}
	later := !bool(flags) && !rsp.r.cfg.NocbWakeDirect
	switch {
	case old == &q.posted.head:
		if later {
			q.defers = wakeIfAsleep
		} else {
			rsp.wakeNocbLeader(x, rdp, false)
		}
		rdp.qlenLastFqsCheck = 0
	case q.count.ReadOnce(x) > rdp.qlenLastFqsCheck+qhimark:
		if later {
			q.defers = wakeForce
		} else {
			rsp.wakeNocbLeader(x, rdp, true)
		}
		rdp.qlenLastFqsCheck = unlimited
	}
}

// callNocb is __call_rcu_nocb(). A CPU that RCU does not watch flushes the
// wake-up it owes in a softirq.
//
//kernel:fn __call_rcu_nocb kernel/rcu/tree_plugin.h
func (rsp *State) callNocb(x *cpu.Exec, rdp *Data, h *Head, lazy int, flags cpu.Flags) {
	h.next = nil
	rsp.postNocb(x, rdp, h, &h.next, 1, lazy, flags)
	if !bool(flags) && !rsp.r.watching(x) {
		rsp.r.invokeCore(x)
	}
}

// wakeNocbLeader is wake_nocb_leader(): with the caller's locks held.
//
//kernel:fn wake_nocb_leader kernel/rcu/tree_plugin.h
func (rsp *State) wakeNocbLeader(x *cpu.Exec, rdp *Data, force bool) {
	l := rdp.nocb.leader.nocb
	if l.thread.ReadOnce(x) == nil {
		return
	}
	if l.sleep.ReadOnce(x) || force {
		l.sleep.WriteOnce(x, false)
		l.wq.WakeUp(x, sched.Normal, 1)
	}
}

// nocbDeferredWakeup is do_nocb_deferred_wakeup(): what a call_rcu() with
// interrupts off has left to be done, from the softirq, on the way to idle, and
// for a CPU that is gone.
//
//kernel:fn do_nocb_deferred_wakeup kernel/rcu/tree_plugin.h
func (rsp *State) nocbDeferredWakeup(x *cpu.Exec, rdp *Data) {
	if rdp.nocb == nil || rdp.nocb.defers == wakeNot {
		return
	}
	v := rdp.nocb.defers
	rdp.nocb.defers = wakeNot
	if !rsp.r.m.Mutated("rcu.nocb-deferred-lost") {
		rsp.wakeNocbLeader(x, rdp, v == wakeForce)
	}
}

// length counts a chain of callbacks, as far as it is linked.
func (h *Head) length() (n int) {
	for ; h != nil; h = h.next {
		n++
	}
	return n
}
