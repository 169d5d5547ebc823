package timer

import (
	"slices"

	"lockstep/cpu"
	"lockstep/sim"
)

// hrQueue is hrtimer_clock_base: the timers of one clock in the order they
// expire, those of one expiry in the order they were queued. The kernel's is a
// tree; who is first, and who is next, is the same.
type hrQueue struct {
	timers []*HRTimer
	offset sim.Time // the clock is ahead of CLOCK_MONOTONIC
	orders uint64
}

func hrBefore(a, b *HRTimer) int {
	switch {
	case a.hard < b.hard || a.hard == b.hard && a.order < b.order:
		return -1
	case a == b:
		return 0
	}
	return 1
}

// add is timerqueue_add(). It reports whether tm is the first now.
//
//kernel:fn timerqueue_add lib/timerqueue.c
func (q *hrQueue) add(tm *HRTimer) bool {
	q.orders++
	tm.order = q.orders
	i, _ := slices.BinarySearchFunc(q.timers, tm, hrBefore)
	q.timers = slices.Insert(q.timers, i, tm)
	return i == 0
}

// del is timerqueue_del().
//
//kernel:fn timerqueue_del lib/timerqueue.c
func (q *hrQueue) del(tm *HRTimer) {
	i, ok := slices.BinarySearchFunc(q.timers, tm, hrBefore)
	if !ok {
		panic("timer: an hrtimer is not in its queue")
	}
	q.timers = slices.Delete(q.timers, i, i+1)
}

// first returns the timer that expires first, nil if there is none.
func (q *hrQueue) first() *HRTimer {
	if len(q.timers) == 0 {
		return nil
	}
	return q.timers[0]
}

// enqueue is enqueue_hrtimer(); the base's lock is held. It reports whether
// the timer is the first of its clock now.
//
//kernel:fn enqueue_hrtimer kernel/time/hrtimer.c
func (h *HRTimers) enqueue(x *cpu.Exec, b *hrBase, tm *HRTimer) bool {
	b.lock.AssertHeld(x)
	tm.queued = true
	if !tm.quiet {
		h.pending++
	}
	return b.queues[tm.clock].add(tm)
}

// dequeue takes the timer off its queue and leaves its state alone.
func (h *HRTimers) dequeue(x *cpu.Exec, b *hrBase, tm *HRTimer) {
	b.lock.AssertHeld(x)
	b.queues[tm.clock].del(tm)
	if !tm.quiet {
		h.pending--
	}
}

// nextEvent is __hrtimer_get_next_event(): when the hardware is to interrupt,
// on CLOCK_MONOTONIC, and it notes for which timer.
//
//kernel:fn __hrtimer_get_next_event kernel/time/hrtimer.c
func (b *hrBase) nextEvent() sim.Time {
	least := sim.Forever
	b.nextTimer = nil
	for i := range b.queues {
		tm := b.queues[i].first()
		if tm == nil {
			continue
		}
		if at := tm.hard - b.queues[i].offset; at < least {
			least, b.nextTimer = at, tm
		}
	}
	return max(least, 0) // an offset may have put it before the beginning
}
