package timer

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// initHres is hrtimer_init_hres(), before a CPU comes up: its device is
// programmed for nothing.
//
//kernel:fn hrtimer_init_hres kernel/time/hrtimer.c
func (b *hrBase) initHres() {
	b.expiresNext, b.event, b.stopped, b.hang = sim.Forever, sim.Forever, true, false
}

// MigrateFrom is migrate_hrtimers(): all timers of a CPU that is dead but its
// tick come to x's CPU, which then looks at once what has expired meanwhile and
// programs its device for the rest.
//
//kernel:fn migrate_hrtimers kernel/time/hrtimer.c
func (h *HRTimers) MigrateFrom(x *cpu.Exec, dead int) {
	from := &h.bases[dead]
	h.Cancel(x, &from.tick.timer) // tick_cancel_sched_timer()
	cpu.LocalIrqDisable(x)
	from.tick = tickSched{}
	to := h.this(x)
	to.lock.Lock(x)
	from.lock.LockNested(x, 1)
	if from.running != nil {
		cpu.Bug(x, "kernel/time/hrtimer.c", "a dead CPU runs an hrtimer")
	}
	for i := range from.queues {
		for tm := from.queues[i].first(); tm != nil; tm = from.queues[i].first() {
			h.dequeue(x, from, tm)
			tm.writeBase(x, to)
			h.enqueue(x, to, tm)
		}
	}
	from.lock.Unlock(x)
	to.lock.Unlock(x)
	h.Interrupt(x)
	cpu.LocalIrqEnable(x)
}
