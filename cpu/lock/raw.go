package lock

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Raw is a raw_spinlock_t. In v4.4 without RT spinlock_t is the same.
type Raw struct {
	obj sim.Obj
	dep lockdep.Map
	m   *cpu.Machine

	// owner holds the lock, or is next in line with it reserved.
	owner    *cpu.CPU
	reserved bool
	unseen   bool
	wereOff  bool      // interrupts, already when LockIrq took it
	enables  bool      // see EnablesIrqs
	spin     bool      // it is a spinlock_t
	head     *cpu.Wait // who queues, first in line first
	tail     *cpu.Wait
	watchers *cpu.Wait // who waits for a release without queueing
	site     lockdep.Stack

	// For views only. Nothing that runs looks at them.
	since     sim.Time // the owner has had it
	contended uint64   // acquisitions that had to queue
	waited    sim.Time // and how long all of them did
}

// Init makes a lock: name is the instance's, key its class's.
func (l *Raw) Init(m *cpu.Machine, name string, key *lockdep.Key) {
	l.obj = m.NewObj(name)
	l.dep.Init(key)
	l.m = m
	m.RegisterHoldable(l)
}

// InitUnseen makes a lock that the validator does not see: an arch_spinlock_t.
func (l *Raw) InitUnseen(m *cpu.Machine, name string) {
	l.obj = m.NewObj(name)
	l.m, l.unseen = m, true
	m.RegisterHoldable(l)
}

// EnablesIrqs says, before the machine runs, that an _irq unlock of this lock
// is meant to enable interrupts, however they were when it was taken: yield()
// leaves that to schedule().
func (l *Raw) EnablesIrqs() { l.enables = true }

// Reinit is raw_spin_lock_init() of a lock that was used before. Of one that
// is held or queued for, the validator says so, and it is free then.
//
//kernel:fn __raw_spin_lock_init kernel/locking/spinlock_debug.c
func (l *Raw) Reinit(x *cpu.Exec) {
	x.Op(cpu.KindWrite, &l.obj, sim.AccessWrite, l.m.Costs.Store)
	if !l.unseen && x.InitMap(&l.dep, l.dep.Key()) {
		x.Op(cpu.KindWrite, &l.obj, sim.AccessWrite, l.m.Costs.Store)
	}
	l.owner, l.reserved, l.head, l.tail, l.site = nil, false, nil, nil, 0
}

// Spin is a spinlock_t: without RT a raw spinlock of another wait type. Its
// key's Inner is [lockdep.WaitConfig], a raw one's [lockdep.WaitSpin].
type Spin struct{ Raw }

// Init makes a lock: name is the instance's, key its class's.
func (l *Spin) Init(m *cpu.Machine, name string, key *lockdep.Key) {
	l.spin = true
	l.Raw.Init(m, name, key)
}

// EachObj implements [cpu.Memory].
func (l *Raw) EachObj(fn func(*sim.Obj)) { fn(&l.obj) }

// Name returns the instance's name.
func (l *Raw) Name() string { return l.m.ObjName(l.obj.ID) }

// Class returns the lock's class.
func (l *Raw) Class() *lockdep.Key { return l.dep.Key() }

// Dep returns the validator's view of the lock.
func (l *Raw) Dep() *lockdep.Map { return &l.dep }

// AwaitedName implements [cpu.Awaited].
func (l *Raw) AwaitedName() string { return l.Name() }

// HeldBy implements [cpu.Holdable].
func (l *Raw) HeldBy() (*cpu.CPU, bool) { return l.owner, l.reserved }

// Holder implements [cpu.Awaited]: the owner, or the next in line, for whom
// the lock is reserved and who therefore must finish its wait first.
func (l *Raw) Holder(*cpu.Wait) cpu.Holder {
	if l.owner == nil {
		return cpu.Holder{}
	}
	how := "held"
	if l.reserved {
		how = "reserved for the next in line"
	}
	return cpu.Holder{CPU: l.owner, How: how + l.where()}
}

func (l *Raw) where() string {
	if t := l.m.Tracer; t != nil && l.site != 0 {
		return " (taken in " + t.Site(l.site) + ")"
	}
	return ""
}

// IsLocked is raw_spin_is_locked(), without an operation: for assertions.
func (l *Raw) IsLocked() bool { return l.owner != nil }

// HeldHere reports whether x's CPU owns the lock.
func (l *Raw) HeldHere(x *cpu.Exec) bool { return l.owner == x.CPU() && !l.reserved }

// AssertHeld is lockdep_assert_held(): touching what the lock protects
// without it is a bug of the port.
func (l *Raw) AssertHeld(x *cpu.Exec) {
	if !l.HeldHere(x) {
		panic("lock: " + l.Name() + " is not held by the CPU that needs it")
	}
}

// Guards says that objects change under the lock, whoever may read them
// without: see [cpu.Machine.Guard].
func (l *Raw) Guards(objs ...*sim.Obj) {
	if !l.m.Debug {
		return
	}
	for _, o := range objs {
		l.m.Guard(o, l.Name(), func(c *cpu.CPU) bool { return l.owner == c && !l.reserved })
	}
}

// Waiters returns how many CPUs queue for the lock.
func (l *Raw) Waiters() int {
	n := 0
	for w := l.head; w != nil; w = w.Next {
		n++
	}
	return n
}
