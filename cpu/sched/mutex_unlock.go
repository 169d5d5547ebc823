package sched

import "lockstep/cpu"

// Unlock is mutex_unlock(). Who spins is told first that there is no owner.
// From the increment on the mutex is free, whatever this CPU still has to do
// with it.
//
//kernel:fn mutex_unlock kernel/locking/mutex.c
func (m *Mutex) Unlock(x *cpu.Exec) {
	if m.s.m.DebugMutexes {
		m.unlockDebug(x)
		return
	}
	m.setHint(x, nil)
	m.ask(x, func() bool { return x.Unvalidate(&m.dep) })
	m.owner = nil
	m.setCount(x, m.count+1)
	if m.count <= 0 {
		m.unlockSlow(x)
	}
}

// unlockSlow is __mutex_unlock_common_slowpath(): the mutex is freed before its
// wait_lock is taken, so it can be stolen; the first sleeper is woken under
// wait_lock.
//
//kernel:fn __mutex_unlock_common_slowpath kernel/locking/mutex.c
func (m *Mutex) unlockSlow(x *cpu.Exec) {
	m.update(x)
	m.setCount(x, 1)
	m.waitLock.Lock(x)
	m.wakeFirst(x)
	m.waitLock.Unlock(x)
}

func (m *Mutex) wakeFirst(x *cpu.Exec) {
	if len(m.list) > 0 && !m.s.m.Mutated("sched.mutex-no-wake") {
		m.s.WakeUpProcess(x, m.list[0].task)
	}
}

// unlockDebug is the same with DEBUG_MUTEXES: debug_mutex_unlock() frees the
// mutex, under wait_lock, once it has looked at who had it.
func (m *Mutex) unlockDebug(x *cpu.Exec) {
	x.LockdepTime()
	f := m.waitLock.LockIrqsave(x)
	x.Unvalidate(&m.dep)
	m.debugUnlock(x, m.owner)
	m.update(x)
	m.owner = nil
	m.setCount(x, 1)
	m.wakeFirst(x)
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
