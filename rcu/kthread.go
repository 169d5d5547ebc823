package rcu

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// pidKthread is the PID of rcu_preempt's kthread, as a booted system has it;
// the other flavours' follow it.
const pidKthread = 7

// SpawnGPKthreads is rcu_spawn_gp_kthread(): one grace-period kthread per
// flavour. It is woken with the root's lock held, the one place in v4.4 where
// the scheduler is entered under it (docs/kernel/rcu-perf.md §11, quirk 18).
//
//kernel:fn rcu_spawn_gp_kthread kernel/rcu/tree.c
func (r *RCU) SpawnGPKthreads(x *cpu.Exec) {
	r.schedulerActive = true
	if prio, asked := r.cfg.kthreadPrio(), r.cfg.KthreadPrio; asked != 0 && prio != asked {
		r.m.Hooks.Printk(x, cpu.LevelAlert, fmt.Sprintf("rcu_spawn_gp_kthread(): Limited prio to %d from %d", prio, asked), 0)
	}
	for i, rsp := range r.flavours {
		x.Kmalloc()
		t := r.s.NewKthread(rsp.name, pidKthread+i, -1, rsp.kthread)
		root := rsp.root()
		flags := root.lock.LockIrqsave(x)
		rsp.gpKthread = t
		r.setFIFO(x, t)
		r.s.WakeUpProcess(x, t)
		root.lock.UnlockIrqrestore(x, flags)
	}
	r.spawnNocbKthreads(x)
	r.spawnBoostKthreads(x)
}

// kthread is rcu_gp_kthread(): wait for somebody to ask, run one grace
// period, again (docs/kernel/rcu-perf.md §2.24).
//
//kernel:fn rcu_gp_kthread kernel/rcu/tree.c
func (rsp *State) kthread(x *cpu.Exec) {
	for {
		for {
			rsp.gpState.WriteOnce(x, gpWaitGPs)
			rsp.gpWq.WaitEvent(x, sched.Interruptible, func() bool {
				return rsp.gpFlags.ReadOnce(x)&gpFlagInit != 0
			})
			rsp.gpState.WriteOnce(x, gpDoneGPs)
			if rsp.gpInit(x) {
				break
			}
			rsp.r.CondReschedQS(x)
			rsp.active(x)
		}
		rsp.gpFqsLoop(x)
		rsp.gpState.WriteOnce(x, gpCleanup)
		rsp.gpCleanup(x)
		rsp.gpState.WriteOnce(x, gpCleaned)
	}
}

// active notes when the kthread last did something.
func (rsp *State) active(x *cpu.Exec) { rsp.gpActivity.WriteOnce(x, rsp.r.jiffies(x)) }

// gpFqsLoop waits until nobody owes a quiescent state, and forces some at
// every timeout and whenever somebody asks for it. A wait that is ended by a
// request does not push the next deadline (quirk 8).
//
//kernel:fn rcu_gp_kthread kernel/rcu/tree.c
func (rsp *State) gpFqsLoop(x *cpu.Exec) {
	r := rsp.r
	root := rsp.root()
	wait := min(r.jiffiesTillFirstFqs(), uint64(r.m.HZ))
	first := true
	var gf uint32
	var left uint64
	for {
		if left == 0 {
			rsp.jiffiesForceQS = r.jiffies(x) + wait
		}
		rsp.gpState.WriteOnce(x, gpWaitFQS)
		left = r.tm.WaitEventTimeout(x, &rsp.gpWq, sched.Interruptible, wait, func() bool {
			gf = rsp.gpFlags.ReadOnce(x)
			return gf&gpFlagFQS != 0 || rsp.nobodyOwes(x, root)
		})
		rsp.gpState.WriteOnce(x, gpDoingFQS)
		if rsp.nobodyOwes(x, root) {
			return
		}
		if ge(r.jiffies(x), rsp.jiffiesForceQS) || gf&gpFlagFQS != 0 {
			rsp.gpFqs(x, first)
			first = false
		}
		r.CondReschedQS(x)
		rsp.active(x)
		wait = max(1, min(r.jiffiesTillNextFqs(), uint64(r.m.HZ)))
	}
}

// nobodyOwes looks at the root without its lock.
//
//kernel:fn rcu_gp_fqs_check_wake kernel/rcu/tree.c
func (rsp *State) nobodyOwes(x *cpu.Exec, root *Node) bool {
	return root.qsmask.ReadOnce(x) == 0 && root.gpTasks.ReadOnce(x) == nil
}

// jiffiesTillFirstFqs is jiffies_till_first_fqs.
func (r *RCU) jiffiesTillFirstFqs() uint64 { return r.tillFqs(r.cfg.FirstFQS) }

// jiffiesTillNextFqs is jiffies_till_next_fqs.
func (r *RCU) jiffiesTillNextFqs() uint64 { return r.tillFqs(r.cfg.NextFQS) }

// tillFqs returns what was configured, or what boot computes.
func (r *RCU) tillFqs(configured int) uint64 {
	if configured != 0 {
		return uint64(configured)
	}
	d := 1
	if r.m.HZ > 250 {
		d++
	}
	if r.m.HZ > 500 {
		d++
	}
	return uint64(d + len(r.m.CPUs)/256)
}
