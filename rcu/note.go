package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/softirq"
)

// noteGPChanges is note_gp_changes(): bring this CPU's view of the grace
// periods up to its leaf's. If the leaf's lock is busy another tick will do;
// if the views are equal new callbacks are not even looked at
// (docs/kernel/rcu-perf.md §2.15).
//
//kernel:fn note_gp_changes kernel/rcu/tree.c
func (rsp *State) noteGPChanges(x *cpu.Exec, rdp *Data) {
	flags := cpu.LocalIrqSave(x)
	rnp := rdp.mynode
	if rdp.gpnum == rnp.gpnum.ReadOnce(x) && rdp.completed == rnp.completed.ReadOnce(x) && !rdp.gpwrap.ReadOnce(x) ||
		!rnp.lock.Trylock(x) {
		cpu.LocalIrqRestore(x, flags)
		return
	}
	wake := rsp.noteGPChangesLocked(x, rnp, rdp)
	rnp.lock.UnlockIrqrestore(x, flags)
	if wake {
		rsp.gpKthreadWake(x)
	}
}

// noteGPChangesLocked is __note_gp_changes(), leaf lock held, on the CPU
// itself. The end of the old grace period is noted before the start of the
// new one.
//
//kernel:fn __note_gp_changes kernel/rcu/tree.c
func (rsp *State) noteGPChangesLocked(x *cpu.Exec, rnp *Node, rdp *Data) bool {
	rnp.lock.AssertHeld(x)
	var wake bool
	if rdp.completed == rnp.completed.Peek() && !rdp.gpwrap.Peek() {
		wake = rsp.accelerateCbs(x, rnp, rdp)
	} else {
		wake = rsp.advanceCbs(x, rnp, rdp)
		rdp.completed = rnp.completed.Peek()
	}
	if rdp.gpnum != rnp.gpnum.Peek() || rdp.gpwrap.Peek() {
		rdp.gpnum = rnp.gpnum.Peek()
		rdp.noQS = true
		rdp.qsCtrSnap = *rsp.r.qsCtr.This(x)
		rdp.coreNeeds = rnp.qsmask.Peek()&rdp.grpmask != 0
		if rsp.r.m.Mutated("rcu.note-reports-qs") {
			rnp.qsmask.WriteOnce(x, rnp.qsmask.Peek()&^rdp.grpmask)
		}
		if rsp.r.m.Mutated("rcu.note-clears-qs-pending") {
			rdp.coreNeeds = false
		}
		rdp.ticksThisGP = 0
		rdp.softirqSnap = rsp.r.sq.Served(x.CPU().ID, softirq.RCU)
		rdp.gpwrap.WriteOnce(x, false)
	}
	return wake
}

// checkQuiescentState is rcu_check_quiescent_state(), in softirq: report if
// this CPU owes a quiescent state and has passed one.
//
//kernel:fn rcu_check_quiescent_state kernel/rcu/tree.c
func (rsp *State) checkQuiescentState(x *cpu.Exec, rdp *Data) {
	rsp.noteGPChanges(x, rdp)
	if !rdp.coreNeeds || rdp.noQS && rdp.qsCtrSnap == *rsp.r.qsCtr.This(x) {
		return
	}
	rsp.reportQSRdp(x, rdp)
}
