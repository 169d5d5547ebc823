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
	m.s, m.name, m.count = s, name, 1
	m.obj = s.m.NewObj(name)
	m.dep.Init(key)
	m.waitLock.InitUnseen(s.m, name+".wait_lock")
	s.m.RegisterHoldable(m)
}

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
func (m *Mutex) Lock(x *cpu.Exec) { m.LockNested(x, 0) }

// LockNested is mutex_lock_nested().
//
//kernel:fn __mutex_lock_common kernel/locking/mutex.c
func (m *Mutex) LockNested(x *cpu.Exec, sub int) {
	MightSleep(x)
	cpu.PreemptDisable(x)
	x.LockdepTime()
	f := m.waitLock.LockIrqsave(x)
	x.Validate(&m.dep, lockdep.Nested(sub))
	if !m.claim(x) {
		f = m.lockSlow(x, f)
	}
	m.count = 0
	if len(m.list) > 0 {
		m.count = -1
	}
	m.owner = m.s.Task(x)
	m.since = x.Now()
	m.waitLock.UnlockIrqrestore(x, f)
	cpu.PreemptEnable(x)
}

// claim is the xchg of the count: unlock makes the mutex free without taking
// wait_lock, so looking at the count is an operation.
func (m *Mutex) claim(x *cpu.Exec) bool {
	x.Op(cpu.KindUpdate, &m.obj, sim.AccessUpdate, m.s.m.Costs.RMW)
	return m.count == 1
}

// lockSlow queues and sleeps until the mutex is found free; waking does not
// hand it over, so others may come first.
func (m *Mutex) lockSlow(x *cpu.Exec, f cpu.Flags) cpu.Flags {
	t := m.s.Task(x)
	since := x.Now()
	m.list = append(m.list, mutexWaiter{t, since})
	m.arrives()
	for !m.claim(x) {
		m.count = -1
		t.State.WriteOnce(x, Uninterruptible)
		m.waitLock.UnlockIrqrestore(x, f)
		cpu.PreemptEnableNoResched(x)
		m.s.SleepFor(x, cpu.WaitMutex, m)
		cpu.PreemptDisable(x)
		f = m.waitLock.LockIrqsave(x)
	}
	t.State.WriteOnce(x, Running)
	for i, o := range m.list {
		if o.task == t {
			m.list = append(m.list[:i:i], m.list[i+1:]...)
			break
		}
	}
	m.leaves(x, since)
	return f
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
	m.owner = nil
	m.count = 1
	f := m.waitLock.LockIrqsave(x)
	x.Unvalidate(&m.dep)
	if len(m.list) > 0 {
		m.s.WakeUpProcess(x, m.list[0].task)
	}
	m.waitLock.UnlockIrqrestore(x, f)
}
