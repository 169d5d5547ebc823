package workqueue

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
)

// pool is worker_pool.
type pool struct {
	ws   *Workqueues
	id   int
	cpu  int // whose it is, -1 of an unbound one
	nice int

	lock lock.Raw // pool->lock; what follows changes under it
	// running is nr_running, the workers that are runnable and count, and
	// queued the worklist's length: the hooks look at them without the lock.
	running  cpu.Var[int]
	queued   cpu.Var[int]
	worklist workList
	// disassociated is POOL_DISASSOCIATED: the CPU is gone, or about to go.
	disassociated cpu.Var[bool]
	nr            int         // nr_workers
	idle          []*worker   // idle_list, its head last
	busy          []*worker   // busy_hash: those with a current work
	nextID        int         // worker_ida
	arb           sched.Mutex // manager_arb: who has it makes workers
	attach        sched.Mutex // attach_mutex: of workers
	workers       []*worker   // attached ones, in the order they came
	manager       *worker
	timeout       timer.Timer // idle_timer
	timing        bool        // it is pending
	mayday        timer.Timer // mayday_timer
}

// Times in jiffies come from these (docs/kernel/sched-irq-printk.md §5.1).
const (
	idleTimeoutS    = 300 // IDLE_WORKER_TIMEOUT
	maydayInitialMS = 10  // MAYDAY_INITIAL_TIMEOUT, at least two jiffies
	maydayMS        = 100 // MAYDAY_INTERVAL
	busyPerIdle     = 4   // MAX_IDLE_WORKERS_RATIO
	highpriNice     = -20 // HIGHPRI_NICE_LEVEL
)

var (
	poolLockKey   = lockdep.Key{Name: "&(&pool->lock)->rlock"}
	managerArbKey = lockdep.Key{Name: "&pool->manager_arb"}
	attachKey     = lockdep.Key{Name: "&pool->attach_mutex"}
)

// newPool is init_worker_pool().
func (ws *Workqueues) newPool(c, nice int) *pool {
	p := &pool{ws: ws, id: len(ws.pools), cpu: c, nice: nice}
	name := fmt.Sprintf("pool%d", p.id)
	p.lock.Init(ws.m, name+"->lock", &poolLockKey)
	p.running.Init(ws.m, name+"->nr_running", 0)
	p.queued.Init(ws.m, name+"->worklist", 0)
	p.disassociated.Init(ws.m, name+"->flags", false)
	p.lock.Guards(p.queued.Obj(), p.disassociated.Obj())
	p.worklist.shared = &p.queued
	p.arb.Init(ws.s, name+"->manager_arb", &managerArbKey)
	p.attach.Init(ws.s, name+"->attach_mutex", &attachKey)
	p.timeout.InitDeferrable(p.idleTimeout)
	ws.tm.InitTimer(&p.mayday, name+"->mayday_timer", 0, nil, p.maydayTimeout)
	ws.pools = append(ws.pools, p)
	return p
}

// jiffies converts milliseconds, at least min.
func (ws *Workqueues) jiffies(ms, min uint64) uint64 {
	return max(ms*uint64(ws.m.HZ)/1000, min)
}

// needMoreWorker is need_more_worker(): works wait and nobody runs.
//
//kernel:fn need_more_worker kernel/workqueue.c
func (p *pool) needMoreWorker(x *cpu.Exec) bool { return !p.worklist.empty() && p.nobodyRuns(x) }

// nobodyRuns is __need_more_worker(). It is also asked of unbound pools, whose
// workers never count, so that each work there wakes a worker.
//
//kernel:fn __need_more_worker kernel/workqueue.c
func (p *pool) nobodyRuns(x *cpu.Exec) bool { return p.running.ReadOnce(x) == 0 }

// mayStartWorking is may_start_working(): somebody idle is left to be woken
// when the worker that asks goes to sleep.
//
//kernel:fn may_start_working kernel/workqueue.c
func (p *pool) mayStartWorking() bool { return len(p.idle) > 0 }

// keepWorking is keep_working(): one runnable worker is enough.
//
//kernel:fn keep_working kernel/workqueue.c
func (p *pool) keepWorking(x *cpu.Exec) bool {
	return !p.worklist.empty() && p.running.ReadOnce(x) <= 1
}

// needToCreate is need_to_create_worker().
//
//kernel:fn need_to_create_worker kernel/workqueue.c
func (p *pool) needToCreate(x *cpu.Exec) bool { return p.needMoreWorker(x) && !p.mayStartWorking() }

// tooManyWorkers is too_many_workers(): more than two idle ones, and more than
// a quarter of the busy ones. A manager counts as idle.
//
//kernel:fn too_many_workers kernel/workqueue.c
func (p *pool) tooManyWorkers(x *cpu.Exec) bool {
	idle := len(p.idle)
	if p.arb.IsLocked(x) {
		idle++
	}
	busy := p.nr - idle
	return idle > 2 && (idle-2)*busyPerIdle >= busy
}

// firstIdle is first_idle_worker(): the latest that became idle.
//
//kernel:fn first_idle_worker kernel/workqueue.c
func (p *pool) firstIdle() *worker {
	if n := len(p.idle); n > 0 {
		return p.idle[n-1]
	}
	return nil
}

// wakeUpWorker is wake_up_worker(), under pool->lock. The worker stays idle
// until it takes itself off the list, so two callers may wake the same one.
//
//kernel:fn wake_up_worker kernel/workqueue.c
func (p *pool) wakeUpWorker(x *cpu.Exec) {
	if w := p.firstIdle(); w != nil {
		p.ws.s.WakeUpProcess(x, w.task)
	}
}

// executing is find_worker_executing_work(). The kernel also compares the
// function, against memory that was freed and became another work; a work here
// is itself for good.
//
//kernel:fn find_worker_executing_work kernel/workqueue.c
func (p *pool) executing(w *Work) *worker {
	for _, k := range p.busy {
		if k.current == w {
			return k
		}
	}
	return nil
}
