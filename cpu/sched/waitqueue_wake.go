package sched

import "lockstep/cpu"

// WakeUp is __wake_up(): wake the sleepers whose state is in mode, at most nr
// exclusive ones (0: all). Every wake-up happens under the queue's lock.
//
//kernel:fn __wake_up kernel/sched/wait.c
func (q *WaitQueue) WakeUp(x *cpu.Exec, mode State, nr int) { q.WakeUpKey(x, mode, nr, nil) }

// WakeUpKey is __wake_up() with a key, of a queue whose sleepers have wake
// functions that compare it.
//
//kernel:fn __wake_up kernel/sched/wait.c
func (q *WaitQueue) WakeUpKey(x *cpu.Exec, mode State, nr int, key any) {
	f := q.Lock.LockIrqsave(x)
	q.wakeCommon(x, mode, nr, key)
	q.Lock.UnlockIrqrestore(x, f)
}

// WakeUpAll is wake_up_all().
//
//kernel:fn __wake_up kernel/sched/wait.c
func (q *WaitQueue) WakeUpAll(x *cpu.Exec) { q.WakeUp(x, Normal, 0) }

// wakeLocked is __wake_up_locked().
//
//kernel:fn __wake_up_locked kernel/sched/wait.c
func (q *WaitQueue) wakeLocked(x *cpu.Exec, mode State, nr int) { q.wakeCommon(x, mode, nr, nil) }

// wakeCommon is __wake_up_common(): from the head, so that those who are not
// exclusive, who are in front, are all woken, and of the exclusive ones those
// who came first.
//
//kernel:fn __wake_up_common kernel/sched/wait.c
func (q *WaitQueue) wakeCommon(x *cpu.Exec, mode State, nr int, key any) {
	for _, e := range append([]*WaitEntry(nil), q.list...) {
		exclusive, wake := e.Exclusive, e.Wake
		if wake == nil {
			wake = AutoremoveWake
		}
		if !wake(x, q, e, mode, key) || !exclusive {
			continue
		}
		if nr--; nr == 0 {
			return
		}
	}
}

// DefaultWake is default_wake_function(): the entry stays in the queue.
//
//kernel:fn default_wake_function kernel/sched/core.c
func DefaultWake(x *cpu.Exec, q *WaitQueue, e *WaitEntry, mode State, _ any) bool {
	return q.s.TryToWakeUp(x, e.Task, mode)
}

// AutoremoveWake is autoremove_wake_function(): off the list if it was woken.
//
//kernel:fn autoremove_wake_function kernel/sched/wait.c
func AutoremoveWake(x *cpu.Exec, q *WaitQueue, e *WaitEntry, mode State, key any) bool {
	if !DefaultWake(x, q, e, mode, key) {
		return false
	}
	q.remove(x, e)
	return true
}

// KeyedWake is the wake function of one who waits for his own key only.
func KeyedWake(x *cpu.Exec, q *WaitQueue, e *WaitEntry, mode State, key any) bool {
	return e.Key == key && AutoremoveWake(x, q, e, mode, key)
}
