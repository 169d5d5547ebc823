package rcu

import (
	"math/bits"

	"lockstep/cpu"
)

// gpFqs is rcu_gp_fqs(): one round of forcing. The first takes snapshots, the
// later ones compare with them (docs/kernel/rcu-perf.md §2.26).
//
//kernel:fn rcu_gp_fqs kernel/rcu/tree.c
func (rsp *State) gpFqs(x *cpu.Exec, first bool) {
	rsp.active(x)
	rsp.nForceQS.WriteOnce(x, rsp.nForceQS.Peek()+1)
	rsp.forceQSRnp(x, first)
	if rsp.gpFlags.ReadOnce(x)&gpFlagFQS != 0 {
		root := rsp.root()
		root.lock.LockIrq(x)
		rsp.gpFlags.WriteOnce(x, rsp.gpFlags.Peek()&^gpFlagFQS)
		root.lock.UnlockIrq(x)
	}
}

// forceQSRnp is force_qs_rnp(): at each leaf, find CPUs that are quiescent
// without saying so and report for them.
//
//kernel:fn force_qs_rnp kernel/rcu/tree.c
func (rsp *State) forceQSRnp(x *cpu.Exec, first bool) {
	leaves := rsp.leaves()
	for i := range leaves {
		rnp := &leaves[i]
		rsp.r.CondReschedQS(x)
		flags := rnp.lock.LockIrqsave(x)
		if rnp.qsmask.Peek() == 0 {
			rsp.forceQSBlocked(x, rnp, flags)
			continue
		}
		var mask uint64
		for left := rnp.qsmask.Peek(); left != 0; left &= left - 1 {
			bit := left & -left
			rdp := rsp.rda.Of(rnp.grplo + bits.TrailingZeros64(bit))
			if first && rsp.dyntickSaveProgressCounter(x, rdp) || !first && rsp.implicitDynticksQS(x, rdp) {
				mask |= bit
			}
		}
		if mask != 0 {
			rsp.reportQSRnp(x, mask, rnp, rnp.gpnum.Peek(), flags)
		} else {
			rnp.lock.UnlockIrqrestore(x, flags)
		}
	}
}

// forceQSBlocked handles a leaf of which only tasks may still block, its lock
// held: if they do they may be boosted; if not even they do, and its parent has
// not heard, it is told.
//
//kernel:fn force_qs_rnp kernel/rcu/tree.c
func (rsp *State) forceQSBlocked(x *cpu.Exec, rnp *Node, flags cpu.Flags) {
	if rsp.flavorMask != flavorPreempt || rnp.blockedReadersCgp() {
		rsp.initiateBoost(x, rnp, flags)
		return
	}
	if rnp.parent != nil && rnp.parent.qsmask.ReadOnce(x)&rnp.grpmask != 0 {
		rsp.reportUnblockQSRnp(x, rnp, flags)
		return
	}
	rnp.lock.UnlockIrqrestore(x, flags)
}

// dyntickSaveProgressCounter is dyntick_save_progress_counter(): an even
// count is a CPU in an extended quiescent state.
//
//kernel:fn dyntick_save_progress_counter kernel/rcu/tree.c
func (rsp *State) dyntickSaveProgressCounter(x *cpu.Exec, rdp *Data) bool {
	rdp.dynticksSnap = fullRead(x, &rsp.r.dynticks.Of(rdp.cpu).count)
	if rdp.dynticksSnap&1 == 0 || rsp.r.m.Mutated("rcu.fqs-credits-everybody") {
		return true
	}
	if lt(rdp.gpnum+^uint64(0)/4, rdp.mynode.gpnum.Peek()) {
		rdp.gpwrap.WriteOnce(x, true)
	}
	return false
}

// implicitDynticksQS is rcu_implicit_dynticks_qs(): a count that is even, or
// has moved by two since the snapshot, means an extended quiescent state in
// between; so does an offline CPU. One that holds out is asked to pass through one, and beaten with
// reschedules, by trylock of its rq->lock under the leaf's lock.
//
//kernel:fn rcu_implicit_dynticks_qs kernel/rcu/tree.c
func (rsp *State) implicitDynticksQS(x *cpu.Exec, rdp *Data) bool {
	r := rsp.r
	curr := fullRead(x, &r.dynticks.Of(rdp.cpu).count)
	if curr&1 == 0 || curr-(rdp.dynticksSnap+2) <= ^uint32(0)/2 {
		return true
	}
	start := rsp.gpStart.Peek() // the kthread itself writes it
	if ge(start+2, r.jiffies(x)) {
		return false
	}
	if !r.m.Online.Peek().Has(rdp.cpu) { // behind the load of jiffies
		return true
	}
	tillSchedQS := uint64(r.m.HZ / 20)
	if now := r.jiffies(x); !ge(now, start+tillSchedQS) && !ge(now, rsp.jiffiesResched) {
		return false
	}
	mask := r.schedQSMask.Of(rdp.cpu)
	if mask.ReadOnce(x)&rsp.flavorMask == 0 {
		rdp.condReschedCompleted.WriteOnce(x, rdp.mynode.completed.Peek())
		x.Spend(r.m.Costs.Barrier)
		mask.WriteOnce(x, mask.ReadOnce(x)+rsp.flavorMask)
		r.s.ReschedCPU(x, rdp.cpu)
		rsp.jiffiesResched += 5
	} else if ge(r.jiffies(x), rsp.jiffiesResched) {
		r.s.ReschedCPU(x, rdp.cpu)
		rsp.jiffiesResched += 5
	}
	return false
}

// ForceQuiescentState is rcu_force_quiescent_state() and its kin: ask for a
// round of forcing from outside.
//
//kernel:fn rcu_force_quiescent_state kernel/rcu/tree_plugin.h
func (rsp *State) ForceQuiescentState(x *cpu.Exec) { rsp.forceQuiescentState(x) }

// forceQuiescentState is force_quiescent_state(): ask the kthread for a round
// of forcing. The tree's fqslocks, only ever tried, keep a crowd of callers
// off the root's lock.
//
//kernel:fn force_quiescent_state kernel/rcu/tree.c
func (rsp *State) forceQuiescentState(x *cpu.Exec) {
	var old *Node
	for rnp := rsp.rda.This(x).mynode; rnp != nil; rnp = rnp.parent {
		lost := rsp.gpFlags.ReadOnce(x)&gpFlagFQS != 0 || !rnp.fqslock.Trylock(x)
		if old != nil {
			old.fqslock.Unlock(x)
		}
		if lost {
			rsp.nForceQSLH++
			return
		}
		old = rnp
	}
	flags := old.lock.LockIrqsave(x)
	old.fqslock.Unlock(x)
	if rsp.gpFlags.Peek()&gpFlagFQS != 0 {
		rsp.nForceQSLH++
		old.lock.UnlockIrqrestore(x, flags)
		return
	}
	rsp.setFlag(x, gpFlagFQS)
	old.lock.UnlockIrqrestore(x, flags)
	rsp.gpKthreadWake(x)
}
