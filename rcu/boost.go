package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// kthreadStatus is what a kthread of RCU says of itself. Its own thread writes
// it, whoever would wake it looks.
type kthreadStatus uint8

// The statuses (docs/kernel/rcu-boost-nocb.md A1).
const (
	kthreadStopped  kthreadStatus = iota // not yet
	kthreadRunning                       // it works
	kthreadWaiting                       // it waits for work
	kthreadOffCPU                        // its CPU is gone
	kthreadYielding                      // it has worked for long, and sleeps a little
)

// String is the letter that the debug file has for it.
func (s kthreadStatus) String() string { return string("SRWOY"[s]) }

var boostMtxKey = lockdep.Key{Name: "&rnp->boost_mtx", Inner: lockdep.WaitSleep}

// boost is a leaf's part of RCU_BOOST: a reader that was preempted and holds up
// a grace period is lent the priority of the leaf's kthread, rcub/N
// (docs/kernel/rcu-boost-nocb.md A).
//
//	initiateBoost: tasks = gp_tasks, wake rcub   somebody saw readers hold it up
//	rcub:          mtx becomes the reader's, rcub waits for it and lends
//	reader:        its unlock gives mtx, and so the priority, back
//
// mtx is never used as a lock: it is the way to lend. At most one reader of a
// leaf is boosted at a time, and rcub is the only one who ever waits for mtx.
type boost struct {
	// tasks is boost_tasks: the first task of blkd_tasks that is still to be
	// boosted for the normal grace period, nil if none is. It changes under the
	// node's lock; rcub looks without.
	tasks cpu.Var[*Task]
	// mtx is boost_mtx; who its owner is begins under the node's lock.
	mtx    sched.RTMutex
	time   uint64 // boost_time: no boosting before it, in jiffies; node's lock
	index  int    // of the node, which is rcub's number
	thread cpu.Var[*sched.Task]
	status cpu.Var[kthreadStatus]

	// Statistics, under the node's lock.
	boosted uint64
	balks   [balkKinds]uint64
}

// balk is why initiateBoost starts no boosting.
type balk uint8

const (
	balkNoTasks    balk = iota // nobody is blocked here
	balkNoGPTasks              // those who are hold nothing up
	balkBoosting               // it has begun already
	balkNotBlocked             // CPUs have not reported yet
	balkNotYet                 // too early
	balkOther
	balkKinds
)

// BalkWords name why a leaf starts no boosting, for people.
var BalkWords = [balkKinds]string{"no tasks", "none holds a grace period up", "boosting", "CPUs owe", "too early", "other"}

// initBoost makes the leaves' parts before the machine starts.
func (rsp *State) initBoost() {
	r := rsp.r
	first := rsp.level[len(rsp.level)-1]
	for i := range rsp.leaves() {
		rnp := &rsp.node[first+i]
		b := &boost{index: first + i}
		name := rnp.lock.Name()
		b.tasks.Init(r.m, name+".boost_tasks", nil)
		b.mtx.Init(r.s, name+".boost_mtx", &boostMtxKey)
		b.thread.Init(r.m, name+".boost_kthread_task", nil)
		b.status.Init(r.m, name+".boost_kthread_status", kthreadStopped)
		rnp.boost = b
	}
	rsp.boosting = true
}

// boostStartGP is rcu_preempt_boost_start_gp(): a grace period starts at this
// node, and is given some time before anybody is boosted. Its lock is held.
//
//kernel:fn rcu_preempt_boost_start_gp kernel/rcu/tree_plugin.h
func (rsp *State) boostStartGP(x *cpu.Exec, rnp *Node) {
	if rnp.boost != nil {
		rnp.boost.time = rsp.r.jiffies(x) + rsp.r.boostDelay()
	}
}

// boostDelay is RCU_BOOST_DELAY_JIFFIES.
func (r *RCU) boostDelay() uint64 { return (uint64(r.cfg.BoostDelay)*uint64(r.m.HZ) + 999) / 1000 }

// initiateBoost is rcu_initiate_boost(): if readers hold a grace period up at
// this node, its kthread is woken to boost them: for an expedited one at once,
// for a normal one when all CPUs of the node have reported and it has lasted
// for a while. The node's lock is held, and given up before the wake-up; what
// else the caller holds is held on (docs/kernel/rcu-boost-nocb.md A2).
//
//kernel:fn rcu_initiate_boost kernel/rcu/tree_plugin.h
func (rsp *State) initiateBoost(x *cpu.Exec, rnp *Node, flags cpu.Flags) {
	b := rnp.boost
	if b == nil {
		rnp.lock.UnlockIrqrestore(x, flags)
		return
	}
	gp, exp := rnp.gpTasks.Peek(), rnp.expTasks.Peek()
	if gp == nil && exp == nil {
		b.balks[balkNoGPTasks]++
		rnp.lock.UnlockIrqrestore(x, flags)
		return
	}
	early := rsp.r.m.Mutated("rcu.boost-never") || !ge(rsp.r.jiffies(x), b.time)
	if exp == nil && (gp == nil || b.tasks.Peek() != nil || rnp.qsmask.Peek() != 0 || early) {
		b.balks[rnp.whyNoBoost(early)]++
		rnp.lock.UnlockIrqrestore(x, flags)
		return
	}
	if exp == nil {
		b.tasks.WriteOnce(x, gp)
	}
	rnp.lock.UnlockIrqrestore(x, flags)
	if t := b.thread.ReadOnce(x); t != nil {
		rsp.r.wakeCond(x, t, b.status.ReadOnce(x))
	}
}

// whyNoBoost is rcu_initiate_boost_trace(): it goes by what is said first.
//
//kernel:fn rcu_initiate_boost_trace kernel/rcu/tree_plugin.h
func (rnp *Node) whyNoBoost(early bool) balk {
	switch {
	case rnp.blkd.first == nil:
		return balkNoTasks
	case rnp.expTasks.Peek() == nil && rnp.gpTasks.Peek() == nil:
		return balkNoGPTasks
	case rnp.gpTasks.Peek() != nil && rnp.boost.tasks.Peek() != nil:
		return balkBoosting
	case rnp.gpTasks.Peek() != nil && rnp.qsmask.Peek() != 0:
		return balkNotBlocked
	case rnp.gpTasks.Peek() != nil && early:
		return balkNotYet
	}
	return balkOther
}

// wakeCond is rcu_wake_cond(): a kthread that has yielded the CPU is left
// alone, unless the CPU has nothing better to do.
//
//kernel:fn rcu_wake_cond kernel/rcu/tree_plugin.h
func (r *RCU) wakeCond(x *cpu.Exec, t *sched.Task, status kthreadStatus) {
	if status != kthreadYielding || x.PID == 0 {
		r.s.WakeUpProcess(x, t)
	}
}

// deboost is the part of rcu_read_unlock_special() under the node's lock, t
// being off the list: np follows it. It returns whether t has been made the
// owner of boost_mtx, which is then to be unlocked, without the node's lock.
//
//kernel:fn rcu_read_unlock_special kernel/rcu/tree_plugin.h
func (rsp *State) deboost(x *cpu.Exec, rnp *Node, t, np *Task) bool {
	b := rnp.boost
	if b == nil {
		return false
	}
	if b.tasks.Peek() == t && !rsp.r.m.Mutated("rcu.unlock-keeps-boost-tasks") {
		b.tasks.WriteOnce(x, np)
	}
	rsp.auditBoost(x, rnp)
	return b.mtx.IsOwner(x, rsp.r.s.Task(x)) && !rsp.r.m.Mutated("rcu.unlock-keeps-boost")
}
