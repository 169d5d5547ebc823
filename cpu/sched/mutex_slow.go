package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
)

// lock is mutex_lock() with all that its relatives add; ww is not nil for a
// ww_mutex that is taken with a context.
//
//kernel:fn __mutex_lock_common kernel/locking/mutex.c
func (m *Mutex) lock(x *cpu.Exec, st State, how lockdep.How, nest *lockdep.Map, ww *wwAcquire) error {
	judge := func() bool { return x.ValidateNest(&m.dep, how, nest) }
	if m.s.m.DebugMutexes {
		cpu.PreemptDisable(x)
		m.ask(x, judge)
		return m.lockSlow(x, st, ww)
	}
	m.ask(x, judge)
	m.setCount(x, m.count-1)
	if m.count >= 0 {
		m.got(x)
		if ww != nil {
			ww.acquiredFast(x)
		}
		m.setHint(x, m.owner)
		return nil
	}
	cpu.PreemptDisable(x)
	if m.optimisticSpin(x, ww) {
		cpu.PreemptEnable(x)
		return nil
	}
	return m.lockSlow(x, st, ww)
}

// lockSlow looks once more under wait_lock, and queues then. It is entered with
// preemption off.
func (m *Mutex) lockSlow(x *cpu.Exec, st State, ww *wwAcquire) error {
	f := m.lockWait(x)
	// Marking the mutex as waited for before we are in the queue would send
	// its next unlock here for nothing: hence 0, and only if it is free.
	if !m.claim(x, 1, 0) {
		var err error
		if f, err = m.sleep(x, f, st, ww); err != nil {
			m.unlockWait(x, f)
			x.MapUnlock(&m.dep)
			cpu.PreemptEnable(x)
			return err
		}
	} else {
		m.got(x)
	}
	m.setHint(x, m.owner)
	if ww != nil {
		ww.acquired(x)
	}
	m.unlockWait(x, f)
	cpu.PreemptEnable(x)
	return nil
}

// claim is an xchg of the count with to, behind a look that found it at least
// least; it returns whether the mutex was free.
func (m *Mutex) claim(x *cpu.Exec, least, to int) bool {
	if m.read(x); m.count < least {
		return false
	}
	m.update(x)
	old := m.count
	m.setCount(x, to)
	return old == 1
}

// sleep queues and sleeps until the mutex is found free; waking does not hand
// it over, so others may come first. With a context that has locks already it
// backs off in place of waiting for an older one. -1 sends whoever unlocks to
// wait_lock; it is set again whenever we wake, since who stole the mutex
// meanwhile set 0.
func (m *Mutex) sleep(x *cpu.Exec, f cpu.Flags, st State, ww *wwAcquire) (cpu.Flags, error) {
	t := m.s.Task(x)
	since := x.Now()
	m.waitLock.AssertHeld(x)
	m.list = append(m.list, mutexWaiter{t, since})
	m.arrives()
	x.Contended(&m.dep)
	var err error
	for !m.claim(x, 0, -1) {
		if ww != nil {
			if err = ww.checkStamp(x); err != nil {
				break
			}
		}
		t.State.WriteOnce(x, st)
		m.unlockWait(x, f)
		cpu.PreemptEnableNoResched(x)
		m.s.SleepFor(x, m.kind, m.self)
		cpu.PreemptDisable(x)
		f = m.lockWait(x)
	}
	if err == nil { // who backs off has not set its state since it woke
		m.got(x)
		t.State.WriteOnce(x, Running)
	}
	m.waitLock.AssertHeld(x)
	for i, o := range m.list {
		if o.task == t {
			m.list = append(m.list[:i:i], m.list[i+1:]...)
			break
		}
	}
	m.leaves(x, since)
	if err == nil && len(m.list) == 0 {
		m.update(x)
		m.setCount(x, 0)
	}
	return f, err
}

// lockWait is spin_lock_mutex().
//
//kernel:fn spin_lock_mutex kernel/locking/mutex.h
func (m *Mutex) lockWait(x *cpu.Exec) cpu.Flags {
	if m.s.m.DebugMutexes {
		return m.waitLock.LockIrqsave(x)
	}
	m.waitLock.Lock(x)
	return false
}

// unlockWait is spin_unlock_mutex().
//
//kernel:fn spin_unlock_mutex kernel/locking/mutex.h
func (m *Mutex) unlockWait(x *cpu.Exec, f cpu.Flags) {
	if m.s.m.DebugMutexes {
		m.waitLock.UnlockIrqrestore(x, f)
	} else {
		m.waitLock.Unlock(x)
	}
}

// Trylock is mutex_trylock().
//
//kernel:fn mutex_trylock kernel/locking/mutex.c
func (m *Mutex) Trylock(x *cpu.Exec) bool {
	x.LockdepTime()
	if m.s.m.DebugMutexes {
		return m.trySlow(x)
	}
	m.update(x)
	if m.count != 1 {
		return false
	}
	m.setCount(x, 0)
	x.Validate(&m.dep, lockdep.Trylock)
	m.got(x)
	m.setHint(x, m.owner)
	return true
}

// trySlow is __mutex_trylock_slowpath(). Its xchg marks the mutex as waited
// for, which it takes back if nobody is.
//
//kernel:fn __mutex_trylock_slowpath kernel/locking/mutex.c
func (m *Mutex) trySlow(x *cpu.Exec) bool {
	if m.IsLocked(x) {
		return false
	}
	f := m.lockWait(x)
	m.update(x)
	got := m.count == 1
	m.setCount(x, -1)
	if got {
		x.Validate(&m.dep, lockdep.Trylock)
		m.got(x)
	}
	if len(m.list) == 0 {
		m.update(x)
		m.setCount(x, 0)
	}
	m.unlockWait(x, f)
	return got
}
