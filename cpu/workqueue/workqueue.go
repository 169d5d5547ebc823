package workqueue

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
)

// Flags of a workqueue.
type Flags uint32

// Flags that a workqueue is made with.
const (
	Unbound      Flags = 1 << 1 // its workers belong to no CPU
	MemReclaim   Flags = 1 << 3 // it must get on when there is no memory; see [Work.Flush]
	Highpri      Flags = 1 << 4 // its workers have nice -20
	CPUIntensive Flags = 1 << 5 // its works do not count for concurrency

	draining Flags = 1 << 16 // __WQ_DRAINING: only works of its own may queue
)

// AnyCPU is WORK_CPU_UNBOUND: the CPU of whoever queues.
const AnyCPU = -1

const (
	maxActive     = 512           // WQ_MAX_ACTIVE
	defaultActive = maxActive / 2 // WQ_DFL_ACTIVE
)

// Workqueues is all workqueues and pools of one machine.
type Workqueues struct {
	m  *cpu.Machine
	s  *sched.Sched
	tm *timer.Timers

	// Events, EventsHighpri, EventsLong and EventsUnbound are system_wq,
	// system_highpri_wq, system_long_wq and system_unbound_wq.
	Events, EventsHighpri, EventsLong, EventsUnbound *Workqueue

	pools      []*pool    // by id
	cpus       [][2]*pool // of each CPU: normal, highpri
	unbound    [2]*pool   // the same, made when first asked for
	wqs        []*Workqueue
	tasks      cpu.PerTask[workerTask]
	calls      cpu.PerTask[call]
	mayday     maydayLock
	unbindWork Work            // see initHotplug
	poolMutex  sched.Mutex     // wq_pool_mutex
	cancelq    sched.WaitQueue // cancel_waitq
	nextPID    int
}

// workerTask leads from a task to the worker that it is (kthread_data).
type workerTask struct{ worker *worker }

// Workqueue is workqueue_struct.
type Workqueue struct {
	ws    *Workqueues
	name  string
	flags cpu.Var[Flags] // written under mutex, read by who queues
	pwqs  []*pwq         // one a CPU, or a single one if unbound
	max   int            // saved_max_active
	asked int            // what it was to be
	key   lockdep.Key
	dep   lockdep.Map

	mutex      sched.Mutex // wq->mutex, for what follows
	workColor  int         // of works queued now
	flushColor int         // that is being flushed
	drainers   int         // nr_drainers
	first      cpu.Var[*flusher]
	queue      []*flusher // flusher_queue, in the order of their colours
	overflow   []*flusher // flusher_overflow: no colour was left
	toFlush    cpu.Var[int]
}

// pwq is pool_workqueue: a workqueue's share of a pool. It changes under the
// pool's lock.
type pwq struct {
	wq         *Workqueue
	pool       *pool
	workColor  int
	flushColor int // whose last work is waited for, -1 none
	refs       int // refcnt: the workqueue's own, and one a queued work
	inFlight   [nrColors]int
	active     int // nr_active: let into the pool
	max        int // max_active
	delayed    workList
}

var (
	wqMutexKey = lockdep.Key{Name: "&wq->mutex"}
	cancelqKey = lockdep.Key{Name: "cancel_waitq.lock"}
)

// New makes the pools of all CPUs and the system's workqueues, and takes the
// scheduler's hooks for workers. Other workqueues may be added with Alloc until
// the machine starts; [Workqueues.Init] makes the first workers.
func New(m *cpu.Machine, s *sched.Sched, tm *timer.Timers) *Workqueues {
	ws := &Workqueues{m: m, s: s, tm: tm, nextPID: firstLatePID}
	ws.cancelq.Init(s, "cancel_waitq", &cancelqKey)
	ws.mayday.init(m)
	for c := range m.CPUs {
		ws.cpus = append(ws.cpus, [2]*pool{ws.newPool(c, 0), ws.newPool(c, highpriNice)})
	}
	ws.Events = ws.Alloc("events", 0, 0)
	ws.EventsHighpri = ws.Alloc("events_highpri", Highpri, 0)
	ws.EventsLong = ws.Alloc("events_long", 0, 0)
	ws.EventsUnbound = ws.Alloc("events_unbound", Unbound, 0)
	ws.poolMutex.Init(s, "wq_pool_mutex", &poolMutexKey)
	ws.initHotplug()
	m.Hooks.WorkerSleeping, m.Hooks.WorkerWakingUp = ws.workerSleeping, ws.workerWakingUp
	return ws
}

