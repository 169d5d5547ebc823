package timer

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// What the event device can be programmed for, from now.
const (
	minDelta = sim.Microsecond
	maxDelta = 30 * sim.Second
)

// program is tick_program_event(): interrupt this CPU at a time of
// CLOCK_MONOTONIC. One that has passed is refused, or, if forced, becomes the
// shortest that the device can do. It reports whether it was programmed.
//
//kernel:fn clockevents_program_event kernel/time/clockevents.c
func (h *HRTimers) program(x *cpu.Exec, b *hrBase, at sim.Time, force bool) bool {
	b.event = at
	if at == sim.Forever {
		if !b.stopped {
			b.stopped = true
			h.setEvent(x, 0)
		}
		return true
	}
	b.stopped = false
	delta := at - h.tk.Get(x)
	if delta <= 0 && !force {
		return false
	}
	h.setEvent(x, x.Now()+min(max(delta, minDelta), maxDelta))
	return true
}

// reprogram is hrtimer_reprogram(): a timer has become the first of its clock.
// The hardware of another CPU cannot be programmed; the interrupt handler does
// it itself when it is done; and a CPU that hangs in timers is left alone.
//
//kernel:fn hrtimer_reprogram kernel/time/hrtimer.c
func (h *HRTimers) reprogram(x *cpu.Exec, b *hrBase, tm *HRTimer) {
	if b != h.this(x) || b.inIRQ {
		return
	}
	at := max(tm.hard-b.queues[tm.clock].offset, 0)
	if at >= b.expiresNext {
		return
	}
	b.nextTimer = tm
	if b.hang {
		return
	}
	b.expiresNext = at
	h.program(x, b, at, true)
}

// forceReprogram is hrtimer_force_reprogram(): look anew for what comes first.
//
//kernel:fn hrtimer_force_reprogram kernel/time/hrtimer.c
func (h *HRTimers) forceReprogram(x *cpu.Exec, b *hrBase, skipEqual bool) {
	at := b.nextEvent()
	if skipEqual && at == b.expiresNext {
		return
	}
	b.expiresNext = at
	if b.hang {
		return
	}
	h.program(x, b, at, true)
}

// updateBase is hrtimer_update_base(): the offsets as they are now.
//
//kernel:fn hrtimer_update_base kernel/time/hrtimer.c
func (h *HRTimers) updateBase(x *cpu.Exec, b *hrBase) sim.Time {
	now, real := h.tk.updateOffsets(x)
	b.queues[Realtime].offset = real
	return now
}

// OnEachCPU sets what calls a function on every CPU and waits for all, for
// when CLOCK_REALTIME is set; without it only this CPU's timers learn of it.
func (h *HRTimers) OnEachCPU(fn func(x *cpu.Exec, fn func(x *cpu.Exec))) { h.onEach = fn }

// clockWasSet is clock_was_set(): every CPU programs its hardware anew.
//
//kernel:fn clock_was_set kernel/time/hrtimer.c
func (h *HRTimers) clockWasSet(x *cpu.Exec) { h.onEach(x, h.retrigger) }

// retrigger is retrigger_next_event(), with interrupts off.
//
//kernel:fn retrigger_next_event kernel/time/hrtimer.c
func (h *HRTimers) retrigger(x *cpu.Exec) {
	f := cpu.LocalIrqSave(x)
	b := h.this(x)
	b.lock.Lock(x)
	h.updateBase(x, b)
	h.forceReprogram(x, b, false)
	b.lock.UnlockIrqrestore(x, f)
}
