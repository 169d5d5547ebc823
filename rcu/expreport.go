package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// reportExpRdp is rcu_report_exp_rdp(): this CPU has passed its expedited
// quiescent state.
//
//kernel:fn rcu_report_exp_rdp kernel/rcu/tree.c
func (rsp *State) reportExpRdp(x *cpu.Exec, rdp *Data, wake bool) {
	rsp.reportExpCPUMult(x, rdp.mynode, rdp.grpmask, wake)
}

// reportExpCPUMult is rcu_report_exp_cpu_mult(): the same for several CPUs of
// a leaf. Who finds its bits clear was not waited for.
//
//kernel:fn rcu_report_exp_cpu_mult kernel/rcu/tree.c
func (rsp *State) reportExpCPUMult(x *cpu.Exec, rnp *Node, mask uint64, wake bool) {
	flags := rnp.lock.LockIrqsave(x)
	if rnp.expmask.Peek()&mask == 0 {
		rnp.lock.UnlockIrqrestore(x, flags)
		return
	}
	rnp.clearExp(x, mask)
	rsp.reportExpRnpLocked(x, rnp, wake, flags)
}

// reportExpRnp is rcu_report_exp_rnp(): a task that blocked the expedited
// grace period has left the node's list.
//
//kernel:fn rcu_report_exp_rnp kernel/rcu/tree.c
func (rsp *State) reportExpRnp(x *cpu.Exec, rnp *Node, wake bool) {
	flags := rnp.lock.LockIrqsave(x)
	rsp.reportExpRnpLocked(x, rnp, wake, flags)
}

// reportExpRnpLocked is __rcu_report_exp_rnp(): entered with the node's lock,
// left without. A node that owes nothing any more clears its bit in its
// parent, one lock at a time, interrupts off in between; at the root the
// requester is woken, with no node's lock held but with whatever the caller
// of an unlock holds (docs/kernel/rcu-perf.md §3.6). Where only tasks are left
// they may be boosted.
//
//kernel:fn __rcu_report_exp_rnp kernel/rcu/tree.c
func (rsp *State) reportExpRnpLocked(x *cpu.Exec, rnp *Node, wake bool, flags cpu.Flags) {
	for rnp.expDone() {
		if rnp.parent == nil {
			rsp.expWakeRequester(x, rnp, wake, flags)
			return
		}
		mask := rnp.grpmask
		rnp.lock.Unlock(x)
		rnp = rnp.parent
		rnp.lock.Lock(x)
		cpu.WarnOnce(x, rnp.expmask.Peek()&mask == 0, "kernel/rcu/tree.c", "__rcu_report_exp_rnp: the parent has the child's bit clear already")
		rnp.clearExp(x, mask)
	}
	if rnp.expmask.Peek() == 0 {
		rsp.initiateBoost(x, rnp, flags)
		return
	}
	rnp.lock.UnlockIrqrestore(x, flags)
}

// expWakeRequester ends the walk at the root. The lock goes first: a wake-up
// takes rq->lock, under which readers may end and come here.
func (rsp *State) expWakeRequester(x *cpu.Exec, root *Node, wake bool, flags cpu.Flags) {
	m := rsp.r.m
	wake = wake && !m.Mutated("rcu.exp-no-wake")
	under := wake && (m.Mutated("rcu.wake-under-rnp") || rsp.r.Variants.ExpWakeUnderRnp)
	if under {
		rsp.expeditedWq.WakeUp(x, sched.Normal, 1)
	}
	root.lock.UnlockIrqrestore(x, flags)
	if wake && !under {
		x.Spend(m.Costs.Barrier)
		rsp.expeditedWq.WakeUp(x, sched.Normal, 1)
	}
}
