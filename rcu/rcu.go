package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/cpu/timer"
	"lockstep/irq"
)

// Config is what RCU is built and booted with.
type Config struct {
	// Fanout and FanoutLeaf are RCU_FANOUT and RCU_FANOUT_LEAF, 2..64;
	// 0 takes the kernel's 64 and 16.
	Fanout, FanoutLeaf int
	// StallTimeout is rcu_cpu_stall_timeout in seconds; it is clamped to
	// 3..300, and 0 takes the kernel's 21.
	StallTimeout int
	// ProveRCU is CONFIG_PROVE_RCU: checks of the readers' context, and five
	// seconds more before a stall is declared.
	ProveRCU bool
	// Expedited lets synchronize_rcu_expedited() expedite; without it, it
	// waits for a normal grace period.
	Expedited bool
	// StallSuppress is rcu_cpu_stall_suppress: normal grace periods that
	// stall are not reported.
	StallSuppress bool
	// FirstFQS and NextFQS are jiffies_till_first_fqs and
	// jiffies_till_next_fqs; 0 takes the kernel's, a few jiffies. Both are
	// clamped to a second where they are used.
	FirstFQS, NextFQS int
	// Boost is CONFIG_RCU_BOOST: readers that hold a grace period up are lent
	// a real-time priority, BoostDelay milliseconds after its start; 0 takes
	// the kernel's 500.
	Boost      bool
	BoostDelay int // see Boost
	// KthreadPrio is kthread_prio: the real-time priority of RCU's kthreads;
	// with 0, and without Boost, they are ordinary threads.
	KthreadPrio int
	// Nocbs are the CPUs whose callbacks are offloaded (rcu_nocbs), upward, and
	// NocbStride how many CPUs have a leader (rcu_nocb_leader_stride); 0 takes
	// the kernel's, the square root of all.
	Nocbs      []int
	NocbStride int // see Nocbs
	// NocbWakeDirect is the form before 3.14: call_rcu() wakes rcuo also with
	// interrupts off.
	NocbWakeDirect bool
}

// The flavours' flavor_mask, handed out in the order of their boot
// (docs/kernel/rcu-perf.md §1.1).
const (
	flavorBH      = 0x1
	flavorSched   = 0x2
	flavorPreempt = 0x4
)

// The validator's names of the three kinds of readers.
var (
	rcuLockKey      = lockdep.Key{Name: "rcu_read_lock"}
	rcuBHLockKey    = lockdep.Key{Name: "rcu_read_lock_bh"}
	rcuSchedLockKey = lockdep.Key{Name: "rcu_read_lock_sched"}
)

// RCU is the read-copy-update of one machine: its flavours and what they
// share per CPU and per task.
type RCU struct {
	Variants Variants // set before the machine starts

	m   *cpu.Machine
	s   *sched.Sched
	sq  *softirq.Softirq
	tm  *timer.Timers
	ic  *irq.Controller
	cfg Config

	preempt  *State
	sched    *State
	bh       *State
	flavours []*State // as for_each_rcu_flavor visits them
	dynticks cpu.PerCPU[dynticks]
	// qsCtr is rcu_qs_ctr: its CPU's own count of light-weight quiescent states.
	qsCtr cpu.PerCPU[uint64]
	// schedQSMask is rcu_sched_qs_mask: flavours whose grace-period kthread
	// wants this CPU to pass through an extended quiescent state.
	schedQSMask cpu.PerCPU[cpu.Var[uint32]]

	tasks   cpu.PerTask[Task]
	readers []*Task // every task that has been a reader, by first use
	// lockMap, bhLockMap and schedLockMap are what the validator takes the
	// three kinds of readers for.
	lockMap, bhLockMap, schedLockMap lockdep.Map

	cb   cpu.PerCPU[cbThread]
	rcuc *sched.SmpbootThread // rcuc/N; nil without RCU_BOOST

	// expediteNesting is rcu_expedited_nesting: while it is not 0, every
	// synchronous grace period is an expedited one.
	expediteNesting cpu.Var[int]

	schedulerActive bool // rcu_scheduler_fully_active: the kthreads exist
	tillStall       uint64
	callbacks       int // queued and not yet invoked, of all CPUs and flavours
	watchSeq        uint64
	brokenIDs       []string // invariants already reported
}

