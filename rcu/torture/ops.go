package torture

import (
	"lockstep/cpu"
	"lockstep/rcu"
)

// ops is rcu_torture_ops: a flavour as the test sees it
// (docs/kernel/rcutorture.md §3). What is nil the flavour does not have.
type ops struct {
	name                 string
	readLock, readUnlock func(x *cpu.Exec)
	held                 func(x *cpu.Exec, where string) // rcu_dereference_check()
	started, completed   func(x *cpu.Exec) uint64
	deferredFree         func(x *cpu.Exec, e *element)
	sync, expSync        func(x *cpu.Exec)
	getState             func(x *cpu.Exec) rcu.GPState
	condSync             func(x *cpu.Exec, old rcu.GPState)
	call                 func(x *cpu.Exec, h *rcu.Head, fn func(x *cpu.Exec))
	barrier              func(x *cpu.Exec)
	fqs                  func(x *cpu.Exec)
	state                *rcu.State // for the line of a writer that stalls
	canBoost             bool
}

// Flavours are the values of torture_type that there are.
func Flavours() []string { return []string{"rcu", "rcu_bh", "sched", "rcu_busted"} }

// flavour returns the operations of a torture_type.
func (t *Torture) flavour(name string) *ops {
	switch name {
	case "rcu":
		return t.preemptOps()
	case "rcu_bh":
		return t.bhOps()
	case "sched":
		return t.schedOps()
	case "rcu_busted":
		return t.bustedOps()
	}
	panic("torture: there is no flavour " + name)
}

// common fills what the three real flavours have alike.
func (t *Torture) common(o *ops, rsp *rcu.State) *ops {
	o.state = rsp
	o.started, o.completed, o.fqs = rsp.BatchesStarted, rsp.BatchesCompleted, rsp.ForceQuiescentState
	o.deferredFree = func(x *cpu.Exec, e *element) { o.call(x, &e.head, e.fn) }
	return o
}

func (t *Torture) preemptOps() *ops {
	r := t.r
	return t.common(&ops{
		name: "rcu", readLock: r.ReadLock, readUnlock: r.ReadUnlock, held: r.CheckHeld,
		sync: r.Synchronize, expSync: r.SynchronizeExpedited, getState: r.GetState, condSync: r.CondSynchronize,
		call: r.CallRCU, barrier: r.Barrier, canBoost: t.p.CanBoost,
	}, r.Preempt())
}

func (t *Torture) bhOps() *ops {
	r := t.r
	return t.common(&ops{
		name: "rcu_bh", readLock: r.ReadLockBH, readUnlock: r.ReadUnlockBH, held: r.CheckHeldBH,
		sync: r.SynchronizeBH, expSync: r.SynchronizeBHExpedited, call: r.CallRCUBH, barrier: r.BarrierBH,
	}, r.BH())
}

// schedOps is sched_ops: its readers are nothing but preempt_disable(), which
// the grace-period oracle takes for no reader, so that only the pipe judges.
func (t *Torture) schedOps() *ops {
	r := t.r
	return t.common(&ops{
		name: "sched", readLock: cpu.PreemptDisable, readUnlock: cpu.PreemptEnable, held: r.CheckHeldSched,
		sync: r.SynchronizeSched, expSync: r.SynchronizeSchedExpedited, getState: r.GetStateSched, condSync: r.CondSynchronizeSched,
		call: r.CallRCUSched, barrier: r.BarrierSched,
	}, r.Sched())
}

// bustedOps is rcu_busted_ops, which waits for nobody: it is there to show that
// the test can fail.
func (t *Torture) bustedOps() *ops {
	r := t.r
	none := func(*cpu.Exec) {}
	return &ops{
		name: "rcu_busted", readLock: r.ReadLock, readUnlock: r.ReadUnlock, held: r.CheckHeld,
		completed:    func(*cpu.Exec) uint64 { return 0 },
		deferredFree: func(x *cpu.Exec, e *element) { e.fn(x) }, sync: none, expSync: none,
	}
}
