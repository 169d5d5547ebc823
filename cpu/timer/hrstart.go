package timer

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// What starting and cancelling cost besides their locks, of the 150 and 120 ns
// of docs/kernel/sched-irq-printk.md §9.
const (
	startCost  sim.Time = 100
	cancelCost sim.Time = 80
)

// Start is hrtimer_start(): without a range.
//
//kernel:fn hrtimer_start include/linux/hrtimer.h
func (h *HRTimers) Start(x *cpu.Exec, tm *HRTimer, at sim.Time, mode Mode) {
	h.StartRange(x, tm, at, 0, mode)
}

// StartRange is hrtimer_start_range_ns(): (re)start the timer, to run between
// at and slack behind it. It comes to this CPU, unless its function runs: who
// cancels it must find it there.
//
//kernel:fn hrtimer_start_range_ns kernel/time/hrtimer.c
func (h *HRTimers) StartRange(x *cpu.Exec, tm *HRTimer, at, slack sim.Time, mode Mode) {
	b, f := h.lockBase(x, tm)
	x.Spend(startCost)
	h.remove(x, b, tm, true)
	if mode == Rel {
		at += h.now(x, tm.clock)
	}
	tm.soft, tm.hard = at, min(at+slack, sim.Forever)
	b = h.switchBase(x, b, tm)
	if h.enqueue(b, tm) {
		h.reprogram(x, b, tm)
	}
	b.lock.UnlockIrqrestore(x, f)
}

// switchBase is switch_hrtimer_base() without NO_HZ, where the target is this
// CPU: it lets go of the one lock before it takes the other, and whoever looks
// for the timer in between spins.
//
//kernel:fn switch_hrtimer_base kernel/time/hrtimer.c
func (h *HRTimers) switchBase(x *cpu.Exec, b *hrBase, tm *HRTimer) *hrBase {
	to := h.this(x)
	if to == b || b.running == tm {
		return b
	}
	tm.writeBase(x, nil)
	b.lock.Unlock(x)
	to.lock.Lock(x)
	tm.writeBase(x, to)
	return to
}

// remove is remove_hrtimer(); the base's lock is held. A timer that is being
// restarted stays ENQUEUED for who looks without the lock. It reports whether
// the timer was queued.
//
//kernel:fn remove_hrtimer kernel/time/hrtimer.c
func (h *HRTimers) remove(x *cpu.Exec, b *hrBase, tm *HRTimer, restart bool) bool {
	if !tm.queued {
		return false
	}
	h.dequeue(b, tm)
	tm.queued = restart
	if b == h.this(x) && b.nextTimer == tm {
		h.forceReprogram(x, b, true)
	}
	return true
}

// active is hrtimer_active(): queued, or its function runs. It looks without
// the lock, at a moment when seq stands still, so that a timer cannot pass
// from queued to running behind its back.
//
//kernel:fn hrtimer_active kernel/time/hrtimer.c
func (h *HRTimers) active(x *cpu.Exec, tm *HRTimer) bool {
	for {
		b := tm.readBase(x)
		if b == nil { // migration_base: nothing runs there
			x.Delay(h.m.Costs.LineMiss)
			continue
		}
		seq := b.seq.ReadOnce(x)
		if seq&1 != 0 {
			x.Delay(h.m.Costs.LineMiss)
			continue
		}
		if tm.queued || b.running == tm {
			return true
		}
		if b.seq.ReadOnce(x) == seq && tm.readBase(x) == b {
			return false
		}
	}
}

// Active is hrtimer_active().
//
//kernel:fn hrtimer_active kernel/time/hrtimer.c
func (h *HRTimers) Active(x *cpu.Exec, tm *HRTimer) bool { return h.active(x, tm) }

// TryToCancel is hrtimer_try_to_cancel(): 0 if the timer was not active, 1 if
// it was and is not any more, -1 if its function runs.
//
//kernel:fn hrtimer_try_to_cancel kernel/time/hrtimer.c
func (h *HRTimers) TryToCancel(x *cpu.Exec, tm *HRTimer) int {
	if !h.active(x, tm) {
		return 0
	}
	b, f := h.lockBase(x, tm)
	x.Spend(cancelCost)
	ret := -1
	if b.running != tm {
		ret = 0
		if h.remove(x, b, tm, false) {
			ret = 1
		}
	}
	b.lock.UnlockIrqrestore(x, f)
	return ret
}

// Cancel is hrtimer_cancel(): behind it the timer is not active and its
// function does not run on any CPU. From inside that function it never
// returns. It reports whether the timer was active.
//
//kernel:fn hrtimer_cancel kernel/time/hrtimer.c
func (h *HRTimers) Cancel(x *cpu.Exec, tm *HRTimer) bool {
	for {
		if ret := h.TryToCancel(x, tm); ret >= 0 {
			return ret == 1
		}
		x.Delay(h.m.Costs.LineMiss) // cpu_relax
	}
}

// Forward is hrtimer_forward(): move the expiry of a timer on by whole
// intervals until it is behind now. It returns by how many, 0 for a timer that
// is queued, whose place depends on it: a function that forwards its timer
// sees to it that nobody starts it meanwhile.
//
//kernel:fn hrtimer_forward kernel/time/hrtimer.c
func (tm *HRTimer) Forward(x *cpu.Exec, now, interval sim.Time) uint64 {
	delta := now - tm.soft
	if delta < 0 || cpu.WarnOnce(x, tm.queued, "kernel/time/hrtimer.c", "a queued hrtimer is forwarded") {
		return 0
	}
	n := delta/interval + 1
	tm.soft += n * interval
	tm.hard += n * interval
	return uint64(n)
}
