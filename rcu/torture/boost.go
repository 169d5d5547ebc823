package torture

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/rcu"
)

// boost is the test of priority boosting: on each CPU a real-time task that
// does not let go, so that only readers that are boosted come to their ends
// (docs/kernel/rcutorture.md §5.4).
type boost struct {
	mutex  sched.Mutex
	start  cpu.Var[uint64] // boost_starttime, jiffies
	active bool            // CPUs that come get a thread

	// ktrerror, rterror, failures and tests are what the report calls rtbke,
	// rtbre, rtbf and rtb.
	ktrerror, rterror, failures, tests cpu.Var[int64]
}

func (b *boost) init(t *Torture) {
	b.mutex.Init(t.s, "boost_mutex", &boostMutexKey)
	b.start.Init(t.m, "boost_starttime", 0)
	b.ktrerror.Init(t.m, "n_rcu_torture_boost_ktrerror", 0)
	b.rterror.Init(t.m, "n_rcu_torture_boost_rterror", 0)
	b.failures.Init(t.m, "n_rcu_torture_boost_failure", 0)
	b.tests.Init(t.m, "n_rcu_torture_boosts", 0)
}

// startBoost makes the boosters, if there is anything for them to test.
//
//kernel:fn rcu_torture_init kernel/rcu/rcutorture.c
func (t *Torture) startBoost(x *cpu.Exec) {
	if t.p.TestBoost != 2 && !(t.p.TestBoost == 1 && t.ops.canBoost) {
		return
	}
	t.tasks.boosters = make([]*sched.Kthread, len(t.m.CPUs))
	t.boost.start.WriteOnce(x, t.jiffies(x)+t.seconds(t.p.TestBoostInterval))
	t.boost.active = true
	t.s.OnCPU(sched.PriDefault, t.boosterCPUNotify)
	for c := range t.m.CPUs {
		if t.m.Online.Test(x, c) {
			t.createBooster(x, c)
		}
	}
}

// boosterCPUNotify is rcutorture_cpu_notify().
//
//kernel:fn rcutorture_cpu_notify kernel/rcu/rcutorture.c
func (t *Torture) boosterCPUNotify(x *cpu.Exec, a sched.CPUAction, c int) error {
	if !t.boost.active {
		return nil
	}
	switch a {
	case sched.CPUOnline, sched.CPUDownFailed:
		t.createBooster(x, c)
	case sched.CPUDownPrepare:
		t.stop(x, "rcu_torture_boost", t.tasks.boosters[c])
		t.tasks.boosters[c] = nil
	}
	return nil
}

// createBooster is rcutorture_booster_init(). Threads on one CPU are not
// shuffled.
//
//kernel:fn rcutorture_booster_init kernel/rcu/rcutorture.c
func (t *Torture) createBooster(x *cpu.Exec, c int) {
	if t.tasks.boosters[c] != nil {
		return
	}
	t.boost.mutex.Lock(x)
	t.verbose(x, "Creating rcu_torture_boost task")
	k := t.s.KthreadCreate(x, "rcu_torture_boo", func(x *cpu.Exec, _ *sched.Kthread) int {
		t.verbose(x, "rcu_torture_boost started")
		t.runBoost(x)
		t.stopping(x, "rcu_torture_boost")
		return 0
	})
	only := make([]bool, len(t.m.CPUs))
	only[c] = true
	if t.s.SetCPUsAllowed(x, k.Task, only) != nil { // kthread_bind
		t.boost.ktrerror.Update(x, more)
	}
	t.s.WakeUpProcess(x, k.Task)
	t.tasks.boosters[c] = k
	t.boost.mutex.Unlock(x)
}

// runBoost is rcu_torture_boost(), to where it waits to be stopped.
//
//kernel:fn rcu_torture_boost kernel/rcu/rcutorture.c
func (t *Torture) runBoost(x *cpu.Exec) {
	b := &t.boost
	if !t.s.SetScheduler(x, t.s.Task(x), sched.PolicyFIFO, 1) {
		t.verbose(x, "rcu_torture_boost RT prio failed!")
		b.rterror.Update(x, more)
	}
	x.Kmalloc()
	var inflight cpu.Var[bool]
	inflight.Init(t.m, "rcu_boost_inflight", false)
	var head rcu.Head
	call := func() { t.r.CallRCU(x, &head, func(x *cpu.Exec) { inflight.WriteOnce(x, false) }) }
	for {
		if start := b.start.ReadOnce(x); t.boostUntilStart(x, start) && t.boostHog(x, start, &inflight, call) {
			t.boostNext(x, start)
		}
		t.stutterWait(x)
		if t.mustStop(x) {
			break
		}
	}
	for !t.shouldStop(x) || inflight.ReadOnce(x) {
		t.tm.ScheduleTimeoutUninterruptible(x, 1)
	}
}

// boostUntilStart waits for the next test; false: the test is to stop.
//
//kernel:fn rcu_torture_boost kernel/rcu/rcutorture.c
func (t *Torture) boostUntilStart(x *cpu.Exec, start uint64) bool {
	for {
		now := t.jiffies(x)
		if now >= start {
			return true
		}
		t.sleep(x, start-now)
		t.stutterWait(x)
		if t.mustStop(x) {
			return false
		}
	}
}

// boostHog holds the CPU, with one callback on its way at a time. One that takes
// nearly the whole test has not been boosted. false: the test is to stop.
//
//kernel:fn rcu_torture_boost kernel/rcu/rcutorture.c
func (t *Torture) boostHog(x *cpu.Exec, start uint64, inflight *cpu.Var[bool], call func()) bool {
	duration := t.seconds(t.p.TestBoostDuration)
	called := t.jiffies(x)
	for t.jiffies(x) < start+duration {
		if !inflight.ReadOnce(x) {
			inflight.WriteOnce(x, true)
			call()
			if t.jiffies(x)-called > duration-t.seconds(1)/2 {
				t.verbose(x, "rcu_torture_boost boosting failed")
				t.boost.failures.Update(x, more)
			}
			called = t.jiffies(x)
		}
		t.stutterWait(x)
		if t.mustStop(x) {
			return false
		}
		x.Delay(spinPoll)
	}
	return true
}

// boostNext sets the time of the next test, unless another CPU has.
//
//kernel:fn rcu_torture_boost kernel/rcu/rcutorture.c
func (t *Torture) boostNext(x *cpu.Exec, start uint64) {
	b := &t.boost
	for b.start.ReadOnce(x) == start && !t.shouldStop(x) {
		if b.mutex.Trylock(x) {
			b.start.WriteOnce(x, t.jiffies(x)+t.seconds(t.p.TestBoostInterval))
			b.tests.Update(x, more)
			b.mutex.Unlock(x)
			return
		}
		t.tm.ScheduleTimeoutUninterruptible(x, 1)
	}
}
