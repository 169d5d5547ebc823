package irq

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/sim"
)

// pmu is a CPU's performance monitoring unit, as far as the hard lockup
// detector uses it: one counter of unhalted cycles. At a constant frequency
// cycles are time, so it counts in nanoseconds.
type pmu struct {
	overflow *sim.Source
	period   sim.Time
	at       sim.Time // unhalted time at the next overflow
	status   bool     // the overflow is not acknowledged
}

// InitCycles makes a counter of cycles for every CPU, before the machine runs.
// An overflow interrupts as an NMI, in which fn is called.
func (ic *Controller) InitCycles(fn func(x *cpu.Exec)) {
	ic.pmus = make([]pmu, len(ic.apics))
	for i := range ic.pmus {
		p, c := &ic.pmus[i], ic.m.CPUs[i]
		p.overflow = ic.m.E.NewSource(fmt.Sprintf("cycles%d", i), func(uint64) { ic.counts(p, c) }).Unmaskable()
	}
	ic.OnNMI(func(x *cpu.Exec) bool {
		p := &ic.pmus[x.CPU().ID]
		if !p.status {
			return false
		}
		p.status = false
		fn(x)
		return true
	})
}

// StartCycles starts the counter of x's CPU: it overflows whenever the CPU has
// run for the given time more. Time in the halt instruction does not count.
//
//kernel:fn x86_pmu_enable_event arch/x86/kernel/cpu/perf_event.h
func (ic *Controller) StartCycles(x *cpu.Exec, period sim.Time) {
	a := &ic.apics[x.CPU().ID]
	x.Op(cpu.KindDevice, &a.obj, sim.AccessWrite, ic.m.Costs.EOI)
	p := &ic.pmus[x.CPU().ID]
	ic.m.E.Cancel(p.overflow)
	p.period, p.at = period, x.CPU().Unhalted(x.Now())+period
	ic.m.E.At(p.overflow, x.Now()+period, 0)
}

// StopCycles stops the counter of x's CPU. An overflow that came before has been
// served: its NMI is taken in front of the operation.
//
//kernel:fn x86_pmu_stop arch/x86/kernel/cpu/perf_event.c
func (ic *Controller) StopCycles(x *cpu.Exec) {
	a := &ic.apics[x.CPU().ID]
	x.Op(cpu.KindDevice, &a.obj, sim.AccessWrite, ic.m.Costs.EOI)
	ic.m.E.Cancel(ic.pmus[x.CPU().ID].overflow)
}

// counts is when the counter would overflow at the earliest. If its CPU was
// halted meanwhile it cannot have, and the next such moment is as much later
// as is left to count.
func (ic *Controller) counts(p *pmu, c *cpu.CPU) {
	now := ic.m.E.Now()
	left := p.at - c.Unhalted(now)
	if left <= 0 {
		left = p.period
		p.at += p.period
		p.status = true
		ic.RaiseNMI(c.ID)
	}
	ic.m.E.At(p.overflow, now+left, 0)
}
