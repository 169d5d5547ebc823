package softirq

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// onCPU is cpu_callback(): what a dead CPU leaves behind. Of its softirqs that
// are pending only tasklets are the core's; who has other softirqs with
// something queued for each CPU takes that over by a notifier of its own, and
// the bits wait until the CPU is back.
//
//kernel:fn cpu_callback kernel/softirq.c
func (q *Softirq) onCPU(x *cpu.Exec, a sched.CPUAction, c int) error {
	if a == sched.CPUDead {
		q.takeoverTasklets(x, c)
	}
	return nil
}

// takeoverTasklets is takeover_tasklets(): the dead CPU's lists go to the end
// of those of this CPU, which raises both softirqs whether there was anything
// or not. Nobody else touches the lists: their CPU lies still, and only one CPU
// is taken down at a time.
//
//kernel:fn takeover_tasklets kernel/softirq.c
func (q *Softirq) takeoverTasklets(x *cpu.Exec, c int) {
	if q.tasklets == nil {
		return // the machine has no tasklets and did not open the softirqs
	}
	dead := q.tasklets.Of(c)
	cpu.LocalIrqDisable(x)
	for _, n := range [...]Nr{Tasklet, Hi} {
		if !q.m.Mutated("softirq.dead-keeps-tasklets") {
			from, to := dead.of(n), q.tasklets.This(x).of(n)
			*to = append(*to, *from...)
			*from = nil
		}
		q.RaiseIrqoff(x, n)
	}
	cpu.LocalIrqEnable(x)
}
