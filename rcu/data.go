package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// Tunables of callback processing (docs/kernel/rcu-perf.md §1.4).
const (
	blimit    = 10
	qhimark   = 10000
	qlowmark  = 100
	unlimited = 1 << 30
)

var rdpFunnelKey = lockdep.Key{Name: "&rdp->exp_funnel_mutex"}

// Data is rcu_data: one CPU's part of a flavour. It belongs to its CPU with
// interrupts off; what others write is a cpu.Var, and the view of grace
// periods is changed under the leaf's lock besides. The stall printer also
// looks at the rest from other CPUs, as racily as the kernel's.
type Data struct {
	rsp     *State
	mynode  *Node
	cpu     int
	grpmask uint64

	completed uint64 // the CPU's view of the grace periods
	gpnum     uint64
	gpwrap    cpu.Var[bool] // it lags so far that the counter may wrap
	qsCtrSnap uint64        // rcu_qs_ctr when it noticed the grace period
	noQS      bool          // cpu_no_qs.b.norm: none since then
	coreNeeds bool          // core_needs_qs: the leaf wanted one from us then

	ticksThisGP uint64
	softirqSnap uint64

	cbs              segments
	qlen             int
	qlenLastFqsCheck int
	blimit           int
	nForceQSSnap     uint64

	dynticksSnap         uint32 // by the grace-period kthread, leaf lock held
	condReschedCompleted cpu.Var[uint64]

	expFunnelMutex sched.Mutex
}

// dynticks is rcu_dynticks: whether RCU watches a CPU, for all flavours.
type dynticks struct {
	// count is odd while RCU watches, even in an extended quiescent state.
	count   cpu.Var[uint32]
	nesting int64 // the idle loop and interrupts
	nmi     int   // NMIs
}

// Nesting of the process level (docs/kernel/rcu-perf.md §1.5): huge, so that
// half-finished interrupts may be counted away from it.
const (
	nestValue = int64(1) << 56
	nestFlag  = int64(1) << 54
	exitIdle  = nestValue + nestFlag
	nestMask  = int64(0x7f) << 56
)
