package workqueue

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// Flags of a worker.
const (
	workerDie          uint16 = 1 << 1
	workerIdle         uint16 = 1 << 2
	workerPrep         uint16 = 1 << 3 // about to run works
	workerCPUIntensive uint16 = 1 << 6
	workerUnbound      uint16 = 1 << 7
	workerRebound      uint16 = 1 << 8 // its CPU is back, and it has not worked since

	// notRunning are those with any of which a worker does not count as
	// running (WORKER_NOT_RUNNING).
	notRunning = workerPrep | workerCPUIntensive | workerUnbound | workerRebound
)

// worker is struct worker. Its flags are its own to change, but for
// workerDie; the rest is under the pool's lock.
type worker struct {
	pool       *pool
	task       *sched.Task
	id         int
	flags      uint16
	current    *Work // current_work, for as long as it is among the pool's busy ones
	pwq        *pwq  // current_pwq
	scheduled  workList
	lastActive uint64 // jiffies when it became idle
	done       uint64 // works it has run, for views
}

// setFlags is worker_set_flags(): who stops counting as running is counted off.
//
//kernel:fn worker_set_flags kernel/workqueue.c
func (k *worker) setFlags(x *cpu.Exec, flags uint16) {
	cpu.WarnOnce(x, &k.task.Exec != x, "kernel/workqueue.c", "worker_set_flags: worker->task != current")
	if flags&notRunning != 0 && k.flags&notRunning == 0 {
		k.pool.running.Update(x, decrement)
	}
	k.flags |= flags
}

// clearFlags is worker_clr_flags().
//
//kernel:fn worker_clr_flags kernel/workqueue.c
func (k *worker) clearFlags(x *cpu.Exec, flags uint16) {
	cpu.WarnOnce(x, &k.task.Exec != x, "kernel/workqueue.c", "worker_clr_flags: worker->task != current")
	old := k.flags
	k.flags &^= flags
	if flags&notRunning != 0 && old&notRunning != 0 && k.flags&notRunning == 0 {
		k.pool.running.Update(x, increment)
	}
}

// enterIdle is worker_enter_idle(), under pool->lock. It may be another task
// that does it for a new worker. With many idle a timer sees to the oldest.
//
//kernel:fn worker_enter_idle kernel/workqueue.c
func (k *worker) enterIdle(x *cpu.Exec) {
	p := k.pool
	p.lock.AssertHeld(x)
	if cpu.WarnOnce(x, k.flags&workerIdle != 0, "kernel/workqueue.c", "worker_enter_idle: worker->flags & WORKER_IDLE") {
		return
	}
	k.flags |= workerIdle
	k.lastActive = p.ws.m.Jiffies.ReadOnce(x)
	p.idle = append(p.idle, k)
	if p.tooManyWorkers(x) && !p.timing {
		p.timing = true
		p.ws.tm.Mod(x, &p.timeout, k.lastActive+p.ws.jiffies(idleTimeoutS*1000, 1))
	}
	cpu.WarnOnce(x, p.nr == len(p.idle) && p.running.ReadOnce(x) != 0, "kernel/workqueue.c", "worker_enter_idle: all are idle and nr_running is not 0")
}

// leaveIdle is worker_leave_idle(), under pool->lock.
//
//kernel:fn worker_leave_idle kernel/workqueue.c
func (k *worker) leaveIdle(x *cpu.Exec) {
	if cpu.WarnOnce(x, k.flags&workerIdle == 0, "kernel/workqueue.c", "worker_leave_idle: !(worker->flags & WORKER_IDLE)") {
		return
	}
	k.clearFlags(x, workerIdle)
	k.pool.unidle(x, k)
}

// unidle takes a worker off the idle list.
func (p *pool) unidle(x *cpu.Exec, k *worker) {
	p.lock.AssertHeld(x)
	p.idle = without(p.idle, k)
}

// without removes a worker that is in the list, keeping its order.
func without(list []*worker, k *worker) []*worker {
	for i, o := range list {
		if o == k {
			return append(list[:i], list[i+1:]...)
		}
	}
	panic("workqueue: " + k.task.Comm + " is not in the list it should be in")
}

// thread is worker_thread(). It sleeps in the idle list, and whoever wakes it
// finds it there until it has the pool's lock. Between that lock's release and
// schedule() a wake-up only puts the state back: no work can be missed.
//
//kernel:fn worker_thread kernel/workqueue.c
func (k *worker) thread(x *cpu.Exec) {
	p := k.pool
	k.task.WQWorker = true
	for {
		p.lock.LockIrq(x)
		if k.flags&workerDie != 0 {
			k.die(x)
			return
		}
		k.leaveIdle(x)
		if k.prepare(x) {
			k.work(x)
			k.setFlags(x, workerPrep)
		}
		k.enterIdle(x)
		k.task.State.WriteOnce(x, sched.Interruptible)
		p.lock.UnlockIrq(x)
		p.ws.s.Schedule(x)
	}
}

// prepare is the part of worker_thread() around recheck: is there work, and
// somebody idle to be woken should this worker sleep? Making a worker drops
// the lock, so everything is asked again behind it. It returns false if there
// is nothing to do.
//
//kernel:fn worker_thread kernel/workqueue.c
func (k *worker) prepare(x *cpu.Exec) bool {
	p := k.pool
	for {
		if !p.needMoreWorker(x) {
			return false
		}
		if p.mayStartWorking() || !p.manageWorkers(x, k) {
			break
		}
	}
	cpu.WarnOnce(x, !k.scheduled.empty(), "kernel/workqueue.c", "worker_thread: !list_empty(&worker->scheduled)")
	k.clearFlags(x, workerPrep|workerRebound)
	return true
}

// work is the loop of worker_thread(): works that are linked are taken as a
// whole, so that nobody gets between a work and the barrier behind it.
//
//kernel:fn worker_thread kernel/workqueue.c
func (k *worker) work(x *cpu.Exec) {
	p := k.pool
	for {
		w := p.worklist.head
		if w.data.Peek().flags&flagLinked == 0 {
			k.processOne(x, w)
			if !k.scheduled.empty() {
				k.processScheduled(x)
			}
		} else {
			moveLinked(x, w, &k.scheduled)
			k.processScheduled(x)
		}
		if !p.keepWorking(x) {
			return
		}
	}
}

// die is the end of a worker that nobody needs; pool->lock is held and let go.
//
//kernel:fn worker_thread kernel/workqueue.c
func (k *worker) die(x *cpu.Exec) {
	k.pool.lock.UnlockIrq(x)
	k.task.WQWorker = false
	x.Comm = "kworker/dying"
	k.detach(x)
}