// New makes RCU and takes the hooks that are its. Every CPU counts as online
// and watched from here on. It panics if the fanouts cannot carry the CPUs,
// which a scenario's check has refused before.
//
//kernel:fn rcu_init kernel/rcu/tree.c
func New(m *cpu.Machine, s *sched.Sched, sq *softirq.Softirq, tm *timer.Timers, ic *irq.Controller, cfg Config) *RCU {
	r := &RCU{m: m, s: s, sq: sq, tm: tm, ic: ic, cfg: cfg.withDefaults()}
	g, err := initGeometry(len(m.CPUs), r.cfg.Fanout, r.cfg.FanoutLeaf)
	if err != nil {
		panic(err)
	}
	r.lockMap.Init(&rcuLockKey)
	r.bhLockMap.Init(&rcuBHLockKey)
	r.schedLockMap.Init(&rcuSchedLockKey)
	r.expediteNesting.Init(m, "rcu_expedited_nesting", 0)
	r.tillStall = tillStallCheck(&r.cfg, m.HZ)
	r.dynticks.Init(m)
	r.qsCtr.Init(m)
	r.schedQSMask.Init(m)
	for i := range m.CPUs {
		r.dynticks.Of(i).init(m, i)
		outer := m.Numbered(i)
		r.schedQSMask.Of(i).Init(m, "rcu_sched_qs_mask", 0)
		m.Leave(outer)
	}
	r.initFlavours(&g)
	sq.Register(softirq.RCU, r.processCallbacks)
	m.OnBusy(r.busy)
	r.hook()
	return r
}

// initFlavours boots the flavours. Each goes to the head of the list, so they
// are visited the other way round; the views rely on the number of each.
//
//kernel:fn rcu_init kernel/rcu/tree.c
func (r *RCU) initFlavours(g *geometry) {
	r.bh, r.sched, r.preempt = &State{index: 2}, &State{index: 1}, &State{index: 0}
	r.bh.init(r, "rcu_bh", flavorBH, g)
	r.sched.init(r, "rcu_sched", flavorSched, g)
	r.preempt.init(r, "rcu_preempt", flavorPreempt, g)
	r.sched.expHandler = r.sched.syncSchedExpHandler
	r.preempt.expHandler = r.preempt.syncRCUExpHandler
	r.flavours = []*State{r.preempt, r.sched, r.bh}
	if len(r.cfg.Nocbs) > 0 {
		for _, rsp := range r.flavours {
			rsp.initNocb()
		}
	}
	if r.cfg.Boost {
		r.preempt.initBoost()
		r.initCallbackThreads()
	}
}

// hook fills what the layers below declare for RCU.
func (r *RCU) hook() {
	h := &r.m.Hooks
	h.NoteContextSwitch = r.noteContextSwitch
	h.CheckCallbacks = r.checkCallbacks
	h.IrqEnter, h.IrqExit = r.irqEnter, r.irqExit
	h.IdleEnter, h.IdleExit = r.idleEnter, r.idleExit
	h.NMIEnter, h.NMIExit = r.nmiEnter, r.nmiExit
	h.SoftirqDone = r.bhQS
	h.ExitRCU, h.RCUSleepCheck, h.RCUNeedsCPU = r.exitTask, r.sleepCheck, r.needsCPU
	h.ReadLock, h.ReadUnlock = r.ReadLock, r.ReadUnlock
	h.RCUDepth = func(x *cpu.Exec) int { return int(r.task(x).nesting) }
	h.SynchronizeHotplug = r.Synchronize
	h.RCUDyingIdle = r.dyingIdle
	r.s.OnCPU(sched.PriDefault, r.cpuNotify)
}

func (c Config) withDefaults() Config {
	if c.Fanout == 0 {
		c.Fanout = 64
	}
	if c.FanoutLeaf == 0 {
		c.FanoutLeaf = 16
	}
	if c.StallTimeout == 0 {
		c.StallTimeout = 21
	}
	if c.BoostDelay == 0 {
		c.BoostDelay = 500
	}
	return c
}

// Preempt returns rcu_preempt_state, the flavour behind rcu_read_lock().
func (r *RCU) Preempt() *State { return r.preempt }

// Sched returns rcu_sched_state, the flavour whose readers keep preemption off.
func (r *RCU) Sched() *State { return r.sched }

// BH returns rcu_bh_state, the flavour whose readers keep bottom halves off.
func (r *RCU) BH() *State { return r.bh }

// busy reports whether a tick would still carry something on: callbacks that
// wait, or a grace period in progress or asked for. A wish to force quiescent
// states may be left behind by a grace period's last report.
func (r *RCU) busy() bool {
	if r.callbacks != 0 {
		return true
	}
	for _, rsp := range r.flavours {
		if rsp.completed.Peek() != rsp.gpnum.Peek() || rsp.gpFlags.Peek()&gpFlagInit != 0 {
			return true
		}
	}
	return false
}

// local announces a change that only this CPU's interrupt handlers can
// notice; with interrupts off there are none.
func (r *RCU) local(x *cpu.Exec) {
	if !x.CPU().IrqsDisabled() {
		x.Local(cpu.KindReader, r.m.Costs.Store)
	}
}

// jiffies reads the tick counter.
func (r *RCU) jiffies(x *cpu.Exec) uint64 { return r.m.Jiffies.ReadOnce(x) }

// suspicious is RCU_LOCKDEP_WARN: the validator says it, of each place once.
func (r *RCU) suspicious(x *cpu.Exec, cond bool, where, text string) {
	if cond {
		idle := !r.watching(x)
		x.Suspicious(where, text, lockdep.RCUState{Idle: idle, NotWatching: idle})
	}
}
