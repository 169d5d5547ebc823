package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Mutex is struct mutex of v4.4 in the form that a lockdep build has:
// always the slow path, no optimistic spinning, a wait_lock that the
// validator does not see (docs/kernel/sched-irq-printk.md §4.5).
type Mutex struct {
	obj      sim.Obj
	dep      lockdep.Map
	waitLock lock.Raw
	s        *Sched
	name     string
	count    int // 1 free, 0 locked, -1 locked and waited for
	owner    *Task
	list     []mutexWaiter
	kind     cpu.WaitKind // of those who wait: a mutex may be part of a ww_mutex
	self     cpu.Awaited

	// For views only.
	since sim.Time // the owner has had it
	sleepStats
}

// mutexWaiter is mutex_waiter.
type mutexWaiter struct {
	task  *Task
	since sim.Time // for views
}

// Init makes a free mutex.
func (m *Mutex) Init(s *Sched, name string, key *lockdep.Key) {
	m.init(s, name, key)
	m.kind, m.self = cpu.WaitMutex, m
	s.m.RegisterHoldable(m)
}

func (m *Mutex) init(s *Sched, name string, key *lockdep.Key) {
	m.s, m.name, m.count = s, name, 1
	m.obj = s.m.NewObj(name)
	m.dep.Init(key)
	m.waitLock.InitUnseen(s.m, name+".wait_lock")
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
}

// Dep returns the validator's view of the mutex.
func (m *Mutex) Dep() *lockdep.Map { return &m.dep }

// HeldHere reports whether x has the mutex.
func (m *Mutex) HeldHere(x *cpu.Exec) bool { return m.owner != nil && m.owner == m.s.Task(x) }

// Owner returns the task that has the mutex, nil if it is free.
func (m *Mutex) Owner() *Task { return m.owner }

// AwaitedName implements [cpu.Awaited].
func (m *Mutex) AwaitedName() string { return m.name }

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
		panic("sched: " + m.name + ": " + err.Error() + " for an uninterruptible wait")
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

// lock is __mutex_lock_common(); ww is not nil for a ww_mutex that is taken
// with a context.
//
//kernel:fn __mutex_lock_common kernel/locking/mutex.c
func (m *Mutex) lock(x *cpu.Exec, st State, how lockdep.How, nest *lockdep.Map, ww *wwAcquire) error {
	cpu.PreemptDisable(x)
	x.LockdepTime()
	f := m.waitLock.LockIrqsave(x)
	x.ValidateNest(&m.dep, how, nest)
	if !m.claim(x) {
		var err error
		if f, err = m.lockSlow(x, f, st, ww); err != nil {
			m.waitLock.UnlockIrqrestore(x, f)
			x.MapUnlock(&m.dep)
			cpu.PreemptEnable(x)
			return err
		}
	}
	m.count = 0
	if len(m.list) > 0 {
		m.count = -1
	}
	m.owner = m.s.Task(x)
	m.since = x.Now()
	x.Acquired(&m.dep)
	if ww != nil {
		ww.acquired(x)
	}
	m.waitLock.UnlockIrqrestore(x, f)
	cpu.PreemptEnable(x)
	return nil
}

// claim is the xchg of the count: unlock makes the mutex free without taking
// wait_lock, so looking at the count is an operation.
func (m *Mutex) claim(x *cpu.Exec) bool {
	x.Op(cpu.KindUpdate, &m.obj, sim.AccessUpdate, m.s.m.Costs.RMW)
	return m.count == 1
}

// lockSlow queues and sleeps until the mutex is found free; waking does not
// hand it over, so others may come first. With a context that has locks
// already it backs off in place of waiting for an older one.
func (m *Mutex) lockSlow(x *cpu.Exec, f cpu.Flags, st State, ww *wwAcquire) (cpu.Flags, error) {
	t := m.s.Task(x)
	since := x.Now()
	m.list = append(m.list, mutexWaiter{t, since})
	m.arrives()
	x.Contended(&m.dep)
	var err error
	for !m.claim(x) {
		m.count = -1
		if ww != nil {
			if err = ww.checkStamp(x); err != nil {
				break
			}
		}
		t.State.WriteOnce(x, st)
		m.waitLock.UnlockIrqrestore(x, f)
		cpu.PreemptEnableNoResched(x)
		m.s.SleepFor(x, m.kind, m.self)
		cpu.PreemptDisable(x)
		f = m.waitLock.LockIrqsave(x)
	}
	if err == nil { // who backs off has not set its state since it woke
		t.State.WriteOnce(x, Running)
	}
	for i, o := range m.list {
		if o.task == t {
			m.list = append(m.list[:i:i], m.list[i+1:]...)
			break
		}
	}
	m.leaves(x, since)
	return f, err
}

// Trylock is mutex_trylock().
//
//kernel:fn mutex_trylock kernel/locking/mutex.c
func (m *Mutex) Trylock(x *cpu.Exec) bool {
	x.LockdepTime()
	f := m.waitLock.LockIrqsave(x)
	got := m.claim(x)
	if got {
		m.count = 0
		m.owner = m.s.Task(x)
		m.since = x.Now()
		x.Validate(&m.dep, lockdep.Trylock)
		x.Acquired(&m.dep)
	}
	m.waitLock.UnlockIrqrestore(x, f)
	return got
}

// IsLocked is mutex_is_locked(): an unlocked read.
//
//kernel:fn mutex_is_locked include/linux/mutex.h
func (m *Mutex) IsLocked(x *cpu.Exec) bool {
	x.Op(cpu.KindRead, &m.obj, sim.AccessRead, m.s.m.Costs.Load)
	return m.count != 1
}

// Unlock is mutex_unlock(): the mutex is free before its wait_lock is taken,
// so it can be stolen; the first sleeper is woken under wait_lock.
//
//kernel:fn mutex_unlock kernel/locking/mutex.c
func (m *Mutex) Unlock(x *cpu.Exec) {
	x.LockdepTime()
	x.Op(cpu.KindUpdate, &m.obj, sim.AccessUpdate, m.s.m.Costs.RMW)
	owner := m.owner
	m.owner = nil
	m.count = 1
	f := m.waitLock.LockIrqsave(x)
	x.Unvalidate(&m.dep)
	m.debugUnlock(x, owner)
	if len(m.list) > 0 {
		m.s.WakeUpProcess(x, m.list[0].task)
	}
	m.waitLock.UnlockIrqrestore(x, f)
}

// debugUnlock is debug_mutex_unlock(); owner is who had the mutex.
//
//kernel:fn debug_mutex_unlock kernel/locking/mutex-debug.c
func (m *Mutex) debugUnlock(x *cpu.Exec, owner *Task) {
	if owner == nil {
		x.DebugLocksWarn(true, "kernel/locking/mutex-debug.c", "debug_mutex_unlock", "!lock->owner")
	} else {
		x.DebugLocksWarn(owner != m.s.Task(x), "kernel/locking/mutex-debug.c", "debug_mutex_unlock", "lock->owner != current")
	}
}
