package sched

import "lockstep/cpu"

// SetCPUsAllowed is set_cpus_allowed_ptr(): from now on p may run on the CPUs
// of mask, nil for all. Where it may not stay it is moved: if it runs or is
// being woken by its CPU's stopper, for which the caller sleeps, and if it is
// queued at once. EINVAL if no active CPU is in the mask
// (docs/kernel/sched-irq-printk.md §1.18).
//
//kernel:fn set_cpus_allowed_ptr kernel/sched/core.c
func (s *Sched) SetCPUsAllowed(x *cpu.Exec, p *Task, mask []bool) error {
	rq, f := s.TaskRQLock(x, p)
	if sameMask(p.Allowed, mask) {
		s.TaskRQUnlock(x, rq, p, f)
		return nil
	}
	dest := s.anyActive(x, mask)
	if dest < 0 {
		s.TaskRQUnlock(x, rq, p, f)
		return EINVAL
	}
	s.doSetAllowed(x, rq, p, mask)
	switch {
	case p.allowed(rq.CPU):
		s.TaskRQUnlock(x, rq, p, f)
	case p.OnCPU.Peek() || p.State.ReadOnce(x) == Waking:
		s.TaskRQUnlock(x, rq, p, f)
		// It may have moved itself meanwhile: the stopper looks again.
		s.stop.OneCPU(x, rq.CPU, func(x *cpu.Exec) int { return s.migrationStop(x, p, dest) })
	default:
		if p.Queued() && !s.m.Mutated("sched.set-cpus-allowed-leaves-queued") {
			rq = s.moveQueued(x, rq, p, dest)
		}
		s.TaskRQUnlock(x, rq, p, f)
	}
	return nil
}

// doSetAllowed is do_set_cpus_allowed(): pi_lock and rq->lock are held, either
// of which makes the mask good to read. The task is off its runqueue for the
// change: a class may keep those that can move apart from those that cannot.
//
//kernel:fn do_set_cpus_allowed kernel/sched/core.c
func (s *Sched) doSetAllowed(x *cpu.Exec, rq *RQ, p *Task, mask []bool) {
	s.changing(x, rq, p, func() enqueueFlags {
		p.Allowed = mask
		return enqueueRestore
	})
}

// anyActive returns an active CPU of a mask, -1 if there is none.
func (s *Sched) anyActive(x *cpu.Exec, mask []bool) int {
	active := s.m.Active.Read(x)
	for c := active.Next(0); c >= 0; c = active.Next(c + 1) {
		if mask == nil || mask[c] {
			return c
		}
	}
	return -1
}

func sameMask(a, b []bool) bool {
	n := max(len(a), len(b))
	for c := range n {
		if (a == nil || a[c]) != (b == nil || b[c]) {
			return false
		}
	}
	return true
}

// moveQueued is move_queued_task(): p, whose pi_lock is held and rq's lock
// too, goes to another runqueue, whose lock is held on return in place of
// rq's. In between neither is, which on_rq says to task_rq_lock().
//
//kernel:fn move_queued_task kernel/sched/core.c
func (s *Sched) moveQueued(x *cpu.Exec, rq *RQ, p *Task, c int) *RQ {
	s.leaveRQ(x, rq, p)
	s.setTaskCPU(x, p, c)
	rq.Lock.Unlock(x)
	rq = &s.rqs[c]
	rq.Lock.Lock(x)
	s.enterRQ(x, rq, p)
	s.checkPreemptCurr(x, rq, p, 0)
	return rq
}

// migrationStop is migration_cpu_stop(), in the stopper of the CPU that p was
// on: it does not run now, since this does. A task that is on the wake_list
// here is brought to the runqueue first, where it can be moved from.
//
//kernel:fn migration_cpu_stop kernel/sched/core.c
func (s *Sched) migrationStop(x *cpu.Exec, p *Task, dest int) int {
	cpu.LocalIrqDisable(x)
	s.TtwuPending(x)
	p.PILock.Lock(x)
	rq := s.ThisRQ(x)
	rq.Lock.Lock(x)
	if p.TaskCPU() == rq.CPU && p.Queued() {
		rq = s.migrateTask(x, rq, p, dest)
	}
	rq.Lock.Unlock(x)
	p.PILock.Unlock(x)
	cpu.LocalIrqEnable(x)
	return 0
}

// migrateTask is __migrate_task(): the destination may have gone, or the mask
// have changed, since somebody asked for it.
//
//kernel:fn __migrate_task kernel/sched/core.c
func (s *Sched) migrateTask(x *cpu.Exec, rq *RQ, p *Task, dest int) *RQ {
	if !s.m.Active.Test(x, dest) || !p.allowed(dest) {
		return rq
	}
	return s.moveQueued(x, rq, p, dest)
}
