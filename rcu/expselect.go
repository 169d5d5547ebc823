package rcu

import (
	"math/bits"

	"lockstep/cpu"
)

// syncExpResetTreeHotplug is sync_exp_reset_tree_hotplug(): take CPUs that
// came online since the last expedited grace period into the initial masks.
// After boot that is all of them.
//
//kernel:fn sync_exp_reset_tree_hotplug kernel/rcu/tree.c
func (rsp *State) syncExpResetTreeHotplug(x *cpu.Exec) {
	if rsp.ncpus == rsp.ncpusSnap {
		return
	}
	rsp.ncpusSnap = rsp.ncpus
	leaves := rsp.leaves()
	for i := range leaves {
		rnp := &leaves[i]
		flags := rnp.lock.LockIrqsave(x)
		if rnp.expmaskinit == rnp.expmaskinitnext {
			rnp.lock.UnlockIrqrestore(x, flags)
			continue
		}
		old := rnp.expmaskinit
		rnp.expmaskinit = rnp.expmaskinitnext
		rnp.lock.UnlockIrqrestore(x, flags)
		if old != 0 {
			continue
		}
		mask := rnp.grpmask
		for up := rnp.parent; up != nil; up = up.parent {
			flags := up.lock.LockIrqsave(x)
			done := up.expmaskinit != 0
			up.expmaskinit |= mask
			up.lock.UnlockIrqrestore(x, flags)
			if done {
				break
			}
			mask = up.grpmask
		}
	}
}

// syncExpResetTree is sync_exp_reset_tree(): everybody owes.
//
//kernel:fn sync_exp_reset_tree kernel/rcu/tree.c
func (rsp *State) syncExpResetTree(x *cpu.Exec) {
	rsp.syncExpResetTreeHotplug(x)
	for i := range rsp.node {
		rnp := &rsp.node[i]
		flags := rnp.lock.LockIrqsave(x)
		cpu.WarnOnce(x, rnp.expmask.Peek() != 0, "kernel/rcu/tree.c", "sync_exp_reset_tree: somebody owes from the last expedited grace period")
		rnp.expmask.WriteOnce(x, rnp.expmaskinit)
		rnp.lock.UnlockIrqrestore(x, flags)
	}
}

// syncExpSelectCPUs is sync_rcu_exp_select_cpus(): settle what can be settled
// from here and interrupt the other CPUs. All masks are set before the first
// interrupt, so a reader preempted on the way is found by its own CPU's bit
// (docs/kernel/rcu-perf.md §3.4).
//
//kernel:fn sync_rcu_exp_select_cpus kernel/rcu/tree.c
func (rsp *State) syncExpSelectCPUs(x *cpu.Exec) {
	rsp.syncExpResetTree(x)
	leaves := rsp.leaves()
	for i := range leaves {
		rsp.expSelectLeaf(x, &leaves[i])
	}
}

// expSelectLeaf handles one leaf. A CPU that idles, and the one that asks,
// are in no reader; the tasks that were preempted in one are on the list. A
// CPU that is offline is reported along with those. Nobody
// is woken for them: the requester is the one who reports.
//
//kernel:fn sync_rcu_exp_select_cpus kernel/rcu/tree.c
func (rsp *State) expSelectLeaf(x *cpu.Exec, rnp *Node) {
	r := rsp.r
	flags := rnp.lock.LockIrqsave(x)
	var quiet uint64
	for c := rnp.grplo; c <= rnp.grphi; c++ {
		if c == x.CPU().ID || fullRead(x, &r.dynticks.Of(c).count)&1 == 0 {
			quiet |= rsp.rda.Of(c).grpmask
		}
	}
	rnp.lock.AssertHeld(x)
	ipi := rnp.expmask.Peek() &^ quiet
	if first := rnp.blkd.first; first != nil {
		rnp.expTasks.WriteOnce(x, first)
	}
	rnp.lock.UnlockIrqrestore(x, flags)

	for left := ipi; left != 0; left &= left - 1 {
		bit := left & -left
		if rsp.expAsk(x, rnp, rnp.grplo+bits.TrailingZeros64(bit), bit) {
			ipi &^= bit
		}
	}
	if quiet |= ipi; quiet != 0 {
		rsp.reportExpCPUMult(x, rnp, quiet, false)
	}
}

// expAsk interrupts a CPU. It returns false if the CPU is offline and was still
// waited for, so that somebody has to report in its place. One that has been
// found offline and comes just then is tried again, a jiffy later.
//
//kernel:fn sync_rcu_exp_select_cpus kernel/rcu/tree.c
func (rsp *State) expAsk(x *cpu.Exec, rnp *Node, c int, bit uint64) bool {
	r := rsp.r
	for r.ic.CallFunctionSingle(x, c, rsp.expHandler, false) != nil {
		flags := rnp.lock.LockIrqsave(x)
		if r.m.Online.Test(x, c) && rnp.expmask.Peek()&bit != 0 {
			rnp.lock.UnlockIrqrestore(x, flags)
			r.tm.ScheduleTimeoutUninterruptible(x, 1)
			if r.m.Online.Test(x, c) && rnp.expmask.ReadOnce(x)&bit != 0 {
				continue
			}
			flags = rnp.lock.LockIrqsave(x)
		}
		owed := rnp.expmask.Peek()&bit != 0
		rnp.lock.UnlockIrqrestore(x, flags)
		return !owed
	}
	return true
}

// fullRead reads with a full barrier, as adding nothing atomically does.
func fullRead(x *cpu.Exec, v *cpu.Var[uint32]) uint32 { return v.Update(x, same) }

func same(n uint32) uint32 { return n }

// syncRCUExpHandler is sync_rcu_exp_handler(), in hardirq on the CPU that is
// asked: a reader is asked to report at its end; else the CPU reports at
// once, also in the tail of an unlock, and for a reader that was preempted
// before, since that one is on a list (docs/kernel/rcu-perf.md §3.5).
//
//kernel:fn sync_rcu_exp_handler kernel/rcu/tree_plugin.h
func (rsp *State) syncRCUExpHandler(x *cpu.Exec) {
	t, rdp := rsp.r.task(x), rsp.rda.This(x)
	rdp.expAsked = rsp.expeditedSeq.Peek() // it stands still until this CPU has reported
	if t.nesting > 0 && !t.special.blocked && !rsp.r.m.Mutated("rcu.exp-ipi-ignores-nesting") {
		t.special.expNeedQS = !rsp.r.m.Mutated("rcu.exp-ipi-asks-nobody")
		return
	}
	rsp.reportExpRdp(x, rdp, true)
}
