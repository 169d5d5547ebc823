package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// Synchronize is synchronize_rcu(): sleep until every reader that is open now
// has ended. Before the kthreads exist there is one task and nothing to wait
// for (docs/kernel/rcu-perf.md §2.28).
//
//kernel:fn synchronize_rcu kernel/rcu/tree_plugin.h
func (r *RCU) Synchronize(x *cpu.Exec) {
	r.checkOutside(x, "kernel/rcu/tree_plugin.h", "synchronize_rcu()", "RCU")
	if !r.schedulerActive || r.m.Mutated("rcu.sync-returns-at-once") {
		r.watchEnd(x, r.preempt, r.watchNow(x), x, "synchronize_rcu")
		return
	}
	if r.Expedites(x) {
		r.SynchronizeExpedited(x)
		return
	}
	r.waitGP(x, r.preempt, "synchronize_rcu")
}

// SynchronizeSched is synchronize_sched(): the same for readers that keep
// preemption off. On one CPU a caller that may sleep is in no such reader,
// and nobody else runs.
//
//kernel:fn synchronize_sched kernel/rcu/tree.c
func (r *RCU) SynchronizeSched(x *cpu.Exec) {
	r.checkOutside(x, "kernel/rcu/tree.c", "synchronize_sched()", "RCU-sched")
	if r.blockingIsGP(x) || r.m.Mutated("rcu.sync-returns-at-once") {
		r.watchEnd(x, r.sched, r.watchNow(x), x, "synchronize_sched")
		return
	}
	if r.Expedites(x) {
		r.SynchronizeSchedExpedited(x)
		return
	}
	r.waitGP(x, r.sched, "synchronize_sched")
}

// SynchronizeBH is synchronize_rcu_bh(): the same for readers that keep
// bottom halves off.
//
//kernel:fn synchronize_rcu_bh kernel/rcu/tree.c
func (r *RCU) SynchronizeBH(x *cpu.Exec) {
	r.checkOutside(x, "kernel/rcu/tree.c", "synchronize_rcu_bh()", "RCU-bh")
	if r.blockingIsGP(x) {
		return
	}
	if r.Expedites(x) {
		r.SynchronizeBHExpedited(x)
		return
	}
	r.waitGP(x, r.bh, "synchronize_rcu_bh")
}

// blockingIsGP is rcu_blocking_is_gp().
//
//kernel:fn rcu_blocking_is_gp kernel/rcu/tree.c
func (r *RCU) blockingIsGP(x *cpu.Exec) bool {
	sched.MightSleep(x)
	return len(r.m.CPUs) == 1 || !r.schedulerActive
}

// Expedites is rcu_gp_is_expedited().
//
//kernel:fn rcu_gp_is_expedited kernel/rcu/update.c
func (r *RCU) Expedites(x *cpu.Exec) bool { return r.expediteNesting.ReadOnce(x) != 0 }

// ExpediteGP is rcu_expedite_gp(): from now on every synchronous grace period
// is an expedited one, until UnexpediteGP has been called as often.
//
//kernel:fn rcu_expedite_gp kernel/rcu/update.c
func (r *RCU) ExpediteGP(x *cpu.Exec) {
	r.expediteNesting.Update(x, func(n int) int { return n + 1 })
}

// UnexpediteGP is rcu_unexpedite_gp().
//
//kernel:fn rcu_unexpedite_gp kernel/rcu/update.c
func (r *RCU) UnexpediteGP(x *cpu.Exec) {
	r.expediteNesting.Update(x, func(n int) int { return n - 1 })
}

// waitGP is wait_rcu_gp() with the flavour's call_rcu(): the callback
// completes what the caller sleeps on.
//
//kernel:fn wait_rcu_gp kernel/rcu/update.c
func (r *RCU) waitGP(x *cpu.Exec, rsp *State, call string) {
	t := r.task(x)
	w := t.gp
	if w == nil {
		w = &gpWait{}
		x.Kmalloc()
		w.done.Init(r.s, x.Comm+".rcu_synchronize")
		w.fn = w.done.Complete // wakeme_after_rcu()
		t.gp = w
	}
	w.head.call = call
	rsp.callRCU(x, &w.head, w.fn, false)
	w.done.Wait(x)
}

// GPState is what get_state_synchronize_rcu() returns: a moment, for
// [RCU.CondSynchronize] to ask whether a grace period has passed since.
type GPState struct {
	gpnum uint64
	since moment // the oracle's
}

// GetState is get_state_synchronize_rcu().
//
//kernel:fn get_state_synchronize_rcu kernel/rcu/tree.c
func (r *RCU) GetState(x *cpu.Exec) GPState { return r.preempt.getState(x) }

// GetStateSched is get_state_synchronize_sched().
//
//kernel:fn get_state_synchronize_sched kernel/rcu/tree.c
func (r *RCU) GetStateSched(x *cpu.Exec) GPState { return r.sched.getState(x) }

func (rsp *State) getState(x *cpu.Exec) GPState {
	since := rsp.r.watchNow(x)
	x.Spend(rsp.r.m.Costs.Barrier) // the caller's accesses come before
	return GPState{gpnum: rsp.gpnum.ReadOnce(x), since: since}
}

// CondSynchronize is cond_synchronize_rcu(): sleep for a grace period unless
// a whole one has passed since old was taken. One that was in progress then
// started too early to count.
//
//kernel:fn cond_synchronize_rcu kernel/rcu/tree.c
func (r *RCU) CondSynchronize(x *cpu.Exec, old GPState) {
	r.preempt.condSynchronize(x, old, r.Synchronize, "cond_synchronize_rcu")
}

// CondSynchronizeSched is cond_synchronize_sched().
//
//kernel:fn cond_synchronize_sched kernel/rcu/tree.c
func (r *RCU) CondSynchronizeSched(x *cpu.Exec, old GPState) {
	r.sched.condSynchronize(x, old, r.SynchronizeSched, "cond_synchronize_sched")
}

func (rsp *State) condSynchronize(x *cpu.Exec, old GPState, sync func(x *cpu.Exec), call string) {
	r := rsp.r
	completed := rsp.completed.ReadOnce(x)
	if ge(old.gpnum, completed) && !r.m.Mutated("rcu.cond-sync-ignores-state") {
		sync(x)
		return
	}
	x.Spend(r.m.Costs.Barrier) // the caller's accesses come behind
	r.watchEnd(x, rsp, old.since, x, call)
}
