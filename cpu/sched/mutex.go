package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Mutex is struct mutex of v4.4 (docs/kernel/sched-irq-printk.md §4.5): a
// count, an owner for those who spin, and a queue of those who sleep.
//
//	lock    dec; not negative: taken
//	        negative: spin as long as the owner runs (osq.go, mutex_spin.go),
//	        and then queue and sleep (mutex_slow.go)
//	unlock  inc; positive: done
//	        otherwise count = 1, and only then wait_lock, under which the first
//	        sleeper is woken (mutex_unlock.go)
//
// So a mutex is free before its unlock is over, and others come first: who
// frees its memory once he has had the mutex may do so under the feet of the
// unlock. A kernel with DEBUG_MUTEXES ([cpu.Config]) has neither the fast paths
// nor the spinning; it takes and frees the mutex under a wait_lock that the
// validator does not see, with interrupts off.
//
// The validator is asked behind the first operation on the count and before
// its effect. Where that is the fast path the kernel would not ask at all: a
// kernel that has a validator has DEBUG_MUTEXES. Whether it judges and whether
// its kernel's paths are taken are two settings of a machine.
type Mutex struct {
	obj      sim.Obj // the count's
	dep      lockdep.Map
	waitLock lock.Raw
	s        *Sched
	count    int   // 1 free, 0 locked, negative: perhaps waited for
	owner    *Task // who has it; for the wait-for graph, checks and views
	// hint is lock->owner, which comes behind the mutex and goes before it.
	hint    cpu.Var[*Task]
	osq     osq
	spinner *cpu.Wait // the head of osq, when it parks
	list    []mutexWaiter
	kind    cpu.WaitKind // of those who wait: a mutex may be part of a ww_mutex
	self    cpu.Awaited

	// For views only.
	since sim.Time // the owner has had it
	sleepStats
}

// mutexWaiter is mutex_waiter.
type mutexWaiter struct {
	task  *Task
	since sim.Time // for views
}

var mutexWaitKey = lockdep.Key{Name: "&(&lock->wait_lock)->rlock", Inner: lockdep.WaitConfig}

// Init makes a free mutex.
func (m *Mutex) Init(s *Sched, name string, key *lockdep.Key) {
	m.init(s, name, key, cpu.WaitMutex, m)
	s.m.RegisterHoldable(m)
}

func (m *Mutex) init(s *Sched, name string, key *lockdep.Key, kind cpu.WaitKind, self cpu.Awaited) {
	m.s, m.count, m.kind, m.self = s, 1, kind, self
	outer := s.m.Within(name, -1)
	defer s.m.Leave(outer)
	m.obj = s.m.NewObj("")
	m.dep.Init(key)
	if s.m.DebugMutexes {
		m.waitLock.InitUnseen(s.m, ".wait_lock")
		return
	}
	m.waitLock.Init(s.m, ".wait_lock", &mutexWaitKey)
	m.hint.Init(s.m, ".owner", nil)
	m.osq.init(s, "")
}

// EachObj implements [cpu.Memory].
func (m *Mutex) EachObj(fn func(*sim.Obj)) {
	fn(&m.obj)
	m.waitLock.EachObj(fn)
	if !m.s.m.DebugMutexes {
		m.hint.EachObj(fn)
		m.osq.EachObj(fn)
	}
}

// Forget takes the mutex, whose memory is freed, from what reports and views
// look through.
func (m *Mutex) Forget() {
	m.s.m.ForgetHoldable(m)
	m.s.m.ForgetHoldable(&m.waitLock)
}

// Reinit is mutex_init() of a mutex that was used before. Of one that x holds
// the validator says so; it is free then.
//
//kernel:fn __mutex_init kernel/locking/mutex.c
func (m *Mutex) Reinit(x *cpu.Exec) {
	m.waitLock.Reinit(x)
	x.InitMap(&m.dep, m.dep.Key())
	m.count, m.owner, m.list = 1, nil, nil
	m.hint.Poke(nil)
}

// Dep returns the validator's view of the mutex.
func (m *Mutex) Dep() *lockdep.Map { return &m.dep }

// HeldHere reports whether x has the mutex.
func (m *Mutex) HeldHere(x *cpu.Exec) bool { return m.owner != nil && m.owner == m.s.Task(x) }

