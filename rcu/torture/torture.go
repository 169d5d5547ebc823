package torture

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/cpu/stop"
	"lockstep/cpu/timer"
	"lockstep/rcu"
)

// Parts is what of the machine the test needs.
type Parts struct {
	CPU    *cpu.Machine  // the machine
	Sched  *sched.Sched  // tasks
	Timers *timer.Timers // sleeping, and the readers' timers
	RCU    *rcu.RCU      // what is tested
	Stop   *stop.Stop    // CPUs that go and come, and shuffling
}

// Values of fullstop (docs/kernel/rcutorture.md §2.1). The third of the
// kernel's, shutdown, does not come: the test that powers the machine off has
// taken itself down before.
const (
	dontStop = iota
	rmmod
)

// Torture is one loaded instance of the module.
type Torture struct {
	m   *cpu.Machine
	s   *sched.Sched
	tm  *timer.Timers
	r   *rcu.RCU
	st  *stop.Stop
	p   Params
	ops *ops

	fullstop cpu.Var[int]
	pool     pool
	writer   writer
	readers  readers
	stutter  cpu.Var[int] // stutter_pause_test: 0 run, 1 halt asleep, 2 halt spinning
	shuffle  shuffle
	onoff    onoff
	boost    boost
	barrier  barrier
	floods   cpu.Var[int64] // n_cbfloods

	// current is rcu_torture_current, which the readers follow; version is
	// how often it was replaced.
	current cpu.Var[*element]
	version cpu.Var[uint64]
	stats   stats
	tasks   tasks
}

// tasks are the kthreads, by what they do; nil where there is none.
type tasks struct {
	writer, stats, shuffle, stutter, fqs *sched.Kthread
	shutdown, onoff, stall, barrier      *sched.Kthread
	fakewriters, readers, cbs, floods    []*sched.Kthread
	boosters                             []*sched.Kthread // by CPU
}

var (
	poolLockKey     = lockdep.Key{Name: "rcu_torture_lock"}
	randLockKey     = lockdep.Key{Name: "rand_lock"}
	shuffleMutexKey = lockdep.Key{Name: "shuffle_task_mutex"}
	boostMutexKey   = lockdep.Key{Name: "boost_mutex"}
	barrierWqKey    = lockdep.Key{Name: "barrier_wq.lock"}
	barrierCbsWqKey = lockdep.Key{Name: "&barrier_cbs_wq[i]"}
)

// Load is rcu_torture_init(): make everything and start the kthreads. It
// sleeps. The parameters must be sound.
//
//kernel:fn rcu_torture_init kernel/rcu/rcutorture.c
func Load(x *cpu.Exec, parts Parts, p Params) *Torture {
	t := &Torture{m: parts.CPU, s: parts.Sched, tm: parts.Timers, r: parts.RCU, st: parts.Stop, p: p}
	t.ops = t.flavour(p.TortureType)
	t.p.TestBoostInterval, t.p.TestBoostDuration = max(p.TestBoostInterval, 1), max(p.TestBoostDuration, 2)
	x.Kmalloc()
	t.fullstop.Init(t.m, "fullstop", dontStop)
	t.stutter.Init(t.m, "stutter_pause_test", 0)
	t.floods.Init(t.m, "n_cbfloods", 0)
	t.current.Init(t.m, "rcu_torture_current", nil)
	t.version.Init(t.m, "rcu_torture_current_version", 0)
	t.pool.init(t)
	t.shuffle.init(t)
	t.boost.init(t)
	t.onoff.init(t)
	t.writer.state.Init(t.m, "rcu_torture_writer_state", stateFixedDelay)
	t.stats.version = ^uint64(0)
	online := t.m.Online.Peek().Weight() // objects belong right behind the allocation
	t.readers.init(t, t.readerCount(online))
	t.barrier.init(t)
	if t.ops.fqs == nil && t.p.FqsDuration != 0 {
		t.out(x, "->fqs NULL and non-zero fqs_duration, fqs disabled.")
		t.p.FqsDuration = 0
	}
	t.printModuleParms(x, "Start of test")
	t.start(x)
	return t
}

// readerCount is nrealreaders.
func (t *Torture) readerCount(online int) int {
	if t.p.NReaders >= 0 {
		return t.p.NReaders
	}
	return max(online-2-t.p.NReaders, 1)
}

// start creates the kthreads, in the order of docs/kernel/rcutorture.md §5.
//
//kernel:fn rcu_torture_init kernel/rcu/rcutorture.c
func (t *Torture) start(x *cpu.Exec) {
	k := &t.tasks
	k.writer = t.create(x, "rcu_torture_writer", t.runWriter)
	for i := range t.p.NFakewriters {
		k.fakewriters = append(k.fakewriters, t.create(x, "rcu_torture_fakewriter", func(x *cpu.Exec) { t.runFakewriter(x, i) }))
	}
	for i := range t.readers.each {
		k.readers = append(k.readers, t.create(x, "rcu_torture_reader", func(x *cpu.Exec) { t.runReader(x, &t.readers.each[i]) }))
	}
	if t.p.StatInterval > 0 {
		k.stats = t.create(x, "rcu_torture_stats", t.runStats)
	}
	if t.p.TestNoIdleHZ && t.p.ShuffleInterval > 0 {
		k.shuffle = t.create(x, "torture_shuffle", t.runShuffle)
	}
	if t.p.Stutter > 0 {
		k.stutter = t.create(x, "torture_stutter", t.runStutter)
	}
	if t.p.FqsDuration > 0 {
		k.fqs = t.create(x, "rcu_torture_fqs", t.runFqs)
	}
	t.startBoost(x)
	if t.p.ShutdownSecs > 0 {
		at := t.jiffies(x) + t.seconds(t.p.ShutdownSecs)
		k.shutdown = t.create(x, "torture_shutdown", func(x *cpu.Exec) { t.runShutdown(x, at) })
	}
	if t.p.OnoffInterval > 0 {
		k.onoff = t.create(x, "torture_onoff", t.runOnoff)
	}
	if t.p.StallCPU > 0 {
		k.stall = t.create(x, "rcu_torture_stall", t.runStall)
	}
	t.startBarrier(x)
	if t.p.CbfloodNBurst > 0 {
		for range (t.m.Online.Read(x).Weight() + 3) / 4 {
			k.floods = append(k.floods, t.create(x, "rcu_torture_cbflood", t.runCbflood))
		}
	}
}
