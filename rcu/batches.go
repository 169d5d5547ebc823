package rcu

import "lockstep/cpu"

// BatchesStarted is rcu_batches_started(): the number of the latest grace
// period that has begun, racily.
//
//kernel:fn rcu_batches_started kernel/rcu/tree.c
func (rsp *State) BatchesStarted(x *cpu.Exec) uint64 { return rsp.gpnum.ReadOnce(x) }

// BatchesCompleted is rcu_batches_completed(): that of the latest that is over.
//
//kernel:fn rcu_batches_completed kernel/rcu/tree.c
func (rsp *State) BatchesCompleted(x *cpu.Exec) uint64 { return rsp.completed.ReadOnce(x) }

// GPData is rcutorture_get_gp_data(): how a flavour stands, for a test whose
// writer does not get on.
//
//kernel:fn rcutorture_get_gp_data kernel/rcu/tree.c
func (rsp *State) GPData(x *cpu.Exec) (gpnum, completed uint64, flags uint32) {
	return rsp.gpnum.ReadOnce(x), rsp.completed.ReadOnce(x), rsp.gpFlags.ReadOnce(x)
}