// Init is the part of init_workqueues() that runs: it makes and wakes a worker
// for every pool. Works that were queued before it run behind it.
//
//kernel:fn init_workqueues kernel/workqueue.c
func (ws *Workqueues) Init(x *cpu.Exec) {
	for _, p := range ws.pools {
		p.createWorker(x)
	}
	for _, q := range ws.wqs {
		if q.asked != q.max {
			ws.m.Hooks.Printk(x, cpu.LevelWarning, fmt.Sprintf("workqueue: max_active %d requested for %s is out of range, clamping between 1 and %d", q.asked, q.name, q.limit()), 0)
		}
	}
}

// Alloc is alloc_workqueue(), before the machine starts. active is max_active,
// how many works of one pwq may be in its pool at once; 0 means the default.
// One that is out of range is clamped, and Init says so.
func (ws *Workqueues) Alloc(name string, flags Flags, active int) *Workqueue {
	if active == 0 {
		active = defaultActive
	}
	q := &Workqueue{ws: ws, name: name, asked: active}
	q.flags.Init(ws.m, name+"->flags", flags)
	q.max = min(q.limit(), max(1, q.asked))
	q.key.Name = `"` + name + `"` // as alloc_workqueue()'s macro spells its argument
	q.dep.Init(&q.key)
	q.mutex.Init(ws.s, name+"->mutex", &wqMutexKey)
	q.first.Init(ws.m, name+"->first_flusher", nil)
	q.toFlush.Init(ws.m, name+"->nr_pwqs_to_flush", 0)
	level := 0
	if flags&Highpri != 0 {
		level = 1
	}
	if flags&Unbound != 0 {
		q.addPWQ(ws.unboundPool(level))
	} else {
		for c := range ws.cpus {
			q.addPWQ(ws.cpus[c][level])
		}
	}
	ws.wqs = append(ws.wqs, q)
	return q
}

// AllocOrdered is alloc_ordered_workqueue(): one work at a time, in the order
// they are queued.
func (ws *Workqueues) AllocOrdered(name string, flags Flags) *Workqueue {
	return ws.Alloc(name, flags|Unbound, 1)
}

// limit is the highest max_active: WQ_MAX_ACTIVE or WQ_UNBOUND_MAX_ACTIVE.
func (q *Workqueue) limit() int {
	if q.flags.Peek()&Unbound != 0 {
		return max(maxActive, 4*len(q.ws.m.CPUs))
	}
	return maxActive
}

// unboundPool is get_unbound_pool(): workqueues of equal attributes share one.
func (ws *Workqueues) unboundPool(level int) *pool {
	if ws.unbound[level] == nil {
		ws.unbound[level] = ws.newPool(-1, level*highpriNice)
	}
	return ws.unbound[level]
}

func (q *Workqueue) addPWQ(p *pool) {
	q.pwqs = append(q.pwqs, &pwq{wq: q, pool: p, flushColor: -1, refs: 1, max: q.max})
}

// Name returns the workqueue's name.
func (q *Workqueue) Name() string { return q.name }

// pwqFor is per_cpu_ptr(wq->cpu_pwqs, cpu), or unbound_pwq_by_node() of a
// machine with one node.
func (q *Workqueue) pwqFor(c int) *pwq {
	if len(q.pwqs) == 1 {
		return q.pwqs[0]
	}
	return q.pwqs[c]
}

// get is get_pwq(); pool->lock is held.
//
//kernel:fn get_pwq kernel/workqueue.c
func (p *pwq) get(x *cpu.Exec) {
	p.pool.lock.AssertHeld(x)
	p.refs++
}

// put is put_pwq(). A workqueue is never destroyed, so its own reference stays.
//
//kernel:fn put_pwq kernel/workqueue.c
func (p *pwq) put(x *cpu.Exec) {
	p.pool.lock.AssertHeld(x)
	p.refs--
}
