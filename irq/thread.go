package irq

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

const uninterruptible = sched.Uninterruptible

// thread is irq_thread(), the loop of a line's thread.
//
//kernel:fn irq_thread kernel/irq/manage.c
func (d *Desc) thread(x *cpu.Exec, a *Action) {
	for d.waitForInterrupt(x, a) {
		if a.threadFn(x, d.irq) == Handled {
			a.Handled++
		}
		d.finalizeOneshot(x, a)
		d.wakeThreadsWaitq(x)
	}
	a.exited.Complete(x)
}

// waitForInterrupt is irq_wait_for_interrupt(): false when the thread is to
// stop. The state is set before the flag is looked at, so that a handler that
// sets it later finds a sleeper to wake.
//
//kernel:fn irq_wait_for_interrupt kernel/irq/manage.c
func (d *Desc) waitForInterrupt(x *cpu.Exec, a *Action) bool {
	s := d.ic.s
	s.SetCurrentState(x, sched.Interruptible)
	for a.threadFlags.ReadOnce(x)&stopThread == 0 {
		if a.threadFlags.Update(x, func(f uint32) uint32 { return f &^ runThread })&runThread != 0 {
			s.Task(x).State.WriteOnce(x, sched.Running)
			return true
		}
		s.Schedule(x)
		s.SetCurrentState(x, sched.Interruptible)
	}
	s.Task(x).State.WriteOnce(x, sched.Running)
	return false
}

// finalizeOneshot is irq_finalize_oneshot(): unmask the line when the last of
// the threads it waits for is done. While the handlers run on some CPU they
// may be about to wake this thread again, which only they can know; so it
// waits until they are through, and leaves the line to the next round if they
// did.
//
//kernel:fn irq_finalize_oneshot kernel/irq/manage.c
func (d *Desc) finalizeOneshot(x *cpu.Exec, a *Action) {
	if a.flags&Oneshot == 0 {
		return
	}
	d.lock.LockIrq(x)
	for d.inProgress.Peek() {
		d.lock.UnlockIrq(x)
		d.waitHandlers(x) // cpu_relax
		d.lock.LockIrq(x)
	}
	if a.threadFlags.ReadOnce(x)&runThread == 0 {
		d.threadsOneshot &^= a.mask
		d.condUnmask(x)
	}
	d.lock.UnlockIrq(x)
}

// wakeThreadsWaitq is wake_threads_waitq(): who waits in synchronize_irq()
// goes on when no thread of the line is active.
//
//kernel:fn wake_threads_waitq kernel/irq/manage.c
func (d *Desc) wakeThreadsWaitq(x *cpu.Exec) {
	if d.threadsActive.Update(x, func(n int) int { return n - 1 }) == 1 {
		d.wait.WakeUpAll(x)
	}
}

// SetAffinity is irq_set_affinity(): the interrupts of the line are to go to
// CPU to. They do so behind the line's next interrupt.
//
//kernel:fn irq_set_affinity kernel/irq/manage.c
func (d *Desc) SetAffinity(x *cpu.Exec, to int) error {
	if to < 0 || to >= len(d.ic.m.CPUs) {
		return ErrOffline
	}
	f := d.lock.LockIrqsave(x)
	d.route.pending = to
	d.lock.UnlockIrqrestore(x, f)
	return nil
}
