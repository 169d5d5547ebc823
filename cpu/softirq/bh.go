package softirq

import "lockstep/cpu"

// LocalBHDisable is local_bh_disable().
//
//kernel:fn local_bh_disable kernel/softirq.c
func (q *Softirq) LocalBHDisable(x *cpu.Exec) { q.bhDisable(x, cpu.SoftirqDisableOffset) }

// bhDisable is __local_bh_disable_ip(): a _bh lock adds its own level of
// preempt_count in the same addition.
//
//kernel:fn __local_bh_disable_ip kernel/softirq.c
func (q *Softirq) bhDisable(x *cpu.Exec, cnt uint32) {
	if !cpu.IrqsDisabled(x) {
		x.Local(cpu.KindPreempt, q.m.Costs.Preempt)
	}
	outermost := !x.CPU().InSoftirq()
	x.CPU().AddCount(cnt)
	if ld := q.m.Lockdep; ld != nil && outermost {
		ld.SoftirqsOff(x.LD)
	}
}

// bhEnableQuiet is _local_bh_enable(), with interrupts off: softirqs that are
// pending wait for whatever comes.
//
//kernel:fn _local_bh_enable kernel/softirq.c
func (q *Softirq) bhEnableQuiet(x *cpu.Exec) {
	if x.CPU().Count()&cpu.SoftirqMask == cpu.SoftirqDisableOffset {
		if ld := q.m.Lockdep; ld != nil {
			ld.SoftirqsOn(x.LD)
		}
	}
	x.CPU().SubCount(cpu.SoftirqDisableOffset)
}

// LocalBHEnable is local_bh_enable().
//
//kernel:fn local_bh_enable include/linux/bottom_half.h
func (q *Softirq) LocalBHEnable(x *cpu.Exec) { q.bhEnable(x, cpu.SoftirqDisableOffset) }

// bhEnable is __local_bh_enable_ip(): one preempt level is kept until the
// pending softirqs have run.
//
//kernel:fn __local_bh_enable_ip kernel/softirq.c
func (q *Softirq) bhEnable(x *cpu.Exec, cnt uint32) {
	c := x.CPU()
	cpu.WarnOnce(x, c.InIrq() || c.IrqsDisabled(), "kernel/softirq.c", "bottom halves enabled in hardirq or with interrupts off")
	cpu.LocalIrqDisable(x)
	if x.CPU().Count()&cpu.SoftirqMask == cpu.SoftirqDisableOffset {
		if ld := q.m.Lockdep; ld != nil {
			ld.SoftirqsOn(x.LD)
		}
	}
	x.CPU().SubCount(cnt - cpu.PreemptOffset)
	if !x.CPU().InInterrupt() && *q.pending.This(x) != 0 {
		q.DoSoftirq(x)
	}
	x.CPU().SubCount(cpu.PreemptOffset)
	cpu.LocalIrqEnable(x)
	cpu.PreemptCheckResched(x)
}
