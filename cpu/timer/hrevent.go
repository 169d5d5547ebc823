package timer

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/sim"
)

// maxHangDelay is the longest that the next interrupt of a CPU that hangs in
// its timers is put off.
const maxHangDelay = 100 * sim.Millisecond

// Interrupt is hrtimer_interrupt(), the event handler of the local timer, in
// hardirq context. If time has passed what is to be programmed next, it tries
// again; after three rounds it takes it that there is no end to it and puts
// the next interrupt off by as long as this one took.
//
//kernel:fn hrtimer_interrupt kernel/time/hrtimer.c
func (h *HRTimers) Interrupt(x *cpu.Exec) {
	b := h.this(x)
	b.events++
	b.lock.Lock(x)
	entry := h.updateBase(x, b)
	now := entry
	for range 3 {
		b.inIRQ = true
		b.expiresNext = sim.Forever // what it is programmed for is over
		h.runQueues(x, b, now)
		next := b.nextEvent()
		b.expiresNext = next
		b.inIRQ = false
		b.lock.Unlock(x)
		if h.program(x, b, next, false) {
			b.hang = false
			return
		}
		b.lock.Lock(x)
		now = h.updateBase(x, b)
		b.retries++
	}
	h.hangs(x, b, now-entry, now)
}

// hangs is the end of an interrupt that found no end: its lock is held.
//
//kernel:fn hrtimer_interrupt kernel/time/hrtimer.c
func (h *HRTimers) hangs(x *cpu.Exec, b *hrBase, took, now sim.Time) {
	b.hangs++
	b.hang = true
	b.lock.Unlock(x)
	b.maxHang = max(b.maxHang, took)
	h.program(x, b, now+min(took, maxHangDelay), true)
	x.RecordOp() // which CPU says it is a matter of the operations' order
	if !h.said {
		h.said = true
		h.m.Hooks.Printk(x, cpu.LevelWarning, fmt.Sprintf("hrtimer: interrupt took %d ns", took), 0)
	}
}

// runQueues is __hrtimer_run_queues(): clock by clock, who may run now. The
// queue is in order of the hard expiries, and it stops at the first timer that
// may not run yet, though one behind it might.
//
//kernel:fn __hrtimer_run_queues kernel/time/hrtimer.c
func (h *HRTimers) runQueues(x *cpu.Exec, b *hrBase, now sim.Time) {
	for i := range b.queues {
		q := &b.queues[i]
		for tm := q.first(); tm != nil && tm.soft <= now+q.offset; tm = q.first() {
			h.run(x, b, tm)
		}
	}
}

// run is __run_hrtimer(): the function runs in hardirq context without the
// base's lock, so that it may wake somebody, whose runqueue's lock others hold
// when they start a timer. The timer is the function's until it returns, and
// gone then unless it is to be restarted.
//
//kernel:fn __run_hrtimer kernel/time/hrtimer.c
func (h *HRTimers) run(x *cpu.Exec, b *hrBase, tm *HRTimer) {
	b.lock.AssertHeld(x)
	b.running = tm
	b.barrier(x)
	h.dequeue(x, b, tm)
	tm.queued = false
	var restart Restart
	if h.CallbacksLocked {
		restart = tm.fn(x, tm)
	} else {
		b.lock.Unlock(x)
		restart = tm.fn(x, tm)
		b.lock.Lock(x)
	}
	if restart == Restarts && !tm.queued {
		h.enqueue(x, b, tm)
	}
	b.barrier(x)
	cpu.WarnOnce(x, b.running != tm, "kernel/time/hrtimer.c", "another hrtimer is running")
	b.returned(x)
}

// barrier is raw_write_seqcount_barrier(): what was stored before it and what
// is stored behind it is not taken together by [HRTimers.active].
//
//kernel:fn raw_write_seqcount_barrier include/linux/seqlock.h
func (b *hrBase) barrier(x *cpu.Exec) {
	b.seq.WriteOnce(x, b.seq.Peek()+1)
	b.seq.WriteOnce(x, b.seq.Peek()+1)
}
