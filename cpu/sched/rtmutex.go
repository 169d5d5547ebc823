package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// RTMutex is struct rt_mutex of v4.4 without DEBUG_RT_MUTEXES (docs/kernel/
// sched-irq-printk.md §4.7): an owner, and waiters by priority, equal ones in
// the order they came. Every task here is SCHED_NORMAL, so the priority is
// that of its nice value. A waiter does not lend its priority to the owner
// yet, so nothing here ever changes a task's; but the locks under which the
// kernel would do that are taken, in its order: wait_lock, then a task's pi_lock.
//
// unlock does not hand it over: the owner becomes none, the first waiter is
// woken, behind wait_lock, and takes it if nobody of a higher priority came
// first. As in v4.4 wait_lock is taken with interrupts on. v4.4 does not
// annotate an rt_mutex, so its validator sees no more of it than wait_lock;
// the newer rules see it as they see a mutex.
type RTMutex struct {
	obj      sim.Obj // lock->owner
	dep      lockdep.Map
	waitLock lock.Raw
	s        *Sched
	name     string
	owner    *Task
	marked   bool       // bit 0 of the word, HAS_WAITERS: nobody takes the fast path
	list     []rtWaiter // first in line first

	// For views only.
	since sim.Time // the owner has had it
	sleepStats
}

