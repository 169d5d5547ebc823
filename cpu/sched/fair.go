package sched

import (
	"math/bits"
	"slices"

	"lockstep/cpu"
	"lockstep/sim"
)

// Tunables of the fair class in nanoseconds, before scaling by CPUs.
const (
	latency        = 6_000_000
	minGranularity = 750_000
	wakeupGran     = 1_000_000
	nrLatency      = 8
)

// entity is sched_entity.
type entity struct {
	weight    int64
	inv       uint64
	vruntime  int64
	execStart sim.Time
	sumExec   int64
	prevSum   int64
	onRQ      bool
}

// setWeight is set_load_weight(): SCHED_IDLE has next to none, whatever the
// nice value.
//
//kernel:fn set_load_weight kernel/sched/core.c
func (se *entity) setWeight(policy Policy, nice int) {
	if policy == PolicyIdle {
		se.weight, se.inv = idleWeight, idleInverse
		return
	}
	se.weight, se.inv = weights[nice+20], inverses[nice+20]
}

// cfsRQ is cfs_rq, flat. The tree of the kernel is a slice here, sorted by
// vruntime with equal keys behind each other: the runqueues are short.
type cfsRQ struct {
	nr   int // tasks queued, the running one included
	load int64
	curr *Task
	tree []*Task
	// tasks is rq->cfs_tasks: all of them, who came last at the end.
	tasks []*Task
	// minV is min_vruntime: it changes under rq->lock, and a waker reads it
	// without.
	minV    cpu.Var[int64]
	last    *Task // LAST_BUDDY
	next    *Task
	skip    *Task // who yielded
	feat    Features
	latency int64
	minGran int64
	wakeup  int64
}

// init scales the tunables: 1 + log2 of the CPUs, at most eight count.
func (c *cfsRQ) init(cpus int) {
	f := int64(bits.Len(uint(min(cpus, 8))))
	c.latency, c.minGran, c.wakeup = latency*f, minGranularity*f, wakeupGran*f
}

// calcDeltaFair is calc_delta_fair(): delta in units of a nice-0 task.
//
//kernel:fn calc_delta_fair kernel/sched/fair.c
func calcDeltaFair(delta int64, se *entity) int64 {
	if se.weight == niceZeroWeight {
		return delta
	}
	return calcDelta(delta, niceZeroWeight, se.inv)
}

// updateCurr is update_curr(): charge the running task up to now.
//
//kernel:fn update_curr kernel/sched/fair.c
func (c *cfsRQ) updateCurr(rq *RQ) {
	if c.curr == nil {
		return
	}
	se := &c.curr.se
	d := int64(rq.clock - se.execStart)
	if d <= 0 {
		return
	}
	se.execStart = rq.clock
	se.sumExec += d
	se.vruntime += calcDeltaFair(d, se)
	c.updateMin()
}

// updateMin is update_min_vruntime(): it never decreases.
//
//kernel:fn update_min_vruntime kernel/sched/fair.c
func (c *cfsRQ) updateMin() {
	v := c.minV.Peek()
	switch {
	case c.curr != nil && len(c.tree) > 0:
		v = min(c.curr.se.vruntime, c.tree[0].se.vruntime)
	case c.curr != nil:
		v = c.curr.se.vruntime
	case len(c.tree) > 0:
		v = c.tree[0].se.vruntime
	}
	c.minV.Poke(max(c.minV.Peek(), v))
}

// place is place_entity(): a new task starts a slice behind (START_DEBIT), a
// sleeper gets a latency of credit, half of it with GENTLE_FAIR_SLEEPERS.
//
//kernel:fn place_entity kernel/sched/fair.c
func (c *cfsRQ) place(se *entity, initial bool) {
	v := c.minV.Peek()
	switch {
	case initial && c.feat.has(StartDebit):
		v += calcDeltaFair(c.slice(se), se)
	case !initial && c.feat.has(GentleFairSleepers):
		v -= c.latency / 2
	case !initial:
		v -= c.latency
	}
	se.vruntime = max(se.vruntime, v)
}

// slice is sched_slice(): the task's share of a period.
//
//kernel:fn sched_slice kernel/sched/fair.c
func (c *cfsRQ) slice(se *entity) int64 {
	nr, load := int64(c.nr), c.load
	if !se.onRQ {
		nr++
		load += se.weight
	}
	period := c.latency
	if nr > nrLatency {
		period = nr * c.minGran
	}
	return calcDelta(period, se.weight, inverse(load))
}

