package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Real-time tasks of a CPU may use rtRuntime of each rtPeriod, and what other
// CPUs do not use of theirs; who used it up is throttled until the period's
// timer has paid it back (docs/kernel/sched-irq-printk.md §1.15).
const (
	rtPeriod  = sim.Second
	rtRuntime = 950 * sim.Millisecond
)

var (
	rtRuntimeLockKey   = lockdep.Key{Name: "&rt_rq->rt_runtime_lock"}
	rtBandwidthLockKey = lockdep.Key{Name: "&(&rt_b->rt_runtime_lock)->rlock"}
	pushLockKey        = lockdep.Key{Name: "&rt_rq->push_lock"}
)

// RTPeriodTimer is rt_period_timer as the scheduler sees it, which is below
// the timers: an hrtimer that expires at multiples of a period.
type RTPeriodTimer interface {
	// Start arms it for the end of the present period.
	Start(x *cpu.Exec, period sim.Time)
	// Forward moves a timer that has expired on to the end of the present
	// period and returns by how many periods, 0 if it is there already.
	Forward(x *cpu.Exec, period sim.Time) uint64
}

// rtBandwidth is def_rt_bandwidth.
type rtBandwidth struct {
	lock   lock.Raw // rt_runtime_lock
	timer  RTPeriodTimer
	active bool
	said   cpu.Var[bool] // the message is printed once
}

// ThrottleRT switches the throttling on: without a timer nobody would ever be
// let go again. It comes before the machine runs; timer calls [Sched.RTPeriod].
func (s *Sched) ThrottleRT(timer RTPeriodTimer) {
	b := &s.bandwidth
	b.timer = timer
	b.lock.Init(s.m, "def_rt_bandwidth.rt_runtime_lock", &rtBandwidthLockKey)
	b.said.Init(s.m, "rt_throttling_said", false)
}

// startRTBandwidth is start_rt_bandwidth(): somebody was queued, so the period
// has to end.
//
//kernel:fn start_rt_bandwidth kernel/sched/rt.c
func (s *Sched) startRTBandwidth(x *cpu.Exec) {
	b := &s.bandwidth
	if b.timer == nil {
		return
	}
	b.lock.Lock(x)
	if !b.active {
		b.active = true
		b.timer.Start(x, rtPeriod)
	}
	b.lock.Unlock(x)
}

// chargeRT is the end of update_curr_rt().
func (s *Sched) chargeRT(x *cpu.Exec, rq *RQ, d sim.Time) {
	if s.bandwidth.timer == nil {
		return
	}
	r := &rq.rt
	r.runtimeLock.Lock(x)
	r.time += d
	if s.runtimeExceeded(x, rq) {
		s.reschedCurr(x, rq)
	}
	r.runtimeLock.Unlock(x)
}

// runtimeExceeded is sched_rt_runtime_exceeded(): rq->lock and the queue's
// rt_runtime_lock are held. The message cannot be printed here, only stored.
//
//kernel:fn sched_rt_runtime_exceeded kernel/sched/rt.c
func (s *Sched) runtimeExceeded(x *cpu.Exec, rq *RQ) bool {
	r := &rq.rt
	rq.Lock.AssertHeld(x)
	r.runtimeLock.AssertHeld(x)
	if r.throttled {
		return true
	}
	if r.runtime >= rtPeriod {
		return false
	}
	s.balanceRuntime(x, r)
	if r.time <= r.runtime {
		return false
	}
	r.throttled = true
	if !s.bandwidth.said.ReadOnce(x) {
		s.bandwidth.said.WriteOnce(x, true)
		s.m.Hooks.PrintkDeferred(x, cpu.LevelWarning, "sched: RT throttling activated")
	}
	s.rtClass.dequeueTop(x, rq)
	return true
}

// balanceRuntime is balance_runtime(): borrow, without the own lock.
//
//kernel:fn balance_runtime kernel/sched/rt.c
func (s *Sched) balanceRuntime(x *cpu.Exec, r *rtRQ) {
	if !s.feat.has(RTRuntimeShare) || r.time <= r.runtime {
		return
	}
	r.runtimeLock.Unlock(x)
	s.borrowRuntime(x, r)
	r.runtimeLock.Lock(x)
}

// borrowRuntime is do_balance_runtime(): from each other CPU its share of what
// that one does not use, until the whole period is allowed. That the own
// runtime may be written without the own lock is due to rt_b's, which all who
// borrow hold.
//
//kernel:fn do_balance_runtime kernel/sched/rt.c
func (s *Sched) borrowRuntime(x *cpu.Exec, r *rtRQ) {
	s.bandwidth.lock.Lock(x)
	for i := range s.rqs {
		from := &s.rqs[i].rt
		if from == r {
			continue
		}
		from.runtimeLock.Lock(x)
		if spare := from.runtime - from.time; spare > 0 {
			spare = min(spare/sim.Time(len(s.rqs)), rtPeriod-r.runtime)
			from.runtime -= spare
			r.runtime += spare
		}
		from.runtimeLock.Unlock(x)
		if r.runtime == rtPeriod {
			break
		}
	}
	s.bandwidth.lock.Unlock(x)
}

// RTPeriod is sched_rt_period_timer(), the timer's function: hardirq,
// interrupts off. It reports whether the timer goes on.
//
//kernel:fn sched_rt_period_timer kernel/sched/rt.c
func (s *Sched) RTPeriod(x *cpu.Exec) bool {
	b := &s.bandwidth
	idle := false
	b.lock.Lock(x)
	for {
		n := b.timer.Forward(x, rtPeriod)
		if n == 0 {
			break
		}
		b.lock.Unlock(x)
		idle = s.endRTPeriods(x, sim.Time(n))
		b.lock.Lock(x)
	}
	if idle {
		b.active = false
	}
	b.lock.Unlock(x)
	return !idle
}

// endRTPeriods is do_sched_rt_period_timer(): every CPU gets back what n
// periods allow it. It reports whether no CPU used anything.
//
//kernel:fn do_sched_rt_period_timer kernel/sched/rt.c
func (s *Sched) endRTPeriods(x *cpu.Exec, n sim.Time) bool {
	idle := true
	for i := range s.rqs {
		rq := &s.rqs[i]
		r := &rq.rt
		rq.Lock.Lock(x)
		enqueue := false
		if r.time > 0 {
			r.runtimeLock.Lock(x)
			if r.throttled {
				s.balanceRuntime(x, r)
			}
			r.time -= min(r.time, n*r.runtime)
			if r.throttled && r.time < r.runtime {
				r.throttled, enqueue = false, true
				if r.nr > 0 && rq.Curr.Peek() == rq.idle {
					rq.skipClock &^= clockSkipRequested // the clock has stood still
				}
			}
			idle = idle && r.time == 0 && r.nr == 0
			r.runtimeLock.Unlock(x)
		} else if r.nr > 0 {
			idle = false
			enqueue = !r.throttled
		}
		if enqueue && r.nr > 0 { // sched_rt_rq_enqueue
			s.rtClass.enqueueTop(x, rq)
			s.reschedCurr(x, rq)
		}
		rq.Lock.Unlock(x)
	}
	return idle
}
