package rcu

import "lockstep/cpu"

// Grace-period numbers, jiffies and sequence counters wrap, so they are
// compared by their distance: a is at or behind b if going from b to a is at
// most half way round.

// ge is ULONG_CMP_GE.
func ge(a, b uint64) bool { return a-b <= ^uint64(0)/2 }

// lt is ULONG_CMP_LT.
func lt(a, b uint64) bool { return a-b > ^uint64(0)/2 }

// seqSnap is rcu_seq_snap(): the value that the counter must reach before a
// whole grace period has passed since now. An odd counter, one in progress,
// started too early to count.
//
//kernel:fn rcu_seq_snap kernel/rcu/tree.c
func seqSnap(x *cpu.Exec, seq *cpu.Var[uint64]) uint64 {
	x.Spend(x.Machine().Costs.Barrier) // the caller's accesses come before
	return (seq.ReadOnce(x) + 3) &^ 1
}

// seqDone is rcu_seq_done().
//
//kernel:fn rcu_seq_done kernel/rcu/tree.c
func seqDone(x *cpu.Exec, seq *cpu.Var[uint64], snap uint64) bool {
	return ge(seq.ReadOnce(x), snap)
}

// seqStart is rcu_seq_start(); the counter becomes odd.
//
//kernel:fn rcu_seq_start kernel/rcu/tree.c
func seqStart(x *cpu.Exec, seq *cpu.Var[uint64]) {
	seq.WriteOnce(x, seq.Peek()+1)
	x.Spend(x.Machine().Costs.Barrier)
	cpu.WarnOnce(x, seq.Peek()&1 == 0, "kernel/rcu/tree.c", "rcu_seq_start: sequence is even behind the start")
}

// seqEnd is rcu_seq_end(); the counter becomes even.
//
//kernel:fn rcu_seq_end kernel/rcu/tree.c
func seqEnd(x *cpu.Exec, seq *cpu.Var[uint64]) {
	x.Spend(x.Machine().Costs.Barrier)
	seq.WriteOnce(x, seq.Peek()+1)
	cpu.WarnOnce(x, seq.Peek()&1 != 0, "kernel/rcu/tree.c", "rcu_seq_end: sequence is odd behind the end")
}
