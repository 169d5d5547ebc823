package sched

import (
	"slices"

	"lockstep/cpu"
)

// idleType is cpu_idle_type: why a CPU balances.
type idleType int

const (
	notIdle   idleType = iota // its tick came, it is busy
	cpuIdle                   // its tick came, it is idle
	newlyIdle                 // it is about to become idle
)

// nrMigrate is sysctl_sched_nr_migrate, and the most tasks that are looked at
// before interrupts are let in.
const nrMigrate = 32

// lbEnv is lb_env: one attempt to balance.
type lbEnv struct {
	sd        *domain
	dst, src  *RQ
	idle      idleType
	imbalance int64 // how much load to move yet
	cpus      cpu.CPUSet
	failed    int     // nr_balance_failed of the destination's
	group     []int   // dst_grpmask: whom else the destination's group has; nil: nobody
	tasks     []*Task // between the two runqueues

	loop, loopMax, loopBreak int
	needBreak, allPinned     bool // LBF_NEED_BREAK, LBF_ALL_PINNED
	somePinned, dstPinned    bool // LBF_SOME_PINNED, LBF_DST_PINNED
	newDst                   int  // see dstPinned
}

// canMigrate is can_migrate_task(): the source's rq->lock is held.
//
//kernel:fn can_migrate_task kernel/sched/fair.c
func (s *Sched) canMigrate(x *cpu.Exec, e *lbEnv, p *Task) bool {
	if !p.allowed(e.dst.CPU) {
		e.somePinned = true
		if e.group == nil || e.dstPinned {
			return false
		}
		for _, c := range e.group {
			if e.cpus.Has(c) && p.allowed(c) {
				e.dstPinned, e.newDst = true, c
				break
			}
		}
		return false
	}
	e.allPinned = false
	if p == e.src.Curr.Peek() || p.OnCPU.Peek() {
		return false
	}
	return !s.taskHot(x, e, p) || e.failed > e.sd.level.cacheNiceTries
}

// taskHot is task_hot(): the task ran so lately that its data are likely to be
// in the source's caches.
//
//kernel:fn task_hot kernel/sched/fair.c
func (s *Sched) taskHot(x *cpu.Exec, e *lbEnv, p *Task) bool {
	if (p == e.src.cfs.next || p == e.src.cfs.last) && e.dst.NrRunning.ReadOnce(x) > 0 {
		return true // CACHE_HOT_BUDDY
	}
	return e.src.clock-p.se.execStart < migrationCost
}

// detachTasks is detach_tasks(): take tasks off the source, whose lock is
// held, until the imbalance is gone. Who came last is looked at first, and
// goes to the end of the line if he is not taken. The destination's lock is
// not held: in between a task is on neither runqueue, which on_rq says.
//
//kernel:fn detach_tasks kernel/sched/fair.c
func (s *Sched) detachTasks(x *cpu.Exec, e *lbEnv) int {
	c := &e.src.cfs
	n := 0
	for e.imbalance > 0 && len(c.tasks) > 0 {
		if e.idle != notIdle && e.src.NrRunning.Peek() <= 1 {
			break // do not steal the last one
		}
		if e.loop++; e.loop > e.loopMax {
			break
		}
		if e.loop > e.loopBreak {
			e.loopBreak += nrMigrate
			e.needBreak = true
			break
		}
		p := c.tasks[len(c.tasks)-1]
		load := p.se.weight
		if !s.canMigrate(x, e, p) || load/2 > e.imbalance {
			copy(c.tasks[1:], c.tasks) // list_move_tail
			c.tasks[0] = p
			continue
		}
		s.detachTask(x, e, p)
		e.tasks = append(e.tasks, p)
		n++
		e.imbalance -= load
		if e.idle == newlyIdle && s.m.Preempt == cpu.PreemptFull {
			break // one will do: interrupts are off
		}
	}
	return n
}

// detachTask is detach_task().
//
//kernel:fn detach_task kernel/sched/fair.c
func (s *Sched) detachTask(x *cpu.Exec, e *lbEnv, p *Task) {
	e.src.Lock.AssertHeld(x)
	s.leaveRQ(x, e.src, p)
	s.setTaskCPU(x, p, e.dst.CPU)
	p.se.execStart = 0 // migrate_task_rq_fair: not hot there
}

// detachOneTask is detach_one_task(), for an active balance.
//
//kernel:fn detach_one_task kernel/sched/fair.c
func (s *Sched) detachOneTask(x *cpu.Exec, e *lbEnv) *Task {
	for _, p := range slices.Backward(e.src.cfs.tasks) {
		if s.canMigrate(x, e, p) {
			s.detachTask(x, e, p)
			return p
		}
	}
	return nil
}

// attachTask is attach_task(); the lock of rq, where the task comes to, is
// held.
//
//kernel:fn attach_task kernel/sched/fair.c
func (s *Sched) attachTask(x *cpu.Exec, rq *RQ, p *Task) {
	rq.Lock.AssertHeld(x)
	s.enterRQ(x, rq, p)
	s.checkPreemptCurr(x, rq, p, 0)
}

// attachTasks is attach_tasks(): interrupts are off since the detaching, and
// the source's lock has been given up, so that never two are held.
//
//kernel:fn attach_tasks kernel/sched/fair.c
func (s *Sched) attachTasks(x *cpu.Exec, e *lbEnv) {
	e.dst.Lock.Lock(x)
	for _, p := range slices.Backward(e.tasks) { // list_add, so who was taken last is first
		s.attachTask(x, e.dst, p)
	}
	e.tasks = e.tasks[:0]
	e.dst.Lock.Unlock(x)
}

// leaveRQ takes a queued task off its runqueue on the way to another: it is
// deactivated, and TASK_ON_RQ_MIGRATING from then on.
func (s *Sched) leaveRQ(x *cpu.Exec, rq *RQ, p *Task) {
	s.dequeueTask(x, rq, p, 0)
	s.beginMigrating(x, p)
}

// enterRQ queues a task that [Sched.leaveRQ] took off another.
func (s *Sched) enterRQ(x *cpu.Exec, rq *RQ, p *Task) {
	s.endMigrating(x, p)
	s.enqueueTask(x, rq, p, 0)
}
