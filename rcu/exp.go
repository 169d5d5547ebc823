package rcu

import "lockstep/cpu"

// SynchronizeExpedited is synchronize_rcu_expedited(): wait until every
// reader that is open now has ended, asking each CPU by interrupt. v4.4
// checks neither for readers of the caller nor for the boot phase
// (docs/kernel/rcu-perf.md §3.1). It sleeps.
//
//kernel:fn synchronize_rcu_expedited kernel/rcu/tree_plugin.h
func (r *RCU) SynchronizeExpedited(x *cpu.Exec) {
	r.preempt.expedite(x, r.Synchronize, "synchronize_rcu_expedited")
}

// expedite is what the flavours' functions have in common: a kernel that does
// not expedite waits for a normal grace period.
func (rsp *State) expedite(x *cpu.Exec, normal func(*cpu.Exec), what string) {
	if !rsp.r.cfg.Expedited {
		normal(x)
		return
	}
	hooks, put := &rsp.r.m.Hooks, true
	switch rsp.r.Variants.ExpHotplug {
	case ExpHotplugTry:
		if !hooks.TryGetOnlineCPUs(x) {
			normal(x)
			return
		}
	case ExpHotplugGet:
		hooks.GetOnlineCPUs(x)
	default:
		put = false
	}
	since := rsp.r.watchNow(x)
	rsp.synchronizeExpedited(x)
	rsp.r.watchEnd(x, rsp, since, x, what)
	if put {
		hooks.PutOnlineCPUs(x)
	}
}

// synchronizeExpedited is the part that works on one flavour. The root's
// funnel mutex admits one grace period at a time; whoever finds on the way in
// that a whole one has passed since its snapshot has nothing left to do.
//
//kernel:fn synchronize_rcu_expedited kernel/rcu/tree_plugin.h
func (rsp *State) synchronizeExpedited(x *cpu.Exec) {
	snap := seqSnap(x, &rsp.expeditedSeq)
	root := rsp.expFunnelLock(x, snap)
	if root == nil {
		return
	}
	seqStart(x, &rsp.expeditedSeq)
	rsp.syncExpSelectCPUs(x)
	rsp.expeditedWait(x)
	rsp.auditExpEnd(x)
	seqEnd(x, &rsp.expeditedSeq)
	x.Spend(rsp.r.m.Costs.Barrier)
	root.expFunnelMutex.Unlock(x)
}

// expFunnelLock is exp_funnel_lock(): from this CPU's mutex up the tree, hand
// over hand, at most two held at once. It returns the root with its mutex
// held, or nil if somebody else's grace period has served us.
//
//kernel:fn exp_funnel_lock kernel/rcu/tree.c
func (rsp *State) expFunnelLock(x *cpu.Exec, snap uint64) *Node {
	root := rsp.root()
	done := func(stage int) bool {
		if !seqDone(x, &rsp.expeditedSeq, snap) {
			return false
		}
		rsp.expWorkdone[stage]++
		return true
	}
	if !root.expFunnelMutex.IsLocked(x) && root.expFunnelMutex.Trylock(x) {
		if seqDone(x, &rsp.expeditedSeq, snap) {
			root.expFunnelMutex.Unlock(x)
			rsp.expWorkdone[0]++
			return nil
		}
		return root
	}
	rdp := rsp.rda.This(x) // a hint: the task may migrate from here on
	if done(1) {
		return nil
	}
	held := &rdp.expFunnelMutex
	held.Lock(x)
	for rnp := rdp.mynode; rnp != nil; rnp = rnp.parent {
		if seqDone(x, &rsp.expeditedSeq, snap) {
			held.Unlock(x)
			rsp.expWorkdone[2]++
			return nil
		}
		rnp.expFunnelMutex.Lock(x)
		held.Unlock(x)
		held = &rnp.expFunnelMutex
	}
	if seqDone(x, &rsp.expeditedSeq, snap) {
		root.expFunnelMutex.Unlock(x)
		rsp.expWorkdone[3]++
		return nil
	}
	return root
}
