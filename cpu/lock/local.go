package lock

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Local is a local_lock_t: one instance a CPU, all of one class, whose holder
// keeps its CPU (docs/kernel/lockdep.md §1.11). Without RT it is preemption
// off, or interrupts off, with a name: nobody ever waits for it. Kernels have
// it since 5.8; under the rules of v4.4 the validator does not see it.
type Local struct {
	name string
	m    *cpu.Machine
	cpus []localCPU
}

// localCPU is one CPU's instance.
type localCPU struct {
	obj   sim.Obj
	dep   lockdep.Map
	name  string
	owner *cpu.Exec
	depth int // acquisitions: a handler's goes on top of that of its task
	cpu   *cpu.CPU
	since sim.Time // for views
}

// Init makes the lock's instances; key is their class, with
// [lockdep.WaitConfig] as Inner and PerCPU set.
func (l *Local) Init(m *cpu.Machine, name string, key *lockdep.Key) {
	l.name, l.m = name, m
	l.cpus = make([]localCPU, len(m.CPUs))
	for i := range l.cpus {
		c := &l.cpus[i]
		c.name, c.cpu = fmt.Sprintf("%s/%d", name, i), m.CPUs[i]
		c.obj = m.NewObj(c.name)
		c.dep.Init(key)
		m.RegisterHoldable(c)
	}
}

// Name returns the lock's name.
func (l *Local) Name() string { return l.name }

// Dep returns the validator's view of the instance of x's CPU.
func (l *Local) Dep(x *cpu.Exec) *lockdep.Map { return &l.cpus[x.CPU().ID].dep }

// Lock is local_lock().
//
//kernel:fn local_lock include/linux/local_lock.h
func (l *Local) Lock(x *cpu.Exec) {
	cpu.PreemptDisable(x)
	l.acquire(x)
}

// Unlock is local_unlock().
//
//kernel:fn local_unlock include/linux/local_lock.h
func (l *Local) Unlock(x *cpu.Exec) {
	l.release(x)
	cpu.PreemptEnable(x)
}

// LockIrq is local_lock_irq().
//
//kernel:fn local_lock_irq include/linux/local_lock.h
func (l *Local) LockIrq(x *cpu.Exec) {
	cpu.LocalIrqDisable(x)
	l.acquire(x)
}

// UnlockIrq is local_unlock_irq().
//
//kernel:fn local_unlock_irq include/linux/local_lock.h
func (l *Local) UnlockIrq(x *cpu.Exec) {
	l.release(x)
	cpu.LocalIrqEnable(x)
}

// LockIrqsave is local_lock_irqsave().
//
//kernel:fn local_lock_irqsave include/linux/local_lock.h
func (l *Local) LockIrqsave(x *cpu.Exec) cpu.Flags {
	f := cpu.LocalIrqSave(x)
	l.acquire(x)
	return f
}

// UnlockIrqrestore is local_unlock_irqrestore().
//
//kernel:fn local_unlock_irqrestore include/linux/local_lock.h
func (l *Local) UnlockIrqrestore(x *cpu.Exec, f cpu.Flags) {
	l.release(x)
	cpu.LocalIrqRestore(x, f)
}

// acquire tells the validator, which is all there is to do.
//
//kernel:fn local_lock_acquire include/linux/local_lock_internal.h
func (l *Local) acquire(x *cpu.Exec) {
	c := &l.cpus[x.CPU().ID]
	if l.m.NewRules() {
		x.LockdepTime()
	}
	x.Op(cpu.KindLock, &c.obj, sim.AccessUpdate, l.m.Costs.Store)
	if l.m.NewRules() {
		x.Validate(&c.dep, 0)
		x.DebugLocksWarn(c.owner != nil, "include/linux/local_lock_internal.h", "local_lock_acquire", "l->owner")
	}
	c.owner, c.since = x, x.Now()
	c.depth++
}

//kernel:fn local_lock_release include/linux/local_lock_internal.h
func (l *Local) release(x *cpu.Exec) {
	c := &l.cpus[x.CPU().ID]
	if l.m.NewRules() {
		x.LockdepTime()
	}
	x.Op(cpu.KindUnlock, &c.obj, sim.AccessWrite, l.m.Costs.Store)
	if l.m.NewRules() {
		x.DebugLocksWarn(c.owner != x, "include/linux/local_lock_internal.h", "local_lock_release", "l->owner != current")
		x.Unvalidate(&c.dep)
	}
	c.owner = nil
	c.depth--
}

// HeldHere reports whether the instance of x's CPU is held. Whoever asks for
// it is the holder, which keeps its CPU, or a handler on top; the owner says
// less, for the release of a handler that took it again has forgotten it.
func (l *Local) HeldHere(x *cpu.Exec) bool { return l.cpus[x.CPU().ID].depth > 0 }

// Reinit is local_lock_init() of all instances.
//
//kernel:fn local_lock_init include/linux/local_lock.h
func (l *Local) Reinit(x *cpu.Exec) {
	for i := range l.cpus {
		c := &l.cpus[i]
		x.Op(cpu.KindWrite, &c.obj, sim.AccessWrite, l.m.Costs.Store)
		x.InitMap(&c.dep, c.dep.Key())
		c.owner, c.depth = nil, 0
	}
}

// AwaitedName implements [cpu.Holdable].
func (c *localCPU) AwaitedName() string { return c.name }

// HeldBy implements [cpu.Holdable].
func (c *localCPU) HeldBy() (*cpu.CPU, bool) {
	if c.owner == nil {
		return nil, false
	}
	return c.cpu, false
}

// LockInfo implements [cpu.LockViewer].
func (c *localCPU) LockInfo() cpu.LockInfo {
	return cpu.LockInfo{Name: c.name, Kind: "local_lock", Obj: c.obj.ID, Dep: &c.dep}
}

// LockState implements [cpu.LockViewer].
func (c *localCPU) LockState() cpu.LockState {
	if c.owner == nil {
		return cpu.LockState{}
	}
	return cpu.LockState{CPU: c.cpu, Since: c.since}
}

// EachWaiter implements [cpu.LockViewer]: nobody waits for a local lock.
func (c *localCPU) EachWaiter(func(cpu.Holder)) {}
