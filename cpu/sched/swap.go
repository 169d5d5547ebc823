package sched

import "lockstep/cpu"

// MigrateSwap is migrate_swap(): two tasks change places, each going to the
// CPU that the other is on. It sleeps until the stoppers of both CPUs have
// done it, and fails with EAGAIN if one of the tasks moved meanwhile, EINVAL
// if a CPU is gone or a task may not go where the other one is.
//
//kernel:fn migrate_swap kernel/sched/core.c
func (s *Sched) MigrateSwap(x *cpu.Exec, p, q *Task) error {
	src, dst := p.ReadCPU(x), q.ReadCPU(x)
	active := s.m.Active.Read(x)
	if src == dst || !active.Has(src) || !active.Has(dst) || !p.allowed(dst) || !q.allowed(src) {
		return EINVAL
	}
	if s.stop.TwoCPUs(x, dst, src, func(x *cpu.Exec) int { return s.swapStop(x, p, src, q, dst) }) != 0 {
		return EAGAIN
	}
	return nil
}

// swapStop is migrate_swap_stop(), on one of the CPUs while the other stands
// still with interrupts off. Both pi_locks come before both runqueues' locks;
// of two tasks the one made first comes first, as of two CPUs the lower one.
//
//kernel:fn migrate_swap_stop kernel/sched/core.c
func (s *Sched) swapStop(x *cpu.Exec, p *Task, src int, q *Task, dst int) int {
	ret := -1
	first, second := p, q
	if q.ID < p.ID {
		first, second = q, p
	}
	f := first.PILock.LockIrqsave(x) // double_raw_lock; interrupts are off
	second.PILock.LockNested(x, singleDepth)
	from, to := &s.rqs[src], &s.rqs[dst]
	s.doubleRQLock(x, from, to)
	if p.TaskCPU() == src && q.TaskCPU() == dst && p.allowed(dst) && q.allowed(src) {
		s.swapTask(x, p, from, to)
		s.swapTask(x, q, to, from)
		ret = 0
	}
	s.doubleRQUnlock(x, from, to)
	second.PILock.Unlock(x)
	first.PILock.UnlockIrqrestore(x, f)
	return ret
}

// swapTask is __migrate_swap_task(): who sleeps only gets another CPU to be
// woken on.
//
//kernel:fn __migrate_swap_task kernel/sched/core.c
func (s *Sched) swapTask(x *cpu.Exec, p *Task, from, to *RQ) {
	if !p.Queued() {
		p.wakeCPU = to.CPU
		return
	}
	s.leaveRQ(x, from, p)
	s.setTaskCPU(x, p, to.CPU)
	s.enterRQ(x, to, p)
	s.checkPreemptCurr(x, to, p, 0)
}
