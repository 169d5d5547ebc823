package sched

import "lockstep/cpu"

// WakeUpKey is __wake_up() with a key, of a queue whose sleepers have wake
// functions that compare it: they wake for their own key only, and of those at
// most nr exclusive ones (0: all) are woken.
//
//kernel:fn __wake_up kernel/sched/wait.c
func (q *WaitQueue) WakeUpKey(x *cpu.Exec, mode State, nr int, key any) {
	f := q.Lock.LockIrqsave(x)
	for _, e := range append([]*WaitEntry(nil), q.list...) {
		exclusive := e.Exclusive
		if e.Key != key || !q.autoremove(x, e, mode) || !exclusive {
			continue
		}
		if nr--; nr == 0 {
			break
		}
	}
	q.Lock.UnlockIrqrestore(x, f)
}

// PrepareToWaitExclusive is prepare_to_wait_exclusive(): e goes behind those
// that wait already.
//
//kernel:fn prepare_to_wait_exclusive kernel/sched/wait.c
func (q *WaitQueue) PrepareToWaitExclusive(x *cpu.Exec, e *WaitEntry, st State) {
	e.Exclusive = true
	q.PrepareToWait(x, e, st)
}
