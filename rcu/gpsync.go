package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// syncState is gp_state of an rcu_sync: may readers take their fast path?
type syncState uint8

const (
	syncIdle    syncState = iota // they may
	syncPending                  // they may not, but one that looked before may be in it still
	syncPassed                   // a grace period has passed since: nobody is in it
)

// callState is cb_state of an rcu_sync: of the callback that leads back to
// syncIdle.
type callState uint8

const (
	callIdle    callState = iota // none is queued
	callPending                  // one waits for its grace period
	callReplay                   // and that one began too early: another is needed
)

// Sync is struct rcu_sync of RCU_SCHED_SYNC, by which few writers close the
// fast path of many readers (docs/kernel/sched-irq-printk.md §4.9). A reader
// looks at the state and takes its fast path in one section with preemption
// off. So a grace period of rcu_sched behind the change of the state is over
// only when all have left the fast path who saw the state before; and one
// behind the last writer's end is over only when all have seen what the
// writers wrote.
//
//	idle --Enter--> pending --synchronize_sched--> passed
//	  ^                                               |
//	  +---- call_rcu_sched, if nobody entered since --+ Exit
//
// The numbers and states change under the lock of the queue in which those
// sleep who entered while another waits for the grace period.
type Sync struct {
	r     *RCU
	state cpu.Var[syncState]
	count int // how many have entered and not exited: gp_count
	wait  sched.WaitQueue
	call  callState
	head  Head
}

var syncWaitKey = lockdep.Key{Name: "&rsp->gp_wait", Inner: lockdep.WaitConfig}

// NewSync is rcu_sync_init(), before the machine runs: readers may take their
// fast path.
//
//kernel:fn rcu_sync_init kernel/rcu/sync.c
func (r *RCU) NewSync(name string) *Sync {
	g := &Sync{r: r}
	g.state.Init(r.m, name+".gp_state", syncIdle)
	g.wait.Init(r.s, name+".gp_wait", &syncWaitKey)
	return g
}

// IsIdle is rcu_sync_is_idle(): the fast path may be taken, before preemption
// is on again.
//
//kernel:fn rcu_sync_is_idle include/linux/rcu_sync.h
func (g *Sync) IsIdle(x *cpu.Exec) bool { return g.state.ReadOnce(x) == syncIdle }

// Enter is rcu_sync_enter(): behind it nobody is in the fast path. The first
// waits for a grace period, and who comes meanwhile for the first. Who comes
// when the last writer's callback is still on its way need not wait, since
// nobody has been let into the fast path again.
//
//kernel:fn rcu_sync_enter kernel/rcu/sync.c
func (g *Sync) Enter(x *cpu.Exec) {
	g.wait.Lock.LockIrq(x)
	entered := g.count > 0
	g.count++
	first := g.state.Peek() == syncIdle
	if first {
		g.state.WriteOnce(x, syncPending)
	}
	g.wait.Lock.UnlockIrq(x)
	switch {
	case first && entered:
		panic("rcu: rcu_sync_enter(): the fast path is open although a writer has entered")
	case first:
		if !g.r.m.Mutated("rcu.sync-enter-no-gp") {
			g.r.SynchronizeSched(x)
		}
		g.state.WriteOnce(x, syncPassed)
		g.wait.WakeUpAll(x)
	case entered:
		g.wait.WaitEvent(x, sched.Uninterruptible, func() bool { return g.state.ReadOnce(x) == syncPassed })
	}
}

// Exit is rcu_sync_exit(): readers may take the fast path again, a grace
// period after the last writer.
//
//kernel:fn rcu_sync_exit kernel/rcu/sync.c
func (g *Sync) Exit(x *cpu.Exec) {
	g.wait.Lock.LockIrq(x)
	if g.count--; g.count == 0 {
		switch g.call {
		case callIdle:
			g.queue(x)
		case callPending:
			g.call = callReplay
		}
	}
	g.wait.Lock.UnlockIrq(x)
}

// queue is call_rcu_sched() of what opens the fast path, under the lock.
func (g *Sync) queue(x *cpu.Exec) {
	g.call = callPending
	g.head.call = "rcu_sync_exit"
	g.r.sched.callRCU(x, &g.head, g.passed, false)
}

// passed is rcu_sync_func(), the callback: if somebody entered meanwhile his
// exit queues another; if he has left again already, the writer's end is
// younger than this grace period, and another is waited for.
//
//kernel:fn rcu_sync_func kernel/rcu/sync.c
func (g *Sync) passed(x *cpu.Exec) {
	f := g.wait.Lock.LockIrqsave(x)
	switch {
	case g.count > 0:
		g.call = callIdle
	case g.call == callReplay:
		g.queue(x)
	default:
		g.call = callIdle
		g.state.WriteOnce(x, syncIdle)
	}
	g.wait.Lock.UnlockIrqrestore(x, f)
}
