package sched

import "lockstep/cpu"

// nohz is the balancing of CPUs whose tick is stopped: they are in a mask, and
// a busy CPU that ticks kicks one of them to balance for all
// (docs/kernel/sched-irq-printk.md §1.17, §3.5).
type nohz struct {
	idle cpu.Mask     // nohz.idle_cpus_mask
	nr   cpu.Var[int] // nohz.nr_cpus
	next uint64       // nohz.next_balance in jiffies; looked at behind nr
}

// Bits of rq->nohz_flags.
const (
	nohzTickStopped uint32 = 1 << iota // the CPU is in the mask
	nohzBalanceKick                    // it is to balance for all
)

func (n *nohz) init(m *cpu.Machine) {
	n.idle.Init(m, "nohz.idle_cpus_mask", false)
	n.nr.Init(m, "nohz.nr_cpus", 0)
}

// NohzBalanceEnterIdle is nohz_balance_enter_idle() of x's CPU, which stops
// its tick: from now on others balance for it.
//
//kernel:fn nohz_balance_enter_idle kernel/sched/fair.c
func (s *Sched) NohzBalanceEnterIdle(x *cpu.Exec) {
	c := x.CPU().ID
	if !s.m.Active.Test(x, c) {
		return
	}
	rq := &s.rqs[c]
	if rq.lb.flags.ReadOnce(x)&nohzTickStopped != 0 || rq.lb.sd == nil {
		return
	}
	s.nohz.idle.Set(x, c)
	s.nohz.nr.Update(x, func(n int) int { return n + 1 })
	rq.lb.flags.Update(x, func(f uint32) uint32 { return f | nohzTickStopped })
}

// NohzBalanceExitIdle is nohz_balance_exit_idle() of x's CPU: its tick runs
// again. Where it does not stand in the mask that is a look at its own flag.
//
//kernel:fn nohz_balance_exit_idle kernel/sched/fair.c
func (s *Sched) NohzBalanceExitIdle(x *cpu.Exec) {
	c := x.CPU().ID
	rq := &s.rqs[c]
	if rq.lb.flags.ReadOnce(x)&nohzTickStopped == 0 {
		return
	}
	if s.nohz.idle.Test(x, c) {
		s.nohz.idle.Clear(x, c)
		s.nohz.nr.Update(x, func(n int) int { return n - 1 })
	}
	rq.lb.flags.Update(x, func(f uint32) uint32 { return f &^ nohzTickStopped })
}
