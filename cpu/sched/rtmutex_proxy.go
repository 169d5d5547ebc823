package sched

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// InitProxyLocked is rt_mutex_init_proxy_locked(): the rt_mutex, which was used
// before, begins anew as t's, who knows nothing of it. No lock of its own is
// taken: the caller sees to it that nobody else is at it
// (docs/kernel/rcu-boost-nocb.md A4). It is for who wants t to run at the
// priority of whoever waits next.
//
//kernel:fn rt_mutex_init_proxy_locked kernel/locking/rtmutex.c
func (m *RTMutex) InitProxyLocked(x *cpu.Exec, t *Task) {
	m.Reinit(x)
	x.Op(cpu.KindWrite, &m.obj, sim.AccessWrite, m.s.m.Costs.Store)
	m.owner, m.since = t, x.Now()
}

// IsOwner is rt_mutex_owner() compared with a task: an unlocked load.
//
//kernel:fn rt_mutex_owner kernel/locking/rtmutex_common.h
func (m *RTMutex) IsOwner(x *cpu.Exec, t *Task) bool {
	x.Op(cpu.KindRead, &m.obj, sim.AccessRead, m.s.m.Costs.Load)
	return m.owner == t
}

// UnlockProxy is rt_mutex_unlock() by who has never locked it: the newer rules,
// which see rt_mutexes, have not seen this one taken, and their kernels call
// rt_mutex_futex_unlock() here, which says nothing to the validator.
//
//kernel:fn rt_mutex_unlock kernel/locking/rtmutex.c
func (m *RTMutex) UnlockProxy(x *cpu.Exec) {
	x.Op(cpu.KindUpdate, &m.obj, sim.AccessUpdate, m.s.m.Costs.RMW)
	m.release(x)
}
