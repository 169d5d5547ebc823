package sched

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// OnBalance fills in who raises SCHED_SOFTIRQ, whose action is
// [Sched.RunRebalance]; without it nobody balances periodically.
func (s *Sched) OnBalance(raise func(x *cpu.Exec)) { s.raiseBalance = raise }

// triggerLoadBalance is trigger_load_balance(), at the end of the tick: in
// hardirq, with interrupts off. All it does on a CPU whose time has not come
// is to compare jiffies.
//
//kernel:fn trigger_load_balance kernel/sched/fair.c
func (s *Sched) triggerLoadBalance(x *cpu.Exec, rq *RQ) {
	if rq.lb.sd == nil || s.raiseBalance == nil {
		return
	}
	now := s.m.Jiffies.ReadOnce(x)
	if now >= rq.lb.next {
		s.raiseBalance(x)
	}
	if s.nohzKickNeeded(x, rq, now) {
		s.nohzBalancerKick(x)
	}
}

// RunRebalance is run_rebalance_domains(), the action of SCHED_SOFTIRQ.
//
//kernel:fn run_rebalance_domains kernel/sched/fair.c
func (s *Sched) RunRebalance(x *cpu.Exec) {
	rq := s.ThisRQ(x)
	idle := notIdle
	if rq.lb.idle {
		idle = cpuIdle
	}
	s.nohzIdleBalance(x, rq, idle)
	s.rebalanceDomains(x, rq, idle)
}

// rebalanceDomains is rebalance_domains(): those of rq's domains whose time
// has come, narrowest first. rq is another CPU's if that one's tick is stopped.
//
//kernel:fn rebalance_domains kernel/sched/fair.c
func (s *Sched) rebalanceDomains(x *cpu.Exec, rq *RQ, idle idleType) {
	hz := uint64(s.m.HZ)
	next := s.m.Jiffies.ReadOnce(x) + 60*hz
	goOn, decayed, changed := true, false, false
	var cost sim.Time
	s.updateBlocked(x, rq)
	s.m.Hooks.ReadLock(x)
	for sd := rq.lb.sd; sd != nil; sd = sd.parent {
		st := rq.state(sd)
		if now := s.m.Jiffies.ReadOnce(x); now > st.decay {
			st.maxCost = st.maxCost * 253 / 256
			st.decay = now + hz
			decayed = true
		}
		cost += st.maxCost
		if !goOn {
			if decayed {
				continue
			}
			break
		}
		interval := s.interval(x, sd, st, idle != cpuIdle)
		serialized := sd.level.serialize
		if !serialized || !s.balancing.CmpXchg(x, false, true) {
			if s.m.Jiffies.ReadOnce(x) >= st.last+interval {
				var moved int
				if moved, goOn = s.loadBalance(x, rq, sd, idle); moved > 0 {
					// What came is work, unless others took it already.
					if idle = notIdle; s.idleCPU(x, rq.CPU) {
						idle = cpuIdle
					}
				}
				st.last = s.m.Jiffies.ReadOnce(x)
				interval = s.interval(x, sd, st, idle != cpuIdle)
			}
			if serialized {
				s.balancing.WriteOnce(x, false)
			}
		}
		if next > st.last+interval {
			next, changed = st.last+interval, true
		}
	}
	if decayed {
		rq.lb.maxCost = max(migrationCost, cost)
	}
	s.m.Hooks.ReadUnlock(x)
	if changed {
		s.setNextBalance(x, rq, next, idle)
	}
}

// updateBlocked is update_blocked_averages(): of it only the clock is left,
// and the lock.
//
//kernel:fn update_blocked_averages kernel/sched/fair.c
func (s *Sched) updateBlocked(x *cpu.Exec, rq *RQ) {
	f := rq.Lock.LockIrqsave(x)
	rq.updateClock(x)
	rq.Lock.UnlockIrqrestore(x, f)
}

// interval is get_sd_balance_interval() in jiffies: a busy CPU has better
// things to do.
//
//kernel:fn get_sd_balance_interval kernel/sched/fair.c
func (s *Sched) interval(x *cpu.Exec, sd *domain, st *domainState, busy bool) uint64 {
	ms := st.interval
	if busy {
		ms *= busyFactor
	}
	hz := uint64(s.m.HZ)
	online := uint64(s.m.Online.Read(x).Weight())
	return min(max((ms*hz+999)/1000, 1), max(hz*online/10, 1))
}
