package sched

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// initHotplug puts the scheduler's own notifiers into the chain: whether the
// CPU gets tasks, its domains, what is left on its runqueue, its threads.
func (s *Sched) initHotplug() {
	s.OnCPU(PriSchedActive, s.cpuActive)
	s.OnCPU(PriMigration, s.migrationCall)
	s.OnCPU(PriSmpboot, func(x *cpu.Exec, a CPUAction, c int) error {
		if a == CPUOnline || a == CPUDownFailed {
			s.unparkSmpboot(x, c)
		}
		return nil
	})
	s.OnCPU(PriSchedInactive, func(x *cpu.Exec, a CPUAction, c int) error {
		if a == CPUDownPrepare {
			s.m.Active.Clear(x, c)
			s.buildDomains()
		}
		return nil
	})
}

// cpuActive is sched_cpu_active(), and the domains that cpusets build anew for
// it. A CPU says itself that it is online; that it may get tasks is said here.
//
//kernel:fn sched_cpu_active kernel/sched/core.c
func (s *Sched) cpuActive(x *cpu.Exec, a CPUAction, c int) error {
	if a == CPUOnline || a == CPUDownFailed {
		s.m.Active.Set(x, c)
		s.buildDomains()
		if a == CPUOnline && s.stop.Unpark != nil {
			s.stop.Unpark(x, c)
		}
	}
	return nil
}

// migrationCall is migration_call(): the dying CPU, in its stopper with every
// other CPU standing still, gives away what is on its runqueue and its wake
// list. Its place in the mask of nohz CPUs goes too.
//
//kernel:fn migration_call kernel/sched/core.c
func (s *Sched) migrationCall(x *cpu.Exec, a CPUAction, c int) error {
	rq := &s.rqs[c]
	if a == CPUOnline {
		f := rq.Lock.LockIrqsave(x)
		s.rqOnline(x, rq)
		rq.Lock.UnlockIrqrestore(x, f)
	}
	if a != CPUDying {
		return nil
	}
	s.TtwuPending(x)
	f := rq.Lock.LockIrqsave(x)
	s.rqOffline(x, rq)
	if !s.m.Mutated("sched.dying-keeps-tasks") {
		s.migrateTasks(x, rq)
	}
	if rq.NrRunning.Peek() != 1 {
		cpu.Bug(x, "kernel/sched/core.c", "migration_call: the dying CPU has more than its stopper to run")
	}
	rq.Lock.UnlockIrqrestore(x, f)
	s.NohzBalanceExitIdle(x)
	return nil
}

// migrateTasks is migrate_tasks(): one after the other, each from the top of
// the chain of classes, without the stopper, which this is. For a task's mask
// both its pi_lock and rq->lock are needed, so rq->lock is let go in between;
// no other CPU can do anything meanwhile.
//
//kernel:fn migrate_tasks kernel/sched/core.c
func (s *Sched) migrateTasks(x *cpu.Exec, dead *RQ) {
	stop := dead.stop
	dead.stop = nil
	dead.updateClock(x)
	for dead.NrRunning.Peek() != 1 {
		p := s.pickNext(x, dead, s.fake)
		p.class.putPrev(x, dead, p)
		dead.Lock.Unlock(x)
		p.PILock.Lock(x)
		dead.Lock.Lock(x)
		if cpu.Warn(x, p.TaskCPU() != dead.CPU || !p.Queued(), "kernel/sched/core.c", "migrate_tasks: "+p.Comm+" moved in stop_machine()") {
			p.PILock.Unlock(x)
			continue
		}
		rq := s.migrateTask(x, dead, p, s.fallbackRQ(x, p, dead.CPU))
		if rq != dead {
			rq.Lock.Unlock(x)
			dead.Lock.Lock(x)
		}
		p.PILock.Unlock(x)
	}
	dead.stop = stop
}

// playDead is what the idle loop of a CPU that is offline does:
// arch_cpu_idle_dead(). The CPU says that it is dead, and lies still with
// interrupts off until it is started again, when it goes on as a new one does.
//
//kernel:fn native_play_dead arch/x86/kernel/smpboot.c
func (s *Sched) playDead(x *cpu.Exec) {
	c := x.CPU()
	rq := &s.rqs[c.ID]
	s.m.Hooks.RCUDyingIdle(x)
	cpu.LocalIrqDisable(x)
	rq.dead.WriteOnce(x, true) // cpu_dead_idle
	x.Op(cpu.KindIdle, &s.idle, sim.AccessUpdate, 0)
	s.checkQuiescent(c.ID)
	for rq.dead.Peek() {
		c.P.Park()
	}
	s.startSecondary(x)
}

// startSecondary is start_secondary() of a CPU that has been here before.
//
//kernel:fn start_secondary arch/x86/kernel/smpboot.c
func (s *Sched) startSecondary(x *cpu.Exec) {
	c := x.CPU().ID
	s.NotifyCPU(x, CPUStarting, c, -1)
	s.m.Online.Set(x, c)
	if s.cpuStart != nil {
		s.cpuStart(x)
	}
	cpu.LocalIrqEnable(x)
}

// CPUDead reports whether CPU c lies still in its idle task: cpu_dead_idle.
func (s *Sched) CPUDead(x *cpu.Exec, c int) bool { return s.rqs[c].dead.ReadOnce(x) }

// KickCPU starts CPU c, which is dead: INIT and start-up IPI, of
// wakeup_secondary_cpu_via_init().
//
//kernel:fn wakeup_secondary_cpu_via_init arch/x86/kernel/smpboot.c
func (s *Sched) KickCPU(x *cpu.Exec, c int) {
	rq := &s.rqs[c]
	x.Op(cpu.KindSend, rq.dead.Obj(), sim.AccessWrite, s.m.Costs.IPISend)
	rq.dead.Poke(false)
	s.m.CPUs[c].P.Wake(x.Now() + x.CPU().P.Jitter(s.m.Costs.IPITypical))
}
