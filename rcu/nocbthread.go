package rcu

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// spawnNocbKthreads is rcu_spawn_nocb_kthreads(), at boot: every CPU is online
// then, so a group's leader gets its thread before the others do. They are
// ordinary threads, bound to no CPU; they outlive their CPU.
//
//kernel:fn rcu_spawn_nocb_kthreads kernel/rcu/tree_plugin.h
func (r *RCU) spawnNocbKthreads(x *cpu.Exec) {
	for _, c := range r.cfg.Nocbs {
		for i, rsp := range r.flavours {
			rdp := rsp.rda.Of(c)
			x.Kmalloc()
			t := r.s.NewKthread(fmt.Sprintf("rcuo%c/%d", rsp.name[len("rcu_")], c), r.pidHelper(len(rsp.node)+3*c+i), -1,
				func(x *cpu.Exec) { rsp.nocbKthread(x, rdp) })
			r.s.WakeUpProcess(x, t)
			rdp.nocb.thread.WriteOnce(x, t)
		}
	}
}

// nocbKthread is rcu_nocb_kthread(): wait, take what is ready, invoke it, in
// process context with bottom halves off. There is no limit to a batch. Where
// the list is still in two parts the link is waited for
// (docs/kernel/rcu-boost-nocb.md C7).
//
//kernel:fn rcu_nocb_kthread kernel/rcu/tree_plugin.h
func (rsp *State) nocbKthread(x *cpu.Exec, rdp *Data) {
	q := rdp.nocb
	for {
		if q.leader == rdp {
			rsp.nocbLeaderWait(x, rdp)
		} else {
			rsp.nocbFollowerWait(x, rdp)
		}
		list := q.ready.load(x, &q.ready.head)
		if list == nil {
			cpu.Bug(x, "kernel/rcu/tree_plugin.h", "rcu_nocb_kthread: woken for no callbacks")
		}
		end := q.ready.take(x)
		count, lazy := 0, 0
		for list != nil {
			next := q.ready.load(x, &list.next)
			for next == nil && &list.next != end {
				rsp.r.tm.ScheduleTimeoutInterruptible(x, 1)
				next = q.ready.load(x, &list.next)
			}
			rsp.r.sq.LocalBHDisable(x)
			if rsp.invoke(x, list) {
				lazy++
			}
			rsp.r.sq.LocalBHEnable(x)
			count++
			list = next
		}
		x.Spend(rsp.r.m.Costs.Barrier)
		rsp.r.callbacks -= count
		if left := q.count.Update(x, func(c int) int { return c - count }) - count; left < 0 {
			rsp.r.broken(x, "N1", "%s: CPU %d counts %d offloaded callbacks", rsp.name, rdp.cpu, left)
		}
		q.lazy.Update(x, func(c int) int { return c - lazy })
	}
}

// nocbFollowerWait is nocb_follower_wait().
//
//kernel:fn nocb_follower_wait kernel/rcu/tree_plugin.h
func (rsp *State) nocbFollowerWait(x *cpu.Exec, rdp *Data) {
	q := rdp.nocb
	q.wq.WaitEvent(x, sched.Interruptible, func() bool { return q.ready.load(x, &q.ready.head) != nil })
}

// nocbLeaderWait is nocb_leader_wait(): until there are callbacks for the
// leader itself; meanwhile it serves its group, one grace period at a time
// (docs/kernel/rcu-boost-nocb.md C5).
//
//kernel:fn nocb_leader_wait kernel/rcu/tree_plugin.h
func (rsp *State) nocbLeaderWait(x *cpu.Exec, my *Data) {
	q := my.nocb
	for {
		q.wq.WaitEvent(x, sched.Interruptible, func() bool { return !q.sleep.ReadOnce(x) })
		if !rsp.nocbTakePosted(x, my) {
			rsp.r.tm.ScheduleTimeoutInterruptible(x, 1)
			q.sleep.WriteOnce(x, true)
			x.Spend(rsp.r.m.Costs.Barrier)
			for rdp := my; rdp != nil; rdp = rdp.nocb.next {
				if rdp.nocb.posted.load(x, &rdp.nocb.posted.head) != nil {
					q.sleep.WriteOnce(x, false)
					break
				}
			}
			continue
		}
		rsp.nocbWaitGP(x, my)
		q.sleep.WriteOnce(x, true)
		x.Spend(rsp.r.m.Costs.Barrier)
		rsp.nocbHandOut(x, my)
		if q.ready.load(x, &q.ready.head) != nil {
			return
		}
	}
}

