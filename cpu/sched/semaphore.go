package sched

import (
	"slices"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Semaphore is struct semaphore: a raw lock, a count, a FIFO of sleepers. up()
// hands over directly: with a sleeper the count stays and nobody can steal
// (docs/kernel/sched-irq-printk.md §4.4).
type Semaphore struct {
	Lock   lock.Raw // sem->lock
	s      *Sched
	name   string
	count  int
	binary bool // initialised to one, so it is used as a lock
	list   []*semWaiter
	holder *cpu.Exec // of a binary semaphore, for the wait-for graph

	// For views only.
	since sim.Time // the latest who got it has had it
	owed  bool     // up() handed it to a sleeper who has not come yet
	sleepStats
}

type semWaiter struct {
	task  *Task
	up    bool
	since sim.Time // for views
}

// Init makes a semaphore with the given count; key is the class of its inner
// lock.
func (m *Semaphore) Init(s *Sched, name string, count int, key *lockdep.Key) {
	m.s, m.name, m.count, m.binary = s, name, count, count == 1
	m.Lock.Init(s.m, "("+name+").lock", key)
	s.m.RegisterHoldable(m)
}

// EachObj implements [cpu.Memory].
func (m *Semaphore) EachObj(fn func(*sim.Obj)) { m.Lock.EachObj(fn) }

// AwaitedName implements [cpu.Awaited].
func (m *Semaphore) AwaitedName() string { return m.name }

// Holder implements [cpu.Awaited]: the last task that got it, which is who
// has it as long as the semaphore is used as a lock. A sleeper that up() handed
// it to waits for nobody any more.
func (m *Semaphore) Holder(w *cpu.Wait) cpu.Holder {
	if !m.binary || m.holder == nil || m.holder == w.Task {
		return cpu.Holder{}
	}
	return cpu.Holder{Task: m.holder, How: "last taken"}
}

// Count returns the count, for views.
func (m *Semaphore) Count() int { return m.count }

// Waiters returns how many tasks sleep in down().
func (m *Semaphore) Waiters() int { return len(m.list) }

// Down is down().
//
//kernel:fn down kernel/locking/semaphore.c
func (m *Semaphore) Down(x *cpu.Exec) { m.down(x, Uninterruptible, MaxTimeout) }

// DownInterruptible is down_interruptible(). Nothing sends signals on this
// machine, so it gets the semaphore.
//
//kernel:fn down_interruptible kernel/locking/semaphore.c
func (m *Semaphore) DownInterruptible(x *cpu.Exec) { m.down(x, Interruptible, MaxTimeout) }

// DownTimeout is down_timeout(): it returns ETIME if the jiffies pass first.
//
//kernel:fn down_timeout kernel/locking/semaphore.c
func (m *Semaphore) DownTimeout(x *cpu.Exec, jiffies uint64) error {
	if !m.down(x, Uninterruptible, jiffies) {
		return ETIME
	}
	return nil
}

// down returns whether it got the semaphore.
func (m *Semaphore) down(x *cpu.Exec, st State, timeout uint64) bool {
	f := m.Lock.LockIrqsave(x)
	got := true
	if m.count > 0 {
		m.count--
	} else {
		got = m.downSlow(x, st, timeout)
	}
	if got {
		m.holder, m.since, m.owed = x, x.Now(), false
	}
	m.Lock.UnlockIrqrestore(x, f)
	return got
}

// downSlow is __down_common(); it enables interrupts while it sleeps whatever
// they were. Who is out of time leaves the queue, under the lock, so nobody
// hands him the semaphore behind his back.
//
//kernel:fn __down_common kernel/locking/semaphore.c
func (m *Semaphore) downSlow(x *cpu.Exec, st State, timeout uint64) bool {
	w := &semWaiter{task: m.s.Task(x), since: x.Now()}
	m.Lock.AssertHeld(x)
	m.list = append(m.list, w)
	m.arrives()
	for timeout > 0 {
		w.task.State.WriteOnce(x, st)
		m.Lock.UnlockIrq(x)
		timeout = m.s.sleepTimeout(x, cpu.WaitSemaphore, m, timeout)
		m.Lock.LockIrq(x)
		if w.up {
			m.leaves(x, w.since)
			return true
		}
	}
	m.Lock.AssertHeld(x)
	i := slices.Index(m.list, w)
	m.list = slices.Delete(m.list, i, i+1)
	m.leaves(x, w.since)
	return false
}

// DownTrylock is down_trylock(); unlike the kernel's it returns true when it
// got the semaphore. It never sleeps but spins on the inner lock.
//
//kernel:fn down_trylock kernel/locking/semaphore.c
func (m *Semaphore) DownTrylock(x *cpu.Exec) bool {
	f := m.Lock.LockIrqsave(x)
	got := m.count > 0
	if got {
		m.count--
		m.holder, m.since = x, x.Now()
	}
	m.Lock.UnlockIrqrestore(x, f)
	return got
}

// Up is up(): the first sleeper is woken with the inner lock held, which is
// the edge (sem).lock -> pi_lock that exists only if somebody sleeps. The fix of
// 2025 wakes him behind it ([Variants]).
//
//kernel:fn up kernel/locking/semaphore.c
func (m *Semaphore) Up(x *cpu.Exec) {
	var q WakeQ
	f := m.Lock.LockIrqsave(x)
	m.holder = nil
	if len(m.list) == 0 {
		m.count++
	} else {
		m.upWaiter(x, &q)
	}
	m.Lock.UnlockIrqrestore(x, f)
	m.s.WakeUpQ(x, &q)
}

// upWaiter is __up().
//
//kernel:fn __up kernel/locking/semaphore.c
func (m *Semaphore) upWaiter(x *cpu.Exec, q *WakeQ) {
	m.Lock.AssertHeld(x)
	w := m.list[0]
	m.list = m.list[1:]
	w.up = true
	m.holder, m.since, m.owed = &w.task.Exec, x.Now(), true
	if m.s.Variants.SemaphoreWakeQ {
		m.s.WakeQAdd(x, q, w.task)
	} else {
		m.s.WakeUpProcess(x, w.task)
	}
}
