package lock

import "lockstep/cpu"

// bhDisable is the first half of a _bh lock: SOFTIRQ_LOCK_OFFSET is added to
// preempt_count in one step (docs/kernel/sched-irq-printk.md §0).
//
//kernel:fn __local_bh_disable_ip kernel/softirq.c
func bhDisable(x *cpu.Exec) {
	x.Machine().Hooks.BHDisable(x, cpu.SoftirqDisableOffset+cpu.PreemptOffset)
}

// bhEnable is its opposite.
//
//kernel:fn __local_bh_enable_ip kernel/softirq.c
func bhEnable(x *cpu.Exec) {
	x.Machine().Hooks.BHEnable(x, cpu.SoftirqDisableOffset+cpu.PreemptOffset)
}
