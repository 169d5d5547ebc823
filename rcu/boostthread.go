package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// kthreadYield is how many jiffies a kthread of RCU that has worked for long
// lets others have the CPU, and kthreadSpins how many rounds that is.
const (
	kthreadYield = 2
	kthreadSpins = 10
)

// boostKthread is rcu_boost_kthread(): the leaf's rcub. A real-time thread that
// always finds more to do must not keep the CPU, so it yields now and then;
// while it says that it does, nobody wakes it (docs/kernel/rcu-boost-nocb.md A3).
//
//kernel:fn rcu_boost_kthread kernel/rcu/tree_plugin.h
func (rsp *State) boostKthread(x *cpu.Exec, rnp *Node) {
	b, s := rnp.boost, rsp.r.s
	spins := 0
	for {
		b.status.WriteOnce(x, kthreadWaiting)
		for { // rcu_wait()
			s.SetCurrentState(x, sched.Interruptible)
			if rnp.boostWanted(x) {
				break
			}
			s.Schedule(x)
		}
		s.SetCurrentStatePlain(x, sched.Running)
		b.status.WriteOnce(x, kthreadRunning)
		if rsp.boost(x, rnp) {
			spins++
		} else {
			spins = 0
		}
		if spins > kthreadSpins {
			b.status.WriteOnce(x, kthreadYielding)
			rsp.r.tm.ScheduleTimeoutInterruptible(x, kthreadYield)
			spins = 0
		}
	}
}

// boostWanted looks without the lock whether there is anybody to boost.
func (rnp *Node) boostWanted(x *cpu.Exec) bool {
	return rnp.boost.tasks.ReadOnce(x) != nil || rnp.expTasks.ReadOnce(x) != nil
}

// boost is rcu_boost(): lend one reader our priority until it has left its
// reader. Who holds an expedited grace period up comes first. The pointer is
// not moved on from here: the reader's own unlock does that. The reader cannot
// go away before boost_mtx is its own: to get off the list it needs the node's
// lock. If it is through before we wait, there was nothing to lend
// (docs/kernel/rcu-boost-nocb.md A4).
//
//kernel:fn rcu_boost kernel/rcu/tree_plugin.h
func (rsp *State) boost(x *cpu.Exec, rnp *Node) bool {
	b := rnp.boost
	if !rnp.boostWanted(x) {
		return false
	}
	flags := rnp.lock.LockIrqsave(x)
	t := rnp.expTasks.Peek()
	if t == nil {
		t = b.tasks.Peek()
	}
	if t == nil {
		rnp.lock.UnlockIrqrestore(x, flags)
		return false
	}
	b.boosted++
	b.mtx.InitProxyLocked(x, rsp.r.s.Task(t.x))
	rsp.auditBoost(x, rnp)
	rnp.lock.UnlockIrqrestore(x, flags)
	b.mtx.Lock(x) // lends, while t is the owner
	b.mtx.Unlock(x)
	return rnp.boostWanted(x)
}

// auditBoost is B3 and B4 of docs/kernel/rcu-boost-nocb.md C12, under the
// node's lock: boost_tasks names a task of the list, and only rcub waits for
// boost_mtx.
func (rsp *State) auditBoost(x *cpu.Exec, rnp *Node) {
	b := rnp.boost
	first := b.tasks.Peek()
	found := first == nil
	for t := rnp.blkd.first; t != nil; t = t.next {
		found = found || t == first
	}
	if !found {
		rsp.r.broken(x, "B3", "boost_tasks of %s names a task that is not on its list", rnp.lock.Name())
	}
	if n := b.mtx.Waiters(); n > 1 {
		rsp.r.broken(x, "B4", "%d tasks wait for boost_mtx of %s", n, rnp.lock.Name())
	}
}

// auditUnboosted is B1 for a task that exits: it is on no list, so it has given
// back every boost_mtx that it was made the owner of. Nobody else changes that.
func (rsp *State) auditUnboosted(x *cpu.Exec) {
	if !rsp.boosting {
		return
	}
	leaves := rsp.leaves()
	for i := range leaves {
		if leaves[i].boost.mtx.HeldHere(x) {
			rsp.r.broken(x, "B1", "%s/%d ends and still has boost_mtx of %s", x.Comm, x.PID, leaves[i].lock.Name())
		}
	}
}
