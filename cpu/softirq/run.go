package softirq

import (
	"fmt"
	"math/bits"

	"lockstep/cpu"
	"lockstep/cpu/sched"
)

const (
	maxRestart = 10
	maxTimeMS  = 2
)

// invoke is invoke_softirq(): inline on the interrupt's stack. With
// force_irqthreads ksoftirqd is woken instead: by the interrupt, which for the
// preempt_count has ended, so what the wake-up calls cannot tell that it is not
// the task's own.
//
//kernel:fn invoke_softirq kernel/softirq.c
func (q *Softirq) invoke(x *cpu.Exec) {
	if q.ksoftirqdRunning(x) {
		return
	}
	if q.ForceIRQThreads {
		q.wakeupSoftirqd(x)
		return
	}
	q.doSoftirq(x)
}

// ksoftirqdRunning is ksoftirqd_running() of v4.9; v4.4 does not ask.
//
//kernel:fn ksoftirqd_running kernel/softirq.c
func (q *Softirq) ksoftirqdRunning(x *cpu.Exec) bool {
	if !q.LeaveToKsoftirqd {
		return false
	}
	t := *q.thread.This(x)
	return t.State.ReadOnce(x) == sched.Running
}

// doSoftirq is __do_softirq(): entered and left with interrupts off.
//
//kernel:fn __do_softirq kernel/softirq.c
func (q *Softirq) doSoftirq(x *cpu.Exec) {
	end := q.m.Jiffies.ReadOnce(x) + uint64(max(maxTimeMS*q.m.HZ/1000, 1))
	restart := maxRestart
	mask := *q.pending.This(x)
	x.CPU().AddCount(cpu.SoftirqOffset)
	if ld := q.m.Lockdep; ld != nil {
		ld.SoftirqsOff(x.LD)
		ld.SoftirqEnter(x.LD)
	}
	for {
		*q.pending.This(x) = 0
		cpu.LocalIrqEnable(x)
		q.pass(x, mask)
		q.m.Hooks.SoftirqDone(x)
		cpu.LocalIrqDisable(x)
		mask = *q.pending.This(x)
		if mask == 0 {
			break
		}
		if restart--; restart == 0 || q.m.Jiffies.ReadOnce(x) >= end || needResched(x) {
			q.wakeupSoftirqd(x)
			break
		}
	}
	if ld := q.m.Lockdep; ld != nil {
		ld.SoftirqExit(x.LD)
		ld.SoftirqsOn(x.LD)
	}
	x.CPU().SubCount(cpu.SoftirqOffset)
	cpu.WarnOnce(x, x.CPU().InInterrupt(), "kernel/softirq.c", "still in interrupt behind the softirqs")
}

// pass serves every softirq of mask, low numbers first.
func (q *Softirq) pass(x *cpu.Exec, mask uint32) {
	for mask != 0 {
		n := bits.TrailingZeros32(mask)
		mask &^= 1 << n
		x.Local(cpu.KindWork, q.m.Costs.Softirq)
		q.served.This(x)[n]++
		before := x.CPU().Count()
		if fn := q.action[n]; fn != nil {
			fn(x)
		}
		if x.CPU().Count() != before {
			q.leaked(x, Nr(n), before)
			x.CPU().SetCount(before)
		}
	}
}

// leaked reports a softirq that left another preempt_count behind.
//
//kernel:fn __do_softirq kernel/softirq.c
func (q *Softirq) leaked(x *cpu.Exec, n Nr, before uint32) {
	f := &cpu.Finding{
		Kind:  "warn",
		Title: fmt.Sprintf("huh, entered softirq %d %s with preempt_count %08x, exited with %08x?", n, n, before, x.CPU().Count()),
	}
	x.Record(f)
	q.m.Hooks.Printk(x, cpu.LevelErr, f.Title, 0)
}

func needResched(x *cpu.Exec) bool {
	return x.ThreadInfo.ReadOnce(x)&cpu.TIFNeedResched != 0
}

// DoSoftirq is do_softirq().
//
//kernel:fn do_softirq kernel/softirq.c
func (q *Softirq) DoSoftirq(x *cpu.Exec) {
	if x.CPU().InInterrupt() {
		return
	}
	f := cpu.LocalIrqSave(x)
	if *q.pending.This(x) != 0 && !q.ksoftirqdRunning(x) {
		q.doSoftirq(x)
	}
	cpu.LocalIrqRestore(x, f)
}

// runKsoftirqd is run_ksoftirqd().
//
//kernel:fn run_ksoftirqd kernel/softirq.c
func (q *Softirq) runKsoftirqd(x *cpu.Exec) {
	cpu.LocalIrqDisable(x)
	if *q.pending.This(x) != 0 {
		q.doSoftirq(x)
	}
	cpu.LocalIrqEnable(x)
	q.s.CondResched(x)
}