// nocbTakePosted moves what was posted in the group to where it waits for a
// grace period, and reports whether there is any.
func (rsp *State) nocbTakePosted(x *cpu.Exec, my *Data) bool {
	got := false
	for rdp := my; rdp != nil; rdp = rdp.nocb.next {
		q := rdp.nocb
		first := q.posted.load(x, &q.posted.head)
		if first == nil {
			continue
		}
		if q.waiting.head != nil {
			rsp.r.broken(x, "N2", "%s: the callbacks of CPU %d that wait are overwritten", rsp.name, rdp.cpu)
		}
		q.waiting.head, q.waiting.tail = first, q.posted.take(x)
		got = true
	}
	return got
}

// nocbHandOut gives everybody of the group what has waited, and wakes who had
// nothing ready. Who posted since the leader was last told of it is not waited
// for a second time.
func (rsp *State) nocbHandOut(x *cpu.Exec, my *Data) {
	for rdp := my; rdp != nil; rdp = rdp.nocb.next {
		q := rdp.nocb
		if q.posted.load(x, &q.posted.head) != nil {
			my.nocb.sleep.WriteOnce(x, false)
		}
		if q.waiting.head == nil {
			continue
		}
		old := q.ready.exchange(x, q.waiting.tail)
		q.ready.link(x, old, q.waiting.head)
		q.waiting.init()
		x.Spend(rsp.r.m.Costs.Barrier)
		if rdp != my && old == &q.ready.head {
			q.wq.WakeUp(x, sched.Normal, 1)
		}
	}
}

// nocbWaitGP is rcu_nocb_wait_gp(): ask for a grace period at the leaf, and
// sleep there until it is over.
//
//kernel:fn rcu_nocb_wait_gp kernel/rcu/tree_plugin.h
func (rsp *State) nocbWaitGP(x *cpu.Exec, rdp *Data) {
	if rsp.r.m.Mutated("rcu.nocb-does-not-wait") {
		return
	}
	rnp := rdp.mynode
	flags := rnp.lock.LockIrqsave(x)
	c, wake := rsp.startFutureGP(x, rnp, rdp)
	rnp.lock.UnlockIrqrestore(x, flags)
	if wake {
		rsp.gpKthreadWake(x)
	}
	rnp.nocbGPWq[c&1].WaitEvent(x, sched.Interruptible, func() bool { return ge(rnp.completed.ReadOnce(x), c) })
	x.Spend(rsp.r.m.Costs.Barrier)
}

// futureGPCleanup is rcu_future_gp_cleanup(): the need for the grace period
// that ends at this node is met, and whoever of the rcuo threads waits for it
// is woken, with the node's lock held, as until 4.6: from here rq->lock is
// reached under it. It returns how many need the next one.
//
//kernel:fn rcu_future_gp_cleanup kernel/rcu/tree.c
func (rsp *State) futureGPCleanup(x *cpu.Exec, rnp *Node) int {
	c := rnp.completed.Peek()
	if rnp.nocbGPWq != nil && !rsp.r.m.Mutated("rcu.nocb-gp-wake-lost") {
		rnp.nocbGPWq[c&1].WakeUpAll(x) // rcu_nocb_gp_cleanup
	}
	rnp.needFutureGP[c&1].WriteOnce(x, 0)
	return rnp.needFutureGP[(c+1)&1].Peek()
}
