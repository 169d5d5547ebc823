package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
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
	noQSExp   bool          // cpu_no_qs.b.exp, rcu_sched only: an expedited one is owed
	expAsked  uint64        // rcu_preempt only: expedited_sequence as of the latest IPI, for the audit
	coreNeeds bool          // core_needs_qs: the leaf wanted one from us then

	ticksThisGP uint64
	softirqSnap uint64

	beenOnline bool
	inBatch    bool // callbacks are being invoked

	cbs              segments
	qlen             cpu.Var[int] // this CPU writes; barriers and the stall printer look
	qlenLazy         int          // of them those that only free
	qlenLastFqsCheck int
	blimit           int
	nForceQSSnap     uint64

	dynticksSnap         uint32 // by the grace-period kthread, leaf lock held
	condReschedCompleted cpu.Var[uint64]

	nocb *nocb // of an offloaded CPU, else nil

	barrierHead Head // what rcu_barrier() queues here

	expFunnelMutex sched.Mutex
}

// owes is cpu_no_qs.s != 0: a quiescent state of either kind is wanted.
func (rdp *Data) owes() bool { return rdp.noQS || rdp.noQSExp }

// dynticks is rcu_dynticks: whether RCU watches a CPU, for all flavours.
type dynticks struct {
	// count is odd while RCU watches, even in an extended quiescent state.
	count   cpu.Var[uint32]
	nesting int64 // the idle loop and interrupts
	nmi     int   // NMIs

	// ticks stands for what the tick writes and the stall printer of another
	// CPU reads: ticks_this_gp of each flavour, and shown.
	ticks cpu.Var[uint64]
	shown shown
	// free is when a tick last found this CPU idle or preemptible, for the
	// progress oracle.
	free sim.Time
}

// shown is what another CPU sees of this one: as of its last tick or idle
// transition. Between those it changes with no operation that tells, and the
// kernel's reader, too, gets what the caches had.
type shown struct {
	nesting  int64
	nmi      int
	softirqs uint64
}

func (d *dynticks) init(m *cpu.Machine, c int) {
	outer := m.Numbered(c)
	d.count.Init(m, "rcu_dynticks", 1)
	d.ticks.Init(m, "rcu_ticks", 0)
	m.Leave(outer)
	d.nesting, d.shown.nesting = exitIdle, exitIdle
}

// Nesting of the process level (docs/kernel/rcu-perf.md §1.5): huge, so that
// half-finished interrupts may be counted away from it.
const (
	nestValue = int64(1) << 56
	nestFlag  = int64(1) << 54
	exitIdle  = nestValue + nestFlag
	nestMask  = int64(0x7f) << 56
)
