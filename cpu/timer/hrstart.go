package timer

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// startCost is what starting costs besides the lock, of the 150 ns of
// docs/kernel/sched-irq-printk.md §9.
const startCost sim.Time = 100

// Start is hrtimer_start(): without a range.
//
//kernel:fn hrtimer_start include/linux/hrtimer.h
func (h *HRTimers) Start(x *cpu.Exec, tm *HRTimer, at sim.Time, mode Mode) {
	h.StartRange(x, tm, at, 0, mode)
}

// StartRange is hrtimer_start_range_ns(): (re)start the timer, to run between
// at and slack behind it. Where it comes to is switch_hrtimer_base()'s matter, unless
// its function runs: who cancels it must find it there.
//
//kernel:fn hrtimer_start_range_ns kernel/time/hrtimer.c
func (h *HRTimers) StartRange(x *cpu.Exec, tm *HRTimer, at, slack sim.Time, mode Mode) {
	b, f := h.lockBase(x, tm)
	x.Spend(startCost)
	h.remove(x, b, tm, true)
	if mode == Rel || mode == RelPinned {
		at += h.now(x, tm.clock)
	}
	tm.soft, tm.hard = at, min(at+slack, sim.Forever)
	b = h.switchBase(x, b, tm, mode == AbsPinned || mode == RelPinned)
	if h.enqueue(x, b, tm) {
		h.reprogram(x, b, tm)
	}
	b.lock.UnlockIrqrestore(x, f)
}

// switchBase is switch_hrtimer_base(): the timer comes to this CPU, or, where
// CPUs stop their ticks and this one is idle, to one that is awake, if that
// does not have to be programmed for it. It lets go of the one lock before it
// takes the other, and whoever looks for the timer in between spins.
//
//kernel:fn switch_hrtimer_base kernel/time/hrtimer.c
func (h *HRTimers) switchBase(x *cpu.Exec, b *hrBase, tm *HRTimer, pinned bool) *hrBase {
	this := h.this(x)
	to := &h.bases[h.t.target(x, pinned)]
	for {
		if to == b {
			if to == this || !to.tooEarly(tm) {
				return b
			}
			to = this
			continue
		}
		if b.running == tm {
			return b
		}
		tm.writeBase(x, nil)
		b.lock.Unlock(x)
		to.lock.Lock(x)
		if to == this || !to.tooEarly(tm) {
			tm.writeBase(x, to)
			return to
		}
		to.lock.Unlock(x)
		b.lock.Lock(x)
		to = this
		tm.writeBase(x, b)
	}
}

// tooEarly is hrtimer_check_target(): the timer would expire before what b's
// CPU has programmed, which only that CPU can change.
//
//kernel:fn hrtimer_check_target kernel/time/hrtimer.c
func (b *hrBase) tooEarly(tm *HRTimer) bool {
	return tm.hard-b.queues[tm.clock].offset <= b.expiresNext
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
	h.dequeue(x, b, tm)
	tm.queued = restart
	if b == h.this(x) && b.nextTimer == tm {
		h.forceReprogram(x, b, true)
	}
	return true
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
