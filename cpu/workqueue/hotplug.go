package workqueue

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// A CPU that goes leaves its pools without a CPU, not without workers: they
// run on wherever the scheduler puts them, like those of an unbound pool, and
// what was queued there is worked off. When the CPU is back its workers are
// bound to it again (docs/kernel/sched-irq-printk.md §5.1):
//
//	DOWN_PREPARE  unbind, in a work on the CPU itself: UNBOUND, nr_running 0
//	DYING         the scheduler moves the workers away
//	ONLINE        rebind: UNBOUND becomes REBOUND, which each worker clears
//	              with its next work, when it counts again
//
// The hooks of the scheduler read a worker's flags without pool->lock. That is
// safe: unbinding is done on the very CPU whose contexts alone run them, apart
// from a remote wake-up, which reads the pool's flag first; and rebinding
// exchanges one flag of notRunning for another.

var (
	unbindKey    = lockdep.Key{Name: "(&unbind_work)"}
	poolMutexKey = lockdep.Key{Name: "wq_pool_mutex"}
)

// Priorities of the notifiers: workers are bound again before others queue
// works for the CPU, and unbound after they have left off.
const (
	priUp   = 5  // CPU_PRI_WORKQUEUE_UP
	priDown = -5 // CPU_PRI_WORKQUEUE_DOWN
)

// initHotplug puts the notifiers into the chain and makes the work that
// unbinds; only one CPU goes at a time.
func (ws *Workqueues) initHotplug() {
	ws.unbindWork.Init(ws, "wq_unbind_fn", &unbindKey, func(x *cpu.Exec, _ *Work) { ws.unbind(x) })
	ws.s.OnCPU(priUp, ws.cpuUp)
	ws.s.OnCPU(priDown, ws.cpuDown)
}

// cpuDown is workqueue_cpu_down_callback().
//
//kernel:fn workqueue_cpu_down_callback kernel/workqueue.c
func (ws *Workqueues) cpuDown(x *cpu.Exec, a sched.CPUAction, c int) error {
	if a == sched.CPUDownPrepare {
		ws.EventsHighpri.QueueWorkOn(x, c, &ws.unbindWork)
		ws.unbindWork.Flush(x)
	}
	return nil
}

// unbind is wq_unbind_fn(), on the CPU that goes. Nothing of its pools blocks
// while their workers are marked. Going through schedule() behind it means
// going through rq->lock: the hooks see the flag from then on, so nobody counts
// any more. What waits is kicked once; each work wakes the next worker then.
//
//kernel:fn wq_unbind_fn kernel/workqueue.c
func (ws *Workqueues) unbind(x *cpu.Exec) {
	for _, p := range ws.cpus[x.CPU().ID] {
		p.attach.Lock(x)
		p.lock.LockIrq(x)
		p.disassociated.WriteOnce(x, true)
		for _, k := range p.workers {
			k.flags |= workerUnbound
		}
		p.lock.UnlockIrq(x)
		p.attach.Unlock(x)
		ws.s.Schedule(x)
		p.running.WriteOnce(x, 0)
		p.lock.LockIrq(x)
		p.wakeUpWorker(x)
		p.lock.UnlockIrq(x)
	}
}

// cpuUp is workqueue_cpu_up_callback(). Every pool has a worker from the start
// of the machine on. Those of unbound pools may run on every CPU, and need not
// be told that one is back.
//
//kernel:fn workqueue_cpu_up_callback kernel/workqueue.c
func (ws *Workqueues) cpuUp(x *cpu.Exec, a sched.CPUAction, c int) error {
	if a != sched.CPUOnline && a != sched.CPUDownFailed {
		return nil
	}
	ws.poolMutex.Lock(x)
	for _, p := range ws.cpus[c] {
		p.attach.Lock(x)
		p.rebind(x)
		p.attach.Unlock(x)
	}
	ws.poolMutex.Unlock(x)
	return nil
}

// rebind is rebind_workers(), under attach_mutex. First the workers are moved,
// those that are idle and those that run. Then the flags change, and an idle
// one is woken: a colleague that goes to sleep wakes it under the rq->lock of
// the CPU, so it must have been queued there before.
//
//kernel:fn rebind_workers kernel/workqueue.c
func (p *pool) rebind(x *cpu.Exec) {
	mask := make([]bool, len(p.ws.m.CPUs))
	mask[p.cpu] = true
	if !p.ws.m.Mutated("workqueue.online-leaves-workers") {
		for _, k := range p.workers {
			cpu.WarnOnce(x, p.ws.s.SetCPUsAllowed(x, k.task, mask) != nil, "kernel/workqueue.c", "rebind_workers: set_cpus_allowed_ptr() < 0")
		}
	}
	p.lock.LockIrq(x)
	p.disassociated.WriteOnce(x, false)
	for _, k := range p.workers {
		if k.flags&workerIdle != 0 {
			p.ws.s.WakeUpProcess(x, k.task)
		}
		cpu.WarnOnce(x, k.flags&workerUnbound == 0, "kernel/workqueue.c", "rebind_workers: !(worker->flags & WORKER_UNBOUND)")
		k.flags = k.flags&^workerUnbound | workerRebound
	}
	p.lock.UnlockIrq(x)
}