// rtWaiter is rt_mutex_waiter.
type rtWaiter struct {
	task  *Task
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

// Lock is rt_mutex_lock().
//
//kernel:fn rt_mutex_lock kernel/locking/rtmutex.c
func (m *RTMutex) Lock(x *cpu.Exec) { m.lock(x, 0) }

// LockNested is rt_mutex_lock_nested() with a lockdep subclass.
//
//kernel:fn rt_mutex_lock_nested kernel/locking/rtmutex.c
func (m *RTMutex) LockNested(x *cpu.Exec, sub int) { m.lock(x, lockdep.Nested(sub)) }

func (m *RTMutex) lock(x *cpu.Exec, how lockdep.How) {
	MightSleep(x)
	m.word(x, func() bool { return x.Validate(&m.dep, how) })
	if m.owner == nil && !m.marked {
		m.take(x)
		m.acquired(x)
	} else {
		m.lockSlow(x)
	}
}

// lockSlow waits until the owner is none and nobody comes before x.
//
//kernel:fn rt_mutex_slowlock kernel/locking/rtmutex.c
func (m *RTMutex) lockSlow(x *cpu.Exec) {
	t := m.s.Task(x)
	m.waitLock.Lock(x)
	if m.tryToTake(x) {
		m.acquired(x)
		m.waitLock.Unlock(x)
		return
	}
	m.contend(x)
	since := x.Now()
	m.s.SetCurrentState(x, Uninterruptible)
	m.blocks(x, rtWaiter{t, since})
	for !m.tryToTake(x) {
		m.waitLock.Unlock(x)
		m.s.SleepFor(x, cpu.WaitRTMutex, m)
		m.waitLock.Lock(x)
		m.s.SetCurrentState(x, Uninterruptible)
	}
	t.State.WriteOnce(x, Running)
	m.leaves(x, since)
	m.acquired(x)
	m.waitLock.Unlock(x)
}

// blocks is task_blocks_on_rt_mutex(), under wait_lock: the waiter is queued
// under its own pi_lock, and a first one makes itself known to the owner under
// the owner's, who stays the owner, since the word is marked.
//
//kernel:fn task_blocks_on_rt_mutex kernel/locking/rtmutex.c
func (m *RTMutex) blocks(x *cpu.Exec, w rtWaiter) {
	f := w.task.PILock.LockIrqsave(x)
	m.enqueue(w)
	m.arrives()
	w.task.PILock.UnlockIrqrestore(x, f)
	if m.owner != nil && m.list[0].task == w.task {
		withPILock(x, m.owner)
	}
}

// withPILock is what the kernel does to a task's priority under its pi_lock.
func withPILock(x *cpu.Exec, t *Task) {
	f := t.PILock.LockIrqsave(x)
	t.PILock.UnlockIrqrestore(x, f)
}

func (m *RTMutex) contend(x *cpu.Exec) {
	if m.s.m.NewRules() {
		x.Contended(&m.dep)
	}
}

// tryToTake is try_to_take_rt_mutex(), under wait_lock: the word is marked, so
// that the owner's release comes to wait_lock. A waiter takes it if it is the first, a
// newcomer if it has the higher priority than all of them.
//
//kernel:fn try_to_take_rt_mutex kernel/locking/rtmutex.c
func (m *RTMutex) tryToTake(x *cpu.Exec) bool {
	x.Op(cpu.KindUpdate, &m.obj, sim.AccessUpdate, m.s.m.Costs.RMW)
	m.marked = true
	t := m.s.Task(x)
	if m.owner != nil {
		return false
	}
	if len(m.list) > 0 {
		switch top := m.list[0].task; {
		case top == t:
			m.list = m.list[1:]
		case m.queued(t) || t.prio >= top.prio:
			return false
		}
	}
	m.take(x)
	m.marked = len(m.list) > 0
	return true
}

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

func (m *RTMutex) queued(t *Task) bool {
	for i := range m.list {
		if m.list[i].task == t {
			return true
		}
	}
	return false
}

// enqueue puts a waiter behind all of its priority.
//
//kernel:fn rt_mutex_enqueue kernel/locking/rtmutex.c
func (m *RTMutex) enqueue(w rtWaiter) {
	i := len(m.list)
	for i > 0 && m.list[i-1].task.prio > w.task.prio {
		i--
	}
	m.list = append(m.list, rtWaiter{})
	copy(m.list[i+1:], m.list[i:])
	m.list[i] = w
}

// Trylock is rt_mutex_trylock(). One that is free is taken by a cmpxchg of the
// word, without wait_lock.
//
//kernel:fn rt_mutex_trylock kernel/locking/rtmutex.c
func (m *RTMutex) Trylock(x *cpu.Exec) bool {
	x.Op(cpu.KindTrylock, &m.obj, sim.AccessUpdate, m.s.m.Costs.RMW)
	got := m.owner == nil && !m.marked
	if got {
		m.take(x)
	} else {
		got = m.trySlow(x)
	}
	if got && m.s.m.NewRules() {
		x.MapLock(&m.dep, lockdep.Trylock)
		m.acquired(x)
	}
	return got
}

// trySlow may find the owner gone, with waiters of lower priority left.
//
//kernel:fn rt_mutex_slowtrylock kernel/locking/rtmutex.c
func (m *RTMutex) trySlow(x *cpu.Exec) bool {
	x.Op(cpu.KindRead, &m.obj, sim.AccessRead, m.s.m.Costs.Load)
	if m.owner != nil {
		return false
	}
	m.waitLock.Lock(x)
	got := m.tryToTake(x)
	if !got { // fixup_rt_mutex_waiters
		x.Op(cpu.KindWrite, &m.obj, sim.AccessWrite, m.s.m.Costs.Store)
		m.marked = len(m.list) > 0
	}
	m.waitLock.Unlock(x)
	return got
}

// Unlock is rt_mutex_unlock().
//
//kernel:fn rt_mutex_unlock kernel/locking/rtmutex.c
func (m *RTMutex) Unlock(x *cpu.Exec) {
	m.word(x, func() bool { return x.Unvalidate(&m.dep) })
	if m.marked {
		m.unlockSlow(x)
	} else {
		m.owner = nil
	}
}

// unlockSlow wakes the first waiter once wait_lock is released, and then gives
// back what priority it had lent.
//
//kernel:fn rt_mutex_slowunlock kernel/locking/rtmutex.c
func (m *RTMutex) unlockSlow(x *cpu.Exec) {
	m.waitLock.Lock(x)
	if len(m.list) == 0 {
		m.disown(x)
		m.waitLock.Unlock(x)
		return
	}
	me, first := m.s.Task(x), m.list[0].task
	f := me.PILock.LockIrqsave(x)
	m.disown(x)
	me.PILock.UnlockIrqrestore(x, f)
	m.waitLock.Unlock(x)
	m.s.WakeUpProcess(x, first)
	withPILock(x, me)
}

// disown makes the owner none; the word stays marked if anybody waits.
func (m *RTMutex) disown(x *cpu.Exec) {
	x.Op(cpu.KindWrite, &m.obj, sim.AccessWrite, m.s.m.Costs.Store)
	m.owner, m.marked = nil, len(m.list) > 0
}

// HeldHere reports whether x has the rt_mutex.
func (m *RTMutex) HeldHere(x *cpu.Exec) bool { return m.owner != nil && m.owner == m.s.Task(x) }

// Waiters returns how many tasks wait.
func (m *RTMutex) Waiters() int { return len(m.list) }

// AwaitedName implements [cpu.Awaited].
func (m *RTMutex) AwaitedName() string { return m.name }

// Holder implements [cpu.Awaited].
func (m *RTMutex) Holder(*cpu.Wait) cpu.Holder {
	if m.owner == nil {
		return cpu.Holder{}
	}
	return cpu.Holder{Task: &m.owner.Exec, How: "held"}
}

// HeldBy implements [cpu.Holdable]: an rt_mutex is a task's, not a CPU's.
func (m *RTMutex) HeldBy() (*cpu.CPU, bool) { return nil, false }

// LockInfo implements [cpu.LockViewer].
func (m *RTMutex) LockInfo() cpu.LockInfo {
	info := cpu.LockInfo{Name: m.name, Kind: "rt_mutex", Obj: m.obj.ID}
	if m.s.m.NewRules() {
		info.Dep = &m.dep
	}
	return info
}

// LockState implements [cpu.LockViewer].
func (m *RTMutex) LockState() cpu.LockState {
	s := cpu.LockState{Waiting: len(m.list), Contended: m.contended, Waited: m.waited}
	if m.owner != nil {
		s.Task, s.Since = &m.owner.Exec, m.since
	}
	for i := range m.list {
		if w := &m.list[i]; i == 0 || w.since < s.First {
			s.First = w.since
		}
	}
	return s
}

// EachWaiter implements [cpu.LockViewer].
func (m *RTMutex) EachWaiter(fn func(cpu.Holder)) {
	for i := range m.list {
		fn(cpu.Holder{Task: &m.list[i].task.Exec})
	}
}
