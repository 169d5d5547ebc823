package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

var barrierMutexKey = lockdep.Key{Name: "&rsp->barrier_mutex"}

// barrier is a flavour's part of rcu_barrier() (docs/kernel/rcu-perf.md §2.28).
type barrier struct {
	mutex    sched.Mutex
	seq      cpu.Var[uint64] // odd: one is in progress
	count    cpu.Var[int]    // callbacks that are not yet back, and one of our own
	done     sched.Completion
	complete func(x *cpu.Exec) // rcu_barrier_callback
}

func (b *barrier) init(r *RCU) {
	b.mutex.Init(r.s, ".barrier_mutex", &barrierMutexKey)
	b.seq.Init(r.m, ".barrier_sequence", 0)
	b.count.Init(r.m, ".barrier_cpu_count", 0)
	b.done.Init(r.s, ".barrier_completion")
	b.complete = b.callback
}

// Barrier is rcu_barrier(): sleep until every callback of call_rcu() that was
// queued before has run.
//
//kernel:fn rcu_barrier kernel/rcu/tree_plugin.h
func (r *RCU) Barrier(x *cpu.Exec) { r.preempt.rcuBarrier(x) }

// BarrierSched is rcu_barrier_sched().
//
//kernel:fn rcu_barrier_sched kernel/rcu/tree.c
func (r *RCU) BarrierSched(x *cpu.Exec) { r.sched.rcuBarrier(x) }

// BarrierBH is rcu_barrier_bh().
//
//kernel:fn rcu_barrier_bh kernel/rcu/tree.c
func (r *RCU) BarrierBH(x *cpu.Exec) { r.bh.rcuBarrier(x) }

// rcuBarrier is _rcu_barrier(). Callbacks of one CPU run in the order they
// were queued, so one more at the end of each list that is not empty is
// enough. The count starts at one, lest the first callback to come back
// complete the whole while others are still being queued.
//
//kernel:fn _rcu_barrier kernel/rcu/tree.c
func (rsp *State) rcuBarrier(x *cpu.Exec) {
	b := &rsp.barrier
	snap := seqSnap(x, &b.seq)
	since := rsp.r.barrierSince(x)
	b.mutex.Lock(x)
	if seqDone(x, &b.seq, snap) { // somebody did our work while we waited
		x.Spend(rsp.r.m.Costs.Barrier)
		b.mutex.Unlock(x)
		return
	}
	seqStart(x, &b.seq)
	b.count.WriteOnce(x, 1)
	rsp.r.m.Hooks.GetOnlineCPUs(x)
	for c := range rsp.r.m.CPUs {
		rsp.barrierCPU(x, c)
	}
	rsp.r.m.Hooks.PutOnlineCPUs(x)
	if b.count.Update(x, minusOne) == 1 {
		b.done.Complete(x)
	}
	b.done.Wait(x)
	seqEnd(x, &b.seq)
	b.mutex.Unlock(x)
	rsp.barrierJudge(x, since)
}

// barrierCPU has a callback queued behind those of a CPU. One that is offline
// has none: they were taken over by another when it went, and none comes or
// goes now.
//
//kernel:fn _rcu_barrier kernel/rcu/tree.c
func (rsp *State) barrierCPU(x *cpu.Exec, c int) {
	rdp := rsp.rda.Of(c)
	if rdp.nocb != nil {
		rsp.barrierNocb(x, rdp)
		return
	}
	if rdp.qlen.ReadOnce(x) == 0 || rsp.r.m.Mutated("rcu.barrier-skips-cpus") {
		return
	}
	err := rsp.r.ic.CallFunctionSingle(x, c, rsp.barrierFunc, true)
	cpu.WarnOnce(x, err != nil, "kernel/rcu/tree.c", "_rcu_barrier: a CPU that is offline has callbacks")
}

// barrierNocb does it from here for a CPU whose callbacks are offloaded: whether
// or not it is online, its list is anybody's.
//
//kernel:fn _rcu_barrier kernel/rcu/tree.c
func (rsp *State) barrierNocb(x *cpu.Exec, rdp *Data) {
	if rdp.nocb.count.ReadOnce(x) == 0 || rsp.r.m.Mutated("rcu.barrier-skips-cpus") {
		return
	}
	x.Spend(rsp.r.m.Costs.Barrier)
	rsp.barrierCall(x, rdp)
}

// barrierCall queues the barrier's callback for a CPU, and counts it before.
func (rsp *State) barrierCall(x *cpu.Exec, rdp *Data) {
	rsp.barrier.count.Update(x, oneMore)
	h := &rdp.barrierHead
	h.call = "rcu_barrier"
	rsp.callRCUOn(x, rdp, h, rsp.barrier.complete, false)
}

func minusOne(n int) int { return n - 1 }
func oneMore(n int) int  { return n + 1 }

// barrierFunc is rcu_barrier_func(), in hardirq on each CPU that has callbacks.
//
//kernel:fn rcu_barrier_func kernel/rcu/tree.c
func (rsp *State) barrierFunc(x *cpu.Exec) { rsp.barrierCall(x, rsp.rda.This(x)) }

// callback is rcu_barrier_callback(): the last one completes the barrier.
//
//kernel:fn rcu_barrier_callback kernel/rcu/tree.c
func (b *barrier) callback(x *cpu.Exec) {
	if b.count.Update(x, minusOne) == 1 {
		b.done.Complete(x)
	}
}
