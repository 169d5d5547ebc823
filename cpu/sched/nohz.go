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

// nohzKickNeeded is nohz_kick_needed(), in the tick of a CPU: is there work
// for an idle CPU? Of its reasons two tasks or more on this runqueue are
// modelled; that several CPUs of a cache are busy, and packing onto the
// lowest CPU, are not.
//
//kernel:fn nohz_kick_needed kernel/sched/fair.c
func (s *Sched) nohzKickNeeded(x *cpu.Exec, rq *RQ, now uint64) bool {
	if rq.lb.idle {
		return false
	}
	s.NohzBalanceExitIdle(x)
	if s.nohz.nr.ReadOnce(x) == 0 || now < s.nohz.next {
		return false
	}
	return rq.NrRunning.Peek() >= 2
}

// nohzBalancerKick is nohz_balancer_kick(): the first CPU of the mask is to
// balance for all, unless it has been told already. It learns it from the bit
// when the IPI comes.
//
//kernel:fn nohz_balancer_kick kernel/sched/fair.c
func (s *Sched) nohzBalancerKick(x *cpu.Exec) {
	s.nohz.next++
	c := s.nohz.idle.Read(x).Next(0) // find_new_ilb
	if c < 0 || !s.idleCPU(x, c) {
		return
	}
	if s.rqs[c].lb.flags.Update(x, setKick)&nohzBalanceKick != 0 {
		return
	}
	s.m.Hooks.SendReschedule(x, c)
}

func setKick(f uint32) uint32   { return f | nohzBalanceKick }
func clearKick(f uint32) uint32 { return f &^ nohzBalanceKick }

// gotNohzIdleKick is got_nohz_idle_kick(), in the reschedule interrupt.
//
//kernel:fn got_nohz_idle_kick kernel/sched/core.c
func (s *Sched) gotNohzIdleKick(x *cpu.Exec) bool {
	rq := s.ThisRQ(x)
	if rq.lb.flags.ReadOnce(x)&nohzBalanceKick == 0 {
		return false
	}
	if s.idleCPU(x, rq.CPU) && !s.needResched(x) {
		return true
	}
	rq.lb.flags.Update(x, clearKick) // it has got busy: the next tick of a busy CPU kicks another
	return false
}

// nohzIdleBalance is nohz_idle_balance(): a CPU that was kicked balances for
// every other whose tick is stopped, as long as it has nothing better to do.
//
//kernel:fn nohz_idle_balance kernel/sched/fair.c
func (s *Sched) nohzIdleBalance(x *cpu.Exec, this *RQ, idle idleType) {
	if this.lb.flags.ReadOnce(x)&nohzBalanceKick == 0 {
		return
	}
	if idle == cpuIdle {
		for c := s.nohz.idle.Read(x).Next(0); c >= 0; c = s.nohz.idle.Peek().Next(c + 1) {
			if c == this.CPU || !s.idleCPU(x, c) {
				continue
			}
			if s.needResched(x) {
				break
			}
			rq := &s.rqs[c]
			if s.m.Jiffies.ReadOnce(x) >= rq.lb.next {
				s.updateBlocked(x, rq) // update_rq_clock and update_idle_cpu_load
				s.rebalanceDomains(x, rq, cpuIdle)
			}
			if this.lb.next > rq.lb.next {
				this.lb.next = rq.lb.next
			}
		}
		s.nohz.next = this.lb.next
	}
	this.lb.flags.Update(x, clearKick)
}

// setNextBalance is the end of rebalance_domains().
func (s *Sched) setNextBalance(x *cpu.Exec, rq *RQ, next uint64, idle idleType) {
	rq.lb.next = next
	if idle == cpuIdle && s.nohz.next > next {
		s.nohz.next = next
	}
}
