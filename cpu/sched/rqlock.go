package sched

import "lockstep/cpu"

// The helpers below take runqueue locks as the kernel does, in the one order:
// p->pi_lock, then rq->lock; of two runqueues the lower CPU's first, the other
// with subclass 1 (docs/kernel/sched-irq-printk.md §1.6).

// singleDepth is SINGLE_DEPTH_NESTING.
const singleDepth = 1

// TaskRQLock is task_rq_lock(): p->pi_lock, then the lock of the runqueue p
// is on, again if p moved meanwhile or is about to. Which runqueue that is is
// a guess until its lock is held: a queued task moves under the lock of the
// runqueue it leaves, so behind that lock the second look is good.
//
//kernel:fn task_rq_lock kernel/sched/core.c
func (s *Sched) TaskRQLock(x *cpu.Exec, p *Task) (*RQ, cpu.Flags) {
	if s.m.Mutated("sched.task-rq-lock-inverted") {
		f := cpu.LocalIrqSave(x)
		rq := &s.rqs[p.ReadCPU(x)]
		rq.Lock.Lock(x)
		p.PILock.Lock(x)
		return rq, f
	}
	for {
		f := p.PILock.LockIrqsave(x)
		rq := &s.rqs[p.ReadCPU(x)]
		rq.Lock.Lock(x)
		if rq.CPU == p.TaskCPU() && p.OnRQ.Peek() != Migrating {
			return rq, f
		}
		rq.Lock.Unlock(x)
		p.PILock.UnlockIrqrestore(x, f)
		s.waitMigrating(x, p)
	}
}

// TaskRQUnlock is task_rq_unlock().
//
//kernel:fn task_rq_unlock kernel/sched/core.c
func (s *Sched) TaskRQUnlock(x *cpu.Exec, rq *RQ, p *Task, f cpu.Flags) {
	rq.Lock.Unlock(x)
	p.PILock.UnlockIrqrestore(x, f)
}

// lockTaskRQ is __task_rq_lock(): pi_lock is held, which keeps a task that is
// not queued where it is, and no other.
//
//kernel:fn __task_rq_lock kernel/sched/core.c
func (s *Sched) lockTaskRQ(x *cpu.Exec, p *Task) *RQ {
	for {
		rq := &s.rqs[p.ReadCPU(x)]
		rq.Lock.Lock(x)
		if rq.CPU == p.TaskCPU() && p.OnRQ.Peek() != Migrating {
			return rq
		}
		rq.Lock.Unlock(x)
		s.waitMigrating(x, p)
	}
}

// migrating is the wait for a task that is between two runqueues, for whoever
// moves it.
type migrating struct {
	p   *Task
	by  *cpu.CPU  // that moves it
	end *cpu.Wait // who spins
}

// AwaitedName implements [cpu.Awaited].
func (g *migrating) AwaitedName() string { return g.p.Comm + "->on_rq" }

// Holder implements [cpu.Awaited].
func (g *migrating) Holder(*cpu.Wait) cpu.Holder {
	return cpu.Holder{CPU: g.by, How: "to put the task on its new runqueue"}
}

// waitMigrating is "while (task_on_rq_migrating(p)) cpu_relax()".
func (s *Sched) waitMigrating(x *cpu.Exec, p *Task) {
	for p.OnRQ.ReadOnce(x) == Migrating {
		w := x.BeginWait(cpu.WaitMigrating, &p.moving, p.OnRQ.Obj())
		w.Next = p.moving.end
		p.moving.end = w
		x.Spin(w)
		x.EndWait(w)
	}
}

// beginMigrating makes p's on_rq TASK_ON_RQ_MIGRATING; the lock of the
// runqueue it leaves is held.
func (s *Sched) beginMigrating(x *cpu.Exec, p *Task) {
	p.moving.p, p.moving.by = p, x.CPU()
	p.OnRQ.WriteOnce(x, Migrating)
}

// endMigrating makes it TASK_ON_RQ_QUEUED again, under the lock of the
// runqueue it comes to; who spins for that goes on.
func (s *Sched) endMigrating(x *cpu.Exec, p *Task) {
	p.OnRQ.WriteOnce(x, Queued)
	for w := p.moving.end; w != nil; w = w.Next {
		w.Done = true
		w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(s.m.Costs.LineMiss))
	}
	p.moving.end = nil
}

// setTaskCPU is set_task_cpu() and __set_task_cpu(): the task is of another
// runqueue from the store on.
//
//kernel:fn set_task_cpu kernel/sched/core.c
func (s *Sched) setTaskCPU(x *cpu.Exec, p *Task, c int) {
	p.cpuNr.WriteOnce(x, c)
	p.wakeCPU = c
}

// doubleRQLock is double_rq_lock(): interrupts are off.
//
//kernel:fn double_rq_lock kernel/sched/sched.h
func (s *Sched) doubleRQLock(x *cpu.Exec, a, b *RQ) {
	if a == b {
		a.Lock.Lock(x)
		return
	}
	if b.CPU < a.CPU {
		a, b = b, a
	}
	a.Lock.Lock(x)
	b.Lock.LockNested(x, singleDepth)
}

// doubleRQUnlock is double_rq_unlock().
//
//kernel:fn double_rq_unlock kernel/sched/sched.h
func (s *Sched) doubleRQUnlock(x *cpu.Exec, a, b *RQ) {
	a.Lock.Unlock(x)
	if a != b {
		b.Lock.Unlock(x)
	}
}

// doubleLockBalance is double_lock_balance(): this one's lock is held, and
// busiest's too behind it. It reports whether this one's was dropped on the
// way. With CONFIG_PREEMPT it always is, which is fair to whoever waits for
// it; without, only if the order demands it.
//
//kernel:fn double_lock_balance kernel/sched/sched.h
func (s *Sched) doubleLockBalance(x *cpu.Exec, this, busiest *RQ) bool {
	if s.m.Preempt == cpu.PreemptFull {
		this.Lock.Unlock(x)
		s.doubleRQLock(x, this, busiest)
		return true
	}
	if busiest.Lock.Trylock(x) {
		return false
	}
	if busiest.CPU < this.CPU {
		this.Lock.Unlock(x)
		busiest.Lock.Lock(x)
		this.Lock.LockNested(x, singleDepth)
		return true
	}
	busiest.Lock.LockNested(x, singleDepth)
	return false
}

// doubleUnlockBalance is double_unlock_balance(): this one's lock stays held,
// and is an ordinary one for the validator again.
//
//kernel:fn double_unlock_balance kernel/sched/sched.h
func (s *Sched) doubleUnlockBalance(x *cpu.Exec, this, busiest *RQ) {
	busiest.Lock.Unlock(x)
	x.SetSubclass(this.Lock.Dep(), 0)
}
