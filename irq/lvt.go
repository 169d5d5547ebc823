package irq

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// TimerMode is how a local APIC's timer counts.
type TimerMode uint8

// Modes of the local timer (docs/kernel/sched-irq-printk.md §2.1).
const (
	OneShot     TimerMode = iota // the count runs down once
	Periodic                     // ... and is loaded again
	TSCDeadline                  // fires when the time stamp counter reaches a value
)

// String returns the mode's name as the manuals have it.
func (m TimerMode) String() string { return [...]string{"one-shot", "periodic", "TSC-deadline"}[m] }

// lvtTimer is the timer's entry of the local vector table and its counters.
// The clock divider is folded in: a count is a time in nanoseconds.
type lvtTimer struct {
	mode    TimerMode
	masked  bool
	initial sim.Time // the count that was written; of a periodic timer its period
	due     sim.Time // when it comes to zero, or the deadline; 0: it stands
	lost    uint64   // expiries while masked
}

// TimerView is the local timer as views show it.
type TimerView struct {
	Mode   TimerMode // how it counts
	Masked bool      // its interrupt is masked
	Period sim.Time  // the initial count in nanoseconds, 0 for a deadline
	Due    sim.Time  // when it expires next, 0 if it does not
	Armed  bool      // an expiry is on its way, whoever programmed it
}

func (l *lvtTimer) view(a *apic) TimerView {
	return TimerView{Mode: l.mode, Masked: l.masked, Period: l.initial, Due: l.due, Armed: a.timer.Pending()}
}

// Arguments of the timer's events.
const (
	fromTick uint64 = iota // armed by programTimer
	fromLVT                // armed by a register
)

// SetTimer writes the timer's entry of x's CPU's local vector table: its mode
// and its mask. Changing between counts and deadlines stops it.
//
//kernel:fn __setup_APIC_LVTT arch/x86/kernel/apic/apic.c
func (ic *Controller) SetTimer(x *cpu.Exec, mode TimerMode, masked bool) {
	a := &ic.apics[x.CPU().ID]
	x.Op(cpu.KindDevice, &a.obj, sim.AccessWrite, ic.m.Costs.EOI)
	if (mode == TSCDeadline) != (a.lvt.mode == TSCDeadline) {
		ic.stopTimer(a)
	}
	a.lvt.mode, a.lvt.masked = mode, masked
}

// WriteTimerCount writes the initial count, in nanoseconds: the timer counts
// down from it, once or for ever. 0 stops it; in TSC-deadline mode the
// register is ignored.
//
//kernel:fn lapic_next_event arch/x86/kernel/apic/apic.c
func (ic *Controller) WriteTimerCount(x *cpu.Exec, count sim.Time) {
	a := &ic.apics[x.CPU().ID]
	x.Op(cpu.KindDevice, &a.obj, sim.AccessWrite, ic.m.Costs.EOI)
	if a.lvt.mode == TSCDeadline {
		return
	}
	ic.stopTimer(a)
	a.lvt.initial = count
	if count > 0 {
		ic.armTimer(a, x.Now()+count)
	}
}

// WriteTSCDeadline writes IA32_TSC_DEADLINE, in virtual time: a deadline that
// has passed fires at once, 0 disarms. Outside TSC-deadline mode the register
// is ignored.
//
//kernel:fn lapic_next_deadline arch/x86/kernel/apic/apic.c
func (ic *Controller) WriteTSCDeadline(x *cpu.Exec, at sim.Time) {
	a := &ic.apics[x.CPU().ID]
	x.Op(cpu.KindDevice, &a.obj, sim.AccessWrite, ic.m.Costs.EOI)
	if a.lvt.mode != TSCDeadline {
		return
	}
	ic.stopTimer(a)
	if at > 0 {
		ic.armTimer(a, max(at, x.Now()))
	}
}

func (ic *Controller) stopTimer(a *apic) {
	ic.m.E.Cancel(a.timer)
	a.lvt.initial, a.lvt.due = 0, 0
}

// armTimer queues the expiry: late by a little, never early.
func (ic *Controller) armTimer(a *apic, at sim.Time) {
	a.lvt.due = at
	ic.m.E.At(a.timer, at+a.late.Between(50, 350), fromLVT)
}

// timerFires is an expiry. A periodic timer loads its count at the instant it
// ran out, so what one interrupt is late does not add up.
func (ic *Controller) timerFires(a *apic, arg uint64) {
	if arg == fromTick {
		a.accept(LocalTimer)
		return
	}
	l := &a.lvt
	next := l.due + l.initial
	l.due = 0
	if l.mode == Periodic && l.initial > 0 {
		ic.armTimer(a, next)
	}
	if l.masked {
		l.lost++
		return
	}
	a.accept(LocalTimer)
}
