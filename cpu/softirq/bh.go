package softirq

import "lockstep/cpu"

// LocalBHDisable is local_bh_disable().
//
//kernel:fn local_bh_disable kernel/softirq.c
func (q *Softirq) LocalBHDisable(x *cpu.Exec) {
	if !cpu.IrqsDisabled(x) {
		x.Local(cpu.KindPreempt, q.m.Costs.Preempt)
	}
	outermost := !x.CPU().InSoftirq()
	x.CPU().AddCount(cpu.SoftirqDisableOffset)
	if ld := q.m.Lockdep; ld != nil && outermost {
		ld.SoftirqsOff(x.LD)
	}
}

// LocalBHEnable is local_bh_enable(): one preempt level is kept until the
// pending softirqs have run.
//
//kernel:fn __local_bh_enable_ip kernel/softirq.c
func (q *Softirq) LocalBHEnable(x *cpu.Exec) {
	c := x.CPU()
	cpu.WarnOnce(x, c.InIrq() || c.IrqsDisabled(), "kernel/softirq.c", "bottom halves enabled in hardirq or with interrupts off")
	cpu.LocalIrqDisable(x)
	if x.CPU().Count()&cpu.SoftirqMask == cpu.SoftirqDisableOffset {
		if ld := q.m.Lockdep; ld != nil {
			ld.SoftirqsOn(x.LD)
		}
	}
	x.CPU().SubCount(cpu.SoftirqDisableOffset - cpu.PreemptOffset)
	if !x.CPU().InInterrupt() && *q.pending.This(x) != 0 {
		q.DoSoftirq(x)
	}
	x.CPU().SubCount(cpu.PreemptOffset)
	cpu.LocalIrqEnable(x)
	cpu.PreemptCheckResched(x)
}
