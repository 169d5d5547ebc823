package sched

import "lockstep/cpu"

// MightWake tells the validator that the code here may wake a task, whether
// or not anybody sleeps: the classes of pi_lock and rq->lock are acquired in
// the order of a wake-up and released again. Any task's and any runqueue's
// instance stands for its class. The caller has interrupts off, as a wake-up
// has, and is right behind a global operation
// (docs/kernel/sched-irq-printk.md §7.3).
func (s *Sched) MightWake(x *cpu.Exec) {
	rq := &s.rqs[0]
	pi := rq.idle.PILock.Dep()
	x.Validate(pi, 0)
	x.LockdepTime()
	x.Validate(rq.Lock.Dep(), 0)
	x.LockdepTime()
	x.Unvalidate(rq.Lock.Dep())
	x.LockdepTime()
	x.Unvalidate(pi)
}
