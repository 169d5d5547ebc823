package rcu

import (
	"fmt"

	"lockstep/cpu"
)

// readUnlockSpecial is rcu_read_unlock_special(): what was asked of t while
// it was a reader. The caller may hold any lock; node locks and, behind them,
// a wake-up may be taken here, which is the hazard this kernel is known for
// (docs/kernel/rcu-perf.md §2.3).
//
//kernel:fn rcu_read_unlock_special kernel/rcu/tree_plugin.h
func (r *RCU) readUnlockSpecial(x *cpu.Exec, t *Task) {
	if x.CPU().InNMI() {
		return
	}
	flags := cpu.LocalIrqSave(x)
	asked := t.special // stable from here on: its writers run on this CPU
	if asked.needQS {
		r.preemptQS(x)
		t.special.needQS = false
		if !t.special.any() {
			cpu.LocalIrqRestore(x, flags)
			return
		}
	}
	if asked.expNeedQS {
		cpu.WarnOnce(x, asked.blocked, "kernel/rcu/tree_plugin.h", "rcu_read_unlock_special: an expedited quiescent state is asked of a blocked reader")
		t.special.expNeedQS = false
		rsp := r.preempt
		rsp.reportExpRdp(x, rsp.rda.This(x), true)
		if !t.special.any() {
			cpu.LocalIrqRestore(x, flags)
			return
		}
	}
	// A reader that was preempted cannot end in an interrupt handler.
	if c := x.CPU(); c.InIrq() || c.InServingSoftirq() {
		r.suspicious(x, true, "kernel/rcu/tree_plugin.h", "rcu_read_unlock() from irq or softirq with blocking in critical section!!!")
		s := t.special
		r.m.Hooks.Printk(x, cpu.LevelAlert, fmt.Sprintf("->rcu_read_unlock_special: (b: %t, enq: %t, nq: %t)", s.blocked, s.expNeedQS, s.needQS), 0)
		cpu.LocalIrqRestore(x, flags)
		return
	}
	if !t.special.blocked {
		cpu.LocalIrqRestore(x, flags)
		return
	}
	t.special.blocked = false
	r.preempt.unblock(x, t, flags)
}

// unblock takes t off the list of the leaf where it was preempted, which by
// now need not be this CPU's, and passes on that it blocks no more.
//
//kernel:fn rcu_read_unlock_special kernel/rcu/tree_plugin.h
func (rsp *State) unblock(x *cpu.Exec, t *Task, flags cpu.Flags) {
	rnp := t.blockedNode
	for {
		rnp.lock.Lock(x)
		if rnp == t.blockedNode {
			break
		}
		cpu.WarnOnce(x, true, "kernel/rcu/tree_plugin.h", "rcu_read_unlock_special: the node changed under a blocked reader")
		rnp.lock.Unlock(x)
		rnp = t.blockedNode
	}
	emptyNorm := !rnp.blockedReadersCgp()
	emptyExp := rnp.expDone()
	x.Spend(rsp.r.m.Costs.Barrier)
	rnp.lock.AssertHeld(x)
	np := rnp.blkd.remove(t)
	t.blockedNode = nil
	if rnp.gpTasks.Peek() == t && !rsp.r.m.Mutated("rcu.unlock-keeps-gp-tasks") {
		rnp.gpTasks.WriteOnce(x, np)
	}
	if rnp.expTasks.Peek() == t {
		rnp.expTasks.WriteOnce(x, np)
	}
	emptyExpNow := rnp.expDone()
	drop := rsp.deboost(x, rnp, t, np)
	rsp.auditList(x, rnp)
	// Either way the lock is dropped and interrupts are the caller's again
	// before the expedited report takes the lock once more.
	if !emptyNorm && !rnp.blockedReadersCgp() {
		rsp.reportUnblockQSRnp(x, rnp, flags)
	} else {
		rnp.lock.UnlockIrqrestore(x, flags)
	}
	if drop {
		rnp.boost.mtx.UnlockProxy(x)
	}
	if !emptyExp && emptyExpNow {
		rsp.reportExpRnp(x, rnp, true)
	}
}

// preemptQS is rcu_preempt_qs(): this CPU has passed a quiescent state of
// rcu_preempt. It touches only the CPU's and the task's own data; preemption
// is off.
//
//kernel:fn rcu_preempt_qs kernel/rcu/tree_plugin.h
func (r *RCU) preemptQS(x *cpu.Exec) {
	if rdp := r.preempt.rda.This(x); rdp.owes() && !r.m.Mutated("rcu.preempt-qs-not-recorded") {
		r.local(x)
		rdp.noQS = false
		r.task(x).special.needQS = false
	}
}
