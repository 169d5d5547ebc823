package sched

import (
	"math/bits"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/sim"
)

// rtEntity is sched_rt_entity.
type rtEntity struct {
	timeout   int  // jiffies since it last slept, for RLIMIT_RTTIME, which nobody sets
	timeSlice int  // of SCHED_RR, in jiffies
	onList    bool // on a list of its runqueue
	pushable  bool
}

// rtRQ is rt_rq: a list for each priority and a bitmap of those that are not
// empty (docs/kernel/sched-irq-printk.md §1.15). Everything here is under
// rq->lock but for what says otherwise.
type rtRQ struct {
	bitmap   [2]uint64
	lists    *[maxRTPrio][]*Task // made when the first real-time task comes
	nr       int                 // rt_nr_running
	migrate  int                 // rt_nr_migratory: those of them that may run elsewhere
	queued   bool                // rt_queued: nr counts in rq->nr_running
	overload bool                // overloaded: somebody here could run elsewhere
	// highest is highest_prio.curr, of those queued, and next highest_prio.next,
	// of those that can be pushed away; other CPUs read them without the lock.
	highest  cpu.Var[int]
	next     cpu.Var[int]
	pushable []*Task // by priority, the earlier of equals first

	// Under runtimeLock:
	runtimeLock lock.Raw
	throttled   bool     // rt_throttled; changes under rq->lock too
	time        sim.Time // rt_time: used in this period
	runtime     sim.Time // rt_runtime: allowed, with what was borrowed

	push pushIPI
}

// init makes an empty queue.
func (r *rtRQ) init(m *cpu.Machine) {
	r.highest.Init(m, "->rt.highest_prio", maxRTPrio)
	r.next.Init(m, "->rt.highest_prio.next", maxRTPrio)
	r.runtimeLock.Init(m, "->rt.rt_runtime_lock", &rtRuntimeLockKey)
	r.push.lock.Init(m, "->rt.push_lock", &pushLockKey)
	r.runtime = rtRuntime
}

// add puts p on the list of its priority, at its end or, with head, in front.
func (r *rtRQ) add(p *Task, head bool) {
	if r.lists == nil {
		r.lists = new([maxRTPrio][]*Task)
	}
	l := append(r.lists[p.prio], p)
	if head {
		copy(l[1:], l)
		l[0] = p
	}
	r.lists[p.prio] = l
	r.bitmap[p.prio>>6] |= 1 << (p.prio & 63)
	p.rt.onList = true
}

// del takes p off it.
func (r *rtRQ) del(p *Task) {
	l := r.list(p.prio)
	for i, q := range l {
		if q == p {
			l = append(l[:i], l[i+1:]...)
			r.lists[p.prio] = l
			if len(l) == 0 {
				r.bitmap[p.prio>>6] &^= 1 << (p.prio & 63)
			}
			p.rt.onList = false
			return
		}
	}
	panic("sched: " + p.Comm + " is not on the real-time list it should be on")
}

// list returns who is queued with a priority.
func (r *rtRQ) list(prio int) []*Task {
	if r.lists == nil || prio == maxRTPrio {
		return nil
	}
	return r.lists[prio]
}

// first is sched_find_first_bit(): the highest priority that is queued,
// maxRTPrio for none.
//
//kernel:fn sched_find_first_bit include/asm-generic/bitops/sched.h
func (r *rtRQ) first() int {
	for i, w := range r.bitmap {
		if w != 0 {
			return i<<6 + bits.TrailingZeros64(w)
		}
	}
	return maxRTPrio
}

// requeue is requeue_task_rt(): to the end of its list, or to the front.
//
//kernel:fn requeue_task_rt kernel/sched/rt.c
func (r *rtRQ) requeue(p *Task, head bool) {
	if p.rt.onList {
		r.del(p)
		r.add(p, head)
	}
}

