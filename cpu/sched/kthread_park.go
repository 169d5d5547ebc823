package sched

import "lockstep/cpu"

// ShouldPark is kthread_should_park(), of the thread itself.
//
//kernel:fn kthread_should_park kernel/kthread.c
func (k *Kthread) ShouldPark(x *cpu.Exec) bool {
	return k.flags.ReadOnce(x)&kthreadShouldPark != 0
}

// Parkme is kthread_parkme(): the thread sleeps as long as it is to be parked.
// The state is set before the bit is looked at, each time, so an Unpark that
// clears the bit behind the look finds the state to be woken from.
//
//kernel:fn __kthread_parkme kernel/kthread.c
func (k *Kthread) Parkme(x *cpu.Exec) {
	state := &k.Task.State
	state.WriteOnce(x, Parked)
	for k.ShouldPark(x) {
		if k.setFlags(x, kthreadIsParked)&kthreadIsParked == 0 {
			k.parked.Complete(x)
		}
		k.s.Schedule(x)
		state.WriteOnce(x, Parked)
	}
	k.clearFlags(x, kthreadIsParked)
	state.WriteOnce(x, Running)
}

// Park is kthread_park(): ask the thread to park, and wait until it is about
// to sleep. The thread itself only sets the bit. It returns ENOSYS if the
// thread has ended.
//
//kernel:fn kthread_park kernel/kthread.c
func (k *Kthread) Park(x *cpu.Exec) error {
	if !k.live.ReadOnce(x) {
		return ENOSYS
	}
	if k.flags.ReadOnce(x)&kthreadIsParked == 0 {
		k.setFlags(x, kthreadShouldPark)
		if k.s.Task(x) != k.Task {
			k.s.WakeUpProcess(x, k.Task)
			k.parked.Wait(x)
		}
	}
	return nil
}

// Unpark is kthread_unpark(). A per-CPU thread is bound again before it is
// woken: its CPU may have been gone meanwhile, and the thread been moved.
//
//kernel:fn kthread_unpark kernel/kthread.c
func (k *Kthread) Unpark(x *cpu.Exec) {
	if k.live.ReadOnce(x) {
		k.unpark(x)
	}
}

// unpark is __kthread_unpark(). IS_PARKED comes before the thread is off its
// CPU, so binding waits for that.
//
//kernel:fn __kthread_unpark kernel/kthread.c
func (k *Kthread) unpark(x *cpu.Exec) {
	k.clearFlags(x, kthreadShouldPark)
	old := k.clearFlags(x, kthreadIsParked)
	if old&kthreadIsParked == 0 {
		return
	}
	if old&kthreadIsPerCPU != 0 {
		k.bind(x, k.cpu, Parked)
	}
	k.s.TryToWakeUp(x, k.Task, Parked) // wake_up_state
}

// Bind is kthread_bind(): from now on a thread that has not been woken yet
// runs on CPU c only.
//
//kernel:fn kthread_bind kernel/kthread.c
func (k *Kthread) Bind(x *cpu.Exec, c int) { k.bind(x, c, Uninterruptible) }

// bind is __kthread_bind(): only a thread that sleeps in state st, off its
// CPU, may be given another mask from outside. It stays asleep: for other
// wake-ups it is no parked thread, and none has been asked for it.
//
//kernel:fn __kthread_bind_mask kernel/kthread.c
func (k *Kthread) bind(x *cpu.Exec, c int, st State) {
	if !k.s.WaitTaskInactive(x, k.Task, st) {
		cpu.Warn(x, true, "kernel/kthread.c", "__kthread_bind_mask: the thread does not sleep")
		return
	}
	t := k.Task
	f := t.PILock.LockIrqsave(x)
	t.Allowed = k.s.onlyCPU(c) // do_set_cpus_allowed, and PF_NO_SETAFFINITY, which nothing here asks for
	t.PILock.UnlockIrqrestore(x, f)
}

// Parked reports whether the thread is parked, for views.
func (k *Kthread) Parked() bool { return k.flags.Peek()&kthreadIsParked != 0 }

// Stopping reports whether the thread was asked to stop, for views.
func (k *Kthread) Stopping() bool { return k.flags.Peek()&kthreadShouldStop != 0 }
