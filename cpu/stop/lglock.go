package stop

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
)

// lglock is struct lglock: a spinlock a CPU that is never seen by the
// validator, and one map for all of them. Who takes some of them is a reader
// for it, who takes all a writer (docs/kernel/sched-irq-printk.md §4.9).
type lglock struct {
	dep   lockdep.Map
	key   lockdep.Key
	locks []lock.Raw
}

func (l *lglock) init(m *cpu.Machine, name string) {
	l.key.Name = name
	l.dep.Init(&l.key)
	l.locks = make([]lock.Raw, len(m.CPUs))
	for i := range l.locks {
		l.locks[i].InitUnseen(m, fmt.Sprintf("%s/%d", name, i))
	}
}

// archLock is arch_spin_lock() of one CPU's part. It leaves preempt_count
// alone: the caller has preemption off, once for any number of them.
//
//kernel:fn arch_spin_lock arch/x86/include/asm/spinlock.h
func (l *lglock) archLock(x *cpu.Exec, c int) {
	l.locks[c].Lock(x)
	x.CPU().SubCount(cpu.PreemptOffset)
}

// archUnlock is arch_spin_unlock().
//
//kernel:fn arch_spin_unlock arch/x86/include/asm/spinlock.h
func (l *lglock) archUnlock(x *cpu.Exec, c int) {
	x.CPU().AddCount(cpu.PreemptOffset)
	l.locks[c].Unlock(x)
}

// localLock is lg_local_lock(): the part of the CPU that the caller is on and
// stays on, c.
//
//kernel:fn lg_local_lock kernel/locking/lglock.c
func (l *lglock) localLock(x *cpu.Exec, c int) {
	cpu.PreemptDisable(x)
	x.MapLock(&l.dep, lockdep.Read)
	l.archLock(x, c)
}

// localUnlock is lg_local_unlock().
//
//kernel:fn lg_local_unlock kernel/locking/lglock.c
func (l *lglock) localUnlock(x *cpu.Exec, c int) {
	x.MapUnlock(&l.dep)
	l.archUnlock(x, c)
	cpu.PreemptEnable(x)
}

// doubleLock is lg_double_lock(): the parts of two CPUs, lower one first.
//
//kernel:fn lg_double_lock kernel/locking/lglock.c
func (l *lglock) doubleLock(x *cpu.Exec, cpu1, cpu2 int) {
	if cpu1 == cpu2 {
		cpu.Bug(x, "kernel/locking/lglock.c", "cpu1 == cpu2")
	}
	if cpu2 < cpu1 {
		cpu1, cpu2 = cpu2, cpu1
	}
	cpu.PreemptDisable(x)
	x.MapLock(&l.dep, lockdep.Read)
	l.archLock(x, cpu1)
	l.archLock(x, cpu2)
}

// doubleUnlock is lg_double_unlock().
//
//kernel:fn lg_double_unlock kernel/locking/lglock.c
func (l *lglock) doubleUnlock(x *cpu.Exec, cpu1, cpu2 int) {
	x.MapUnlock(&l.dep)
	l.archUnlock(x, cpu1)
	l.archUnlock(x, cpu2)
	cpu.PreemptEnable(x)
}

// globalLock is lg_global_lock(): the parts of all CPUs, in their order.
//
//kernel:fn lg_global_lock kernel/locking/lglock.c
func (l *lglock) globalLock(x *cpu.Exec) {
	cpu.PreemptDisable(x)
	x.MapLock(&l.dep, 0)
	for c := range l.locks {
		l.archLock(x, c)
	}
}

// globalUnlock is lg_global_unlock().
//
//kernel:fn lg_global_unlock kernel/locking/lglock.c
func (l *lglock) globalUnlock(x *cpu.Exec) {
	x.MapUnlock(&l.dep)
	for c := range l.locks {
		l.archUnlock(x, c)
	}
	cpu.PreemptEnable(x)
}
