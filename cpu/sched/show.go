package sched

import (
	"fmt"

	"lockstep/cpu"
)

// ShowTask is sched_show_task() without the stack: one line. It is a reader
// itself, for the parent's PID, which our tasks do not have; under a lock that
// a reader's end may want that is safe only because interrupts are off there.
//
//kernel:fn sched_show_task kernel/sched/core.c
func (s *Sched) ShowTask(x *cpu.Exec, p *Task) {
	state := p.State.ReadOnce(x)
	s.m.Hooks.ReadLock(x)
	x.Spend(s.m.Costs.Load)
	s.m.Hooks.ReadUnlock(x)
	where := "  running task    "
	if !p.OnCPU.ReadOnce(x) {
		where = fmt.Sprintf(" %016x ", 0)
	}
	s.m.Hooks.Printk(x, cpu.LevelInfo, fmt.Sprintf("%-15.15s %s%s%5d %5d %6d 0x%08x", p.Comm, state, where, 0, p.PID, 0, p.ThreadInfo.ReadOnce(x)), 0)
}

// DumpCPUTask is dump_cpu_task(): the task that CPU c runs.
//
//kernel:fn dump_cpu_task kernel/sched/core.c
func (s *Sched) DumpCPUTask(x *cpu.Exec, c int) {
	s.m.Hooks.Printk(x, cpu.LevelInfo, fmt.Sprintf("Task dump for CPU %d:", c), 0)
	s.ShowTask(x, s.rqs[c].Curr.ReadOnce(x))
}
