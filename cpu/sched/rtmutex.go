package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// RTMutex is struct rt_mutex of v4.4 without DEBUG_RT_MUTEXES (docs/kernel/
// sched-irq-printk.md §4.7): an owner, and waiters by priority, equal ones in
// the order they came. The first waiter of each rt_mutex that a task owns lends
// it its priority (pi_waiters), and if the owner is itself a waiter, on along
// the chain (rtmutex_chain.go).
//
//	lock    cmpxchg nobody -> me
//	        otherwise mark the word, queue, sleep (rtmutex_lock.go)
//	unlock  cmpxchg me -> nobody
//	        otherwise the owner becomes none, the first waiter is woken, behind
//	        wait_lock, and takes it if nobody of a higher priority came first
//	        (rtmutex_unlock.go)
//
// What is protected by what: the word's mark and the queue by wait_lock, a
// task's pi_waiters and pi_blocked_on by its pi_lock; a waiter's place in its
// owner's pi_waiters by both. wait_lock comes before pi_lock, and as in v4.4 it
// is taken with interrupts on. v4.4 does not annotate an rt_mutex, so its
// validator sees no more of it than wait_lock; the newer rules see it as they
// see a mutex.
type RTMutex struct {
	obj      sim.Obj // lock->owner
	dep      lockdep.Map
	waitLock lock.Raw
	s        *Sched
	name     string
	owner    *Task
	marked   bool        // bit 0 of the word, HAS_WAITERS: nobody takes the fast path
	list     []*rtWaiter // first in line first

	// For views only.
	since sim.Time // the owner has had it
	sleepStats
}

// rtWaiter is rt_mutex_waiter.
type rtWaiter struct {
	task  *Task
	lock  *RTMutex
	prio  int      // of the task when it was queued, or last moved
	since sim.Time // for views
}

var rtWaitKey = lockdep.Key{Name: "&lock->wait_lock", Inner: lockdep.WaitSpin}

// Init makes a free rt_mutex; key is its class, with [lockdep.WaitSleep] as
// Inner.
func (m *RTMutex) Init(s *Sched, name string, key *lockdep.Key) {
	m.s, m.name = s, name
	m.obj = s.m.NewObj(name)
	m.dep.Init(key)
	m.waitLock.Init(s.m, name+".wait_lock", &rtWaitKey)
	s.m.RegisterHoldable(m)
}

// EachObj implements [cpu.Memory].
func (m *RTMutex) EachObj(fn func(*sim.Obj)) {
	fn(&m.obj)
	m.waitLock.EachObj(fn)
}

// Forget takes the rt_mutex, whose memory is freed, from what reports and views
// look through.
func (m *RTMutex) Forget() {
	m.s.m.ForgetHoldable(m)
	m.s.m.ForgetHoldable(&m.waitLock)
}

// Reinit is rt_mutex_init() of one that was used before.
//
//kernel:fn __rt_mutex_init kernel/locking/rtmutex.c
func (m *RTMutex) Reinit(x *cpu.Exec) {
	m.waitLock.Reinit(x)
	x.Op(cpu.KindWrite, &m.obj, sim.AccessWrite, m.s.m.Costs.Store)
	if m.s.m.NewRules() {
		x.InitMap(&m.dep, m.dep.Key())
	}
	m.owner, m.marked, m.list = nil, false, nil
}

// Name returns the instance's name.
func (m *RTMutex) Name() string { return m.name }

// Dep returns the validator's view of the rt_mutex.
func (m *RTMutex) Dep() *lockdep.Map { return &m.dep }

// word is an atomic operation on lock->owner, behind which the newer rules ask
// the validator.
func (m *RTMutex) word(x *cpu.Exec, judge func() bool) {
	annotated := m.s.m.NewRules()
	if annotated {
		x.LockdepTime()
	}
	x.Op(cpu.KindUpdate, &m.obj, sim.AccessUpdate, m.s.m.Costs.RMW)
	if annotated && judge() {
		x.Op(cpu.KindUpdate, &m.obj, sim.AccessUpdate, m.s.m.Costs.RMW)
	}
}

// take makes x's task the owner, behind the operation that says so.
func (m *RTMutex) take(x *cpu.Exec) {
	m.owner, m.since = m.s.Task(x), x.Now()
}

// acquired is lock_acquired(). Where wait_lock is held it comes before its
// release, which ends at a local position.
func (m *RTMutex) acquired(x *cpu.Exec) {
	if m.s.m.NewRules() {
		x.Acquired(&m.dep)
	}
}