// Owner returns the task that has the mutex, nil if it is free.
func (m *Mutex) Owner() *Task { return m.owner }

// AwaitedName implements [cpu.Awaited].
func (m *Mutex) AwaitedName() string { return m.s.m.ObjName(m.obj.ID) }

// Holder implements [cpu.Awaited].
func (m *Mutex) Holder(*cpu.Wait) cpu.Holder {
	if m.owner == nil {
		return cpu.Holder{}
	}
	return cpu.Holder{Task: &m.owner.Exec, How: "held"}
}

// Lock is mutex_lock().
//
//kernel:fn mutex_lock kernel/locking/mutex.c
func (m *Mutex) Lock(x *cpu.Exec) {
	MightSleep(x)
	m.mustLock(x, 0, nil)
}

// LockNested is mutex_lock_nested() with a lockdep subclass.
//
//kernel:fn mutex_lock_nested kernel/locking/mutex.c
func (m *Mutex) LockNested(x *cpu.Exec, sub int) {
	MightSleep(x)
	m.mustLock(x, lockdep.Nested(sub), nil)
}

// LockNest is mutex_lock_nest_lock(): nest is held, and any number of mutexes
// of this class may be taken under it.
//
//kernel:fn _mutex_lock_nest_lock kernel/locking/mutex.c
func (m *Mutex) LockNest(x *cpu.Exec, nest *lockdep.Map) {
	MightSleep(x)
	m.mustLock(x, 0, nest)
}

func (m *Mutex) mustLock(x *cpu.Exec, how lockdep.How, nest *lockdep.Map) {
	if err := m.lock(x, Uninterruptible, how, nest, nil); err != nil {
		panic("sched: " + m.AwaitedName() + ": " + err.Error() + " for an uninterruptible wait")
	}
}

// LockInterruptible is mutex_lock_interruptible(). Nothing sends signals on
// this machine, so it does not fail with EINTR; the state in which it sleeps
// is another.
//
//kernel:fn mutex_lock_interruptible_nested kernel/locking/mutex.c
func (m *Mutex) LockInterruptible(x *cpu.Exec) error {
	MightSleep(x)
	return m.lock(x, Interruptible, 0, nil, nil)
}

// LockKillable is mutex_lock_killable(), see LockInterruptible.
//
//kernel:fn mutex_lock_killable_nested kernel/locking/mutex.c
func (m *Mutex) LockKillable(x *cpu.Exec) error {
	MightSleep(x)
	return m.lock(x, Uninterruptible, 0, nil, nil)
}

// IsLocked is mutex_is_locked(): an unlocked read.
//
//kernel:fn mutex_is_locked include/linux/mutex.h
func (m *Mutex) IsLocked(x *cpu.Exec) bool {
	m.read(x)
	return m.count != 1
}

// read and update are the accesses to the count.
func (m *Mutex) read(x *cpu.Exec) {
	x.Op(cpu.KindRead, &m.obj, sim.AccessRead, m.s.m.Costs.Load)
}

func (m *Mutex) update(x *cpu.Exec) {
	x.Op(cpu.KindUpdate, &m.obj, sim.AccessUpdate, m.s.m.Costs.RMW)
}

// setCount is the effect of an operation on the count: who spins looks again.
func (m *Mutex) setCount(x *cpu.Exec, n int) {
	m.count = n
	wakeSpinner(x, m.spinner)
}

// ask asks the validator behind an operation on the count and, should it have
// printed something, announces that operation again.
func (m *Mutex) ask(x *cpu.Exec, judge func() bool) {
	x.LockdepTime()
	m.update(x)
	if judge() {
		m.update(x)
	}
}

// got makes x the owner, behind the operation by which it got the mutex.
func (m *Mutex) got(x *cpu.Exec) {
	m.owner, m.since = m.s.Task(x), x.Now()
	x.Acquired(&m.dep)
}

// setHint is mutex_set_owner() and mutex_clear_owner(). With DEBUG_MUTEXES
// nobody looks at the owner without wait_lock.
//
//kernel:fn mutex_set_owner kernel/locking/mutex.h
func (m *Mutex) setHint(x *cpu.Exec, t *Task) {
	if m.s.m.DebugMutexes {
		return
	}
	m.hint.WriteOnce(x, t)
	wakeSpinner(x, m.spinner)
}
