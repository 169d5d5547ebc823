package rcu

import "lockstep/cpu"

// exitTask is exit_rcu(): a task that exits in the middle of a reader in which
// it was preempted is still on a leaf's list, and is taken off as an unlock
// would. That it is in any reader at all is an error of its code, which the
// oracle says and the kernel passes over (docs/kernel/rcu-perf.md §8.4, I10).
//
//kernel:fn exit_rcu kernel/rcu/tree_plugin.h
func (r *RCU) exitTask(x *cpu.Exec) {
	t := r.tasks.Peek(x)
	if t == nil {
		return
	}
	if t.nesting != 0 || t.depth[r.sched.index] != 0 || t.depth[r.bh.index] != 0 {
		r.broken(x, "I10", "%s/%d ends inside a reader: nesting %d, rcu_sched %d, rcu_bh %d",
			x.Comm, x.PID, t.nesting, t.depth[r.sched.index], t.depth[r.bh.index])
	}
	if t.linked {
		t.nesting = 1
		t.special.blocked = true
		r.readUnlock(x)
	}
	r.preempt.auditUnboosted(x)
}
