package workqueue

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
)

// PIDs of the first workers, as a booted system numbers them; later ones count
// from firstLatePID.
const (
	pidFirstUnbound = 6
	firstLatePID    = 1001
)

// newPID returns the PID of a pool's next worker.
func (p *pool) newPID() int {
	ws := p.ws
	switch {
	case p.nextID > 0:
	case p.cpu < 0 && p.nice == 0:
		return pidFirstUnbound
	case p.cpu == 0 && p.nice == 0:
		return 4
	case p.cpu == 0:
		return 5
	case p.cpu > 0 && p.nice == 0:
		return 9 + 5*p.cpu
	case p.cpu > 0:
		return 10 + 5*p.cpu
	}
	ws.nextPID++
	return ws.nextPID - 1
}

// createWorker is create_worker(): make a thread, attach it to the pool, and
// wake it under pool->lock. The kernel asks kthreadd for the thread and sleeps
// until it has it; here it is there at once, and nothing fails.
//
//kernel:fn create_worker kernel/workqueue.c
func (p *pool) createWorker(x *cpu.Exec) {
	ws := p.ws
	x.Kmalloc()
	k := &worker{pool: p, id: p.nextID, flags: workerPrep}
	k.scheduled.of = k
	pid := p.newPID()
	p.nextID++
	name := fmt.Sprintf("kworker/u%d:%d", p.id, k.id)
	if p.cpu >= 0 {
		name = fmt.Sprintf("kworker/%d:%d", p.cpu, k.id)
		if p.nice < 0 {
			name += "H"
		}
	}
	k.task = ws.s.NewKthread(name, pid, p.cpu, k.thread)
	ws.tasks.Of(&k.task.Exec).worker = k
	if p.nice != 0 {
		ws.s.SetUserNice(x, k.task, p.nice)
	}
	k.attach(x)
	p.lock.LockIrq(x)
	p.nr++
	k.enterIdle(x)
	ws.s.WakeUpProcess(x, k.task)
	p.lock.UnlockIrq(x)
}

// attach is worker_attach_to_pool(). The thread is bound already. A pool's
// first worker is made by the machine's start-up, which runs with preemption
// off here and alone knows the worker; it goes without the mutex.
//
//kernel:fn worker_attach_to_pool kernel/workqueue.c
func (k *worker) attach(x *cpu.Exec) {
	p := k.pool
	first := k.id == 0
	if !first {
		p.attach.Lock(x)
	}
	if p.cpu < 0 || p.disassociated.Peek() { // which changes under the mutex
		k.flags |= workerUnbound
	}
	p.workers = append(p.workers, k)
	if !first {
		p.attach.Unlock(x)
	}
}

// detach is worker_detach_from_pool().
//
//kernel:fn worker_detach_from_pool kernel/workqueue.c
func (k *worker) detach(x *cpu.Exec) {
	p := k.pool
	p.attach.Lock(x)
	p.workers = without(p.workers, k)
	p.attach.Unlock(x)
	k.flags &^= workerUnbound | workerRebound
}

// manageWorkers is manage_workers(): under pool->lock, which it drops while it
// makes workers. It returns false if somebody else is at it; then the caller
// goes on without an idle colleague, and the manager, who is one, comes back.
//
//kernel:fn manage_workers kernel/workqueue.c
func (p *pool) manageWorkers(x *cpu.Exec, k *worker) bool {
	if !p.arb.Trylock(x) {
		return false
	}
	p.manager = k
	p.maybeCreate(x)
	p.manager = nil
	p.arb.Unlock(x)
	return true
}

// maybeCreate is maybe_create_worker(). The mayday timer is set meanwhile.
//
//kernel:fn maybe_create_worker kernel/workqueue.c
func (p *pool) maybeCreate(x *cpu.Exec) {
	ws := p.ws
	for {
		p.lock.UnlockIrq(x)
		ws.tm.Mod(x, &p.mayday, ws.m.Jiffies.ReadOnce(x)+ws.jiffies(maydayInitialMS, 2))
		p.createWorker(x)
		ws.tm.DelSync(x, &p.mayday)
		p.lock.LockIrq(x)
		// The new worker may have been used up while the lock was dropped.
		if !p.needToCreate(x) {
			return
		}
	}
}

// destroyWorker is destroy_worker(), under pool->lock: an idle one is told to
// go.
//
//kernel:fn destroy_worker kernel/workqueue.c
func (p *pool) destroyWorker(x *cpu.Exec, k *worker) {
	if cpu.Warn(x, k.current != nil || !k.scheduled.empty() || k.flags&workerIdle == 0, "kernel/workqueue.c", "destroy_worker: it is not idle") {
		return
	}
	p.nr--
	p.unidle(x, k)
	k.flags |= workerDie
	p.ws.s.WakeUpProcess(x, k.task)
}

// idleTimeout is idle_worker_timeout(), the idle timer's function: while there
// are too many idle workers, those that are idle for long go, the oldest first.
//
//kernel:fn idle_worker_timeout kernel/workqueue.c
func (p *pool) idleTimeout(x *cpu.Exec) {
	p.lock.LockIrq(x)
	p.timing = false
	for p.tooManyWorkers(x) {
		oldest := p.idle[0]
		expires := oldest.lastActive + p.ws.jiffies(idleTimeoutS*1000, 1)
		if p.ws.m.Jiffies.ReadOnce(x) < expires {
			p.timing = true
			p.ws.tm.Mod(x, &p.timeout, expires)
			break
		}
		p.destroyWorker(x, oldest)
	}
	p.lock.UnlockIrq(x)
}

// maydayLock is wq_mayday_lock, for the workqueues' lists of those who call
// for a rescuer.
type maydayLock struct{ lock lock.Raw }

var maydayLockKey = lockdep.Key{Name: "wq_mayday_lock"}

func (l *maydayLock) init(m *cpu.Machine) { l.lock.Init(m, "wq_mayday_lock", &maydayLockKey) }

// maydayTimeout is pool_mayday_timeout(): making a worker takes long. The
// works that wait would call for their workqueues' rescuers now, which nobody
// has here.
//
//kernel:fn pool_mayday_timeout kernel/workqueue.c
func (p *pool) maydayTimeout(x *cpu.Exec) {
	ws := p.ws
	p.lock.LockIrq(x)
	ws.mayday.lock.Lock(x)
	p.needToCreate(x)
	ws.mayday.lock.Unlock(x)
	p.lock.UnlockIrq(x)
	ws.tm.Mod(x, &p.mayday, ws.m.Jiffies.ReadOnce(x)+ws.jiffies(maydayMS, 1))
}
