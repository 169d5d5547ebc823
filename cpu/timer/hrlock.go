package timer

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// lockSleeper is the sleeper of a lock with a timeout.
type lockSleeper struct {
	sleeper
	d sim.Time // from where the task begins to wait
}

// Start implements [sched.LockTimer].
func (s *lockSleeper) Start(x *cpu.Exec) { s.h.StartRange(x, &s.tm, s.d, 0, Rel) }

// Cancel implements [sched.LockTimer].
func (s *lockSleeper) Cancel(x *cpu.Exec) { s.h.Cancel(x, &s.tm) }

// Over implements [sched.LockTimer].
func (s *lockSleeper) Over(x *cpu.Exec) bool { return !s.waits(x) }

// TimedLock takes m as a caller of rt_mutex_timed_lock() does, with a sleeper
// on its stack that ends the wait d behind its beginning.
//
//kernel:fn rt_mutex_timed_lock kernel/locking/rtmutex.c
func (h *HRTimers) TimedLock(x *cpu.Exec, m *sched.RTMutex, d sim.Time) error {
	s := &lockSleeper{d: d}
	s.init(x, h, Monotonic)
	return m.TimedLock(x, s)
}
