package watchdog

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/sim"
)

// pmiCost is what the interrupt of a performance counter takes until it has
// found whose counter overflowed (docs/kernel/sched-irq-printk.md §9).
const pmiCost = 3 * sim.Microsecond

// Counter is a counter of cycles on each CPU, on which the hard lockup detector
// stands.
type Counter interface {
	// StartCycles starts the counter of x's CPU: from then on it overflows
	// after each such time that the CPU was not halted, into [Watchdog.Overflow].
	StartCycles(x *cpu.Exec, period sim.Time)
	// StopCycles stops it.
	StopCycles(x *cpu.Exec)
}

// enableNMI is watchdog_nmi_enable(): a counter of cycles, whose period is the
// threshold at the CPU's nominal frequency. What it says CPU 0 says each time
// that it comes up.
//
//kernel:fn watchdog_nmi_enable kernel/watchdog.c
func (w *Watchdog) enableNMI(x *cpu.Exec) {
	if !w.cfg.Hard {
		return
	}
	w.counter.StartCycles(x, w.cfg.Thresh)
	if x.CPU().ID == 0 {
		w.m.Hooks.Printk(x, cpu.LevelInfo, prefix+"enabled on all CPUs, permanently consumes one hw-PMU counter.", 0)
	}
}

// disableNMI is watchdog_nmi_disable(): the counter is given back.
//
//kernel:fn watchdog_nmi_disable kernel/watchdog.c
func (w *Watchdog) disableNMI(x *cpu.Exec) {
	if w.cfg.Hard {
		w.counter.StopCycles(x)
	}
}

// Overflow is watchdog_overflow_callback(), in an NMI on the stack of whatever
// it interrupted, also of a CPU that spins with interrupts off. It reports a
// lockup once, and from there prints, though whoever it interrupted may hold
// the log's locks.
//
//kernel:fn watchdog_overflow_callback kernel/watchdog.c
func (w *Watchdog) Overflow(x *cpu.Exec) {
	x.Spend(pmiCost)
	st := w.cpu.This(x)
	switch {
	case st.nmiTouch:
		st.nmiTouch = false
	case !st.isHardlockup():
		st.hardWarn = false
	case !st.hardWarn:
		w.report(x, "hard-lockup", fmt.Sprintf("Watchdog detected hard LOCKUP on cpu %d", x.CPU().ID))
		st.hardWarn = true
	}
}

// isHardlockup is is_hardlockup(): no timer interrupt since the last look.
//
//kernel:fn is_hardlockup kernel/watchdog.c
func (st *state) isHardlockup() bool {
	if st.saved == st.interrupts {
		return true
	}
	st.saved = st.interrupts
	return false
}