// enqueue is enqueue_entity(). The vruntime of a task that is not queued and
// does not sleep is relative to the min_vruntime of the queue it left; that of
// a sleeper was made so by [fairClass.waking], unless its waker held rq->lock.
//
//kernel:fn enqueue_entity kernel/sched/fair.c
func (c *cfsRQ) enqueue(rq *RQ, p *Task, flags enqueueFlags) {
	se := &p.se
	if flags&enqueueWakeup == 0 || flags&enqueueWaking != 0 {
		se.vruntime += c.minV.Peek()
	}
	c.updateCurr(rq)
	c.nr++
	c.load += se.weight
	c.tasks = append(c.tasks, p)
	if flags&enqueueWakeup != 0 {
		c.place(se, false)
	}
	if p != c.curr {
		c.insert(p)
	}
	se.onRQ = true
}

// dequeue is dequeue_entity().
//
//kernel:fn dequeue_entity kernel/sched/fair.c
func (c *cfsRQ) dequeue(rq *RQ, p *Task, flags dequeueFlags) {
	c.updateCurr(rq)
	c.clearBuddies(p)
	if p != c.curr {
		c.remove(p)
	}
	p.se.onRQ = false
	c.nr--
	c.load -= p.se.weight
	c.tasks = slices.DeleteFunc(c.tasks, func(q *Task) bool { return q == p })
	if flags&dequeueSleep == 0 {
		p.se.vruntime -= c.minV.Peek()
	}
	c.updateMin()
}

func (c *cfsRQ) clearBuddies(p *Task) {
	if c.last == p {
		c.last = nil
	}
	if c.next == p {
		c.next = nil
	}
	if c.skip == p {
		c.skip = nil
	}
}

// insert keeps the order; a task of equal vruntime goes behind.
func (c *cfsRQ) insert(p *Task) {
	i := len(c.tree)
	for i > 0 && p.se.vruntime < c.tree[i-1].se.vruntime {
		i--
	}
	c.tree = append(c.tree, nil)
	copy(c.tree[i+1:], c.tree[i:])
	c.tree[i] = p
}

func (c *cfsRQ) remove(p *Task) {
	for i, q := range c.tree {
		if q == p {
			c.tree = append(c.tree[:i], c.tree[i+1:]...)
			return
		}
	}
	panic("sched: " + p.Comm + " is not in the tree it should be in")
}

// putPrev is put_prev_entity(): a task that is still queued goes back into the
// tree.
//
//kernel:fn put_prev_entity kernel/sched/fair.c
func (c *cfsRQ) putPrev(rq *RQ, prev *Task) {
	if prev.se.onRQ {
		c.updateCurr(rq)
		c.insert(prev)
	}
	c.curr = nil
}

// setNext is set_next_entity().
//
//kernel:fn set_next_entity kernel/sched/fair.c
func (c *cfsRQ) setNext(rq *RQ, p *Task) {
	if p.se.onRQ {
		c.remove(p)
	}
	p.se.execStart = rq.clock
	c.curr = p
	p.se.prevSum = p.se.sumExec
}

// pick is pick_next_entity(): the leftmost, or the second if the leftmost
// yielded, or a buddy; each if that is not too unfair to the leftmost.
//
//kernel:fn pick_next_entity kernel/sched/fair.c
func (c *cfsRQ) pick() *Task {
	left := c.tree[0]
	p := left
	if c.skip == left && len(c.tree) > 1 && c.preemptEntity(&c.tree[1].se, &left.se) < 1 {
		p = c.tree[1]
	}
	if c.last != nil && c.preemptEntity(&c.last.se, &left.se) < 1 {
		p = c.last
	}
	if c.next != nil && c.preemptEntity(&c.next.se, &left.se) < 1 {
		p = c.next
	}
	c.clearBuddies(p)
	return p
}

// preemptEntity is wakeup_preempt_entity(): 1 if se is so far behind curr
// that it should preempt it.
//
//kernel:fn wakeup_preempt_entity kernel/sched/fair.c
func (c *cfsRQ) preemptEntity(curr, se *entity) int {
	d := curr.vruntime - se.vruntime
	if d <= 0 {
		return -1
	}
	if d > calcDeltaFair(c.wakeup, se) {
		return 1
	}
	return 0
}