// enqueueEntity is enqueue_rt_entity(): with what it does to rq->nr_running,
// which is without the real-time tasks while it works.
//
//kernel:fn enqueue_rt_entity kernel/sched/rt.c
func (c rtClass) enqueueEntity(x *cpu.Exec, rq *RQ, p *Task, head bool) {
	r := &rq.rt
	c.dequeueTop(x, rq)
	r.add(p, head)
	r.nr++
	if p.prio < r.highest.Peek() { // inc_rt_prio
		r.highest.WriteOnce(x, p.prio)
		c.s.rto.cpupriSet(x, rq.CPU, p.prio)
	}
	if !p.bound() {
		r.migrate++
	}
	c.updateMigration(x, rq)
	c.s.startRTBandwidth(x)
	c.enqueueTop(x, rq)
}

// dequeueEntity is dequeue_rt_entity().
//
//kernel:fn dequeue_rt_entity kernel/sched/rt.c
func (c rtClass) dequeueEntity(x *cpu.Exec, rq *RQ, p *Task) {
	r := &rq.rt
	c.dequeueTop(x, rq)
	r.del(p)
	r.nr--
	if first := r.first(); first != r.highest.Peek() { // dec_rt_prio
		r.highest.WriteOnce(x, first)
		c.s.rto.cpupriSet(x, rq.CPU, first)
	}
	if !p.bound() {
		r.migrate--
	}
	c.updateMigration(x, rq)
	c.enqueueTop(x, rq)
}

// enqueueTop is enqueue_top_rt_rq(): the real-time tasks count as running,
// unless they are throttled.
//
//kernel:fn enqueue_top_rt_rq kernel/sched/rt.c
func (c rtClass) enqueueTop(x *cpu.Exec, rq *RQ) {
	if r := &rq.rt; !r.queued && !r.throttled && r.nr > 0 {
		c.s.addNrRunning(x, rq, r.nr)
		r.queued = true
	}
}

// dequeueTop is dequeue_top_rt_rq().
//
//kernel:fn dequeue_top_rt_rq kernel/sched/rt.c
func (c rtClass) dequeueTop(x *cpu.Exec, rq *RQ) {
	if r := &rq.rt; r.queued {
		c.s.addNrRunning(x, rq, -r.nr)
		r.queued = false
	}
}

// updateMigration is update_rt_migration(): a CPU with two real-time tasks of
// which one may run elsewhere is overloaded, and says so to all.
//
//kernel:fn update_rt_migration kernel/sched/rt.c
func (c rtClass) updateMigration(x *cpu.Exec, rq *RQ) {
	r := &rq.rt
	if over := r.migrate > 0 && r.nr > 1; over != r.overload {
		if c.s.rto.online(rq.CPU) {
			c.s.rto.set(x, rq.CPU, over)
		}
		r.overload = over
	}
}

// addPushable is enqueue_pushable_task().
//
//kernel:fn enqueue_pushable_task kernel/sched/rt.c
func (r *rtRQ) addPushable(x *cpu.Exec, p *Task) {
	r.dropPushable(p)
	i := len(r.pushable)
	for i > 0 && r.pushable[i-1].prio > p.prio {
		i--
	}
	r.pushable = append(r.pushable, nil)
	copy(r.pushable[i+1:], r.pushable[i:])
	r.pushable[i], p.rt.pushable = p, true
	if p.prio < r.next.Peek() {
		r.next.WriteOnce(x, p.prio)
	}
}

// delPushable is dequeue_pushable_task().
//
//kernel:fn dequeue_pushable_task kernel/sched/rt.c
func (r *rtRQ) delPushable(x *cpu.Exec, p *Task) {
	r.dropPushable(p)
	next := maxRTPrio
	if len(r.pushable) > 0 {
		next = r.pushable[0].prio
	}
	if next != r.next.Peek() {
		r.next.WriteOnce(x, next)
	}
}

func (r *rtRQ) dropPushable(p *Task) {
	if !p.rt.pushable {
		return
	}
	for i, q := range r.pushable {
		if q == p {
			r.pushable = append(r.pushable[:i], r.pushable[i+1:]...)
			p.rt.pushable = false
			return
		}
	}
	panic("sched: " + p.Comm + " is not among the pushable tasks where it should be")
}
