package sched

import (
	"slices"

	"lockstep/cpu"
)

// CPUAction is what happens to a CPU, as the chain of CPU notifiers is told.
type CPUAction int

// The actions of cpu_up() and cpu_down(), in their order.
const (
	CPUUpPrepare   CPUAction = iota // it is about to be started; may be refused
	CPUUpCanceled                   // it is not, after all
	CPUStarting                     // it runs, with interrupts off; told by itself
	CPUOnline                       // it runs
	CPUDownPrepare                  // it is about to be taken down; may be refused
	CPUDownFailed                   // it is not, after all
	CPUDying                        // it goes; told by itself, while all CPUs stand still
	CPUDead                         // it is gone
	CPUPostDead                     // and others may be taken down
)

// String returns the kernel's name of the action.
func (a CPUAction) String() string {
	return [...]string{
		"CPU_UP_PREPARE", "CPU_UP_CANCELED", "CPU_STARTING", "CPU_ONLINE", "CPU_DOWN_PREPARE", "CPU_DOWN_FAILED", "CPU_DYING", "CPU_DEAD", "CPU_POST_DEAD",
	}[a]
}

// Priorities of CPU notifiers: who is told first.
const (
	PriSchedActive   = 1 << 30    // CPU_PRI_SCHED_ACTIVE
	PriMigration     = 10         // CPU_PRI_MIGRATION
	PriSmpboot       = 9          // CPU_PRI_SMPBOOT
	PriDefault       = 0          // of who does not mind
	PriSchedInactive = -(1 << 30) // CPU_PRI_SCHED_INACTIVE
)

// cpuNotifier is one of the chain.
type cpuNotifier struct {
	pri int
	fn  func(x *cpu.Exec, a CPUAction, c int) error
}

// OnCPU is cpu_notifier(): fn is told what happens to CPUs, in the order of
// priorities, among equals in that of registration. Only the answers to
// CPUUpPrepare and CPUDownPrepare count.
//
//kernel:fn register_cpu_notifier kernel/cpu.c
func (s *Sched) OnCPU(pri int, fn func(x *cpu.Exec, a CPUAction, c int) error) {
	i := 0
	for i < len(s.notifiers) && s.notifiers[i].pri >= pri {
		i++
	}
	s.notifiers = slices.Insert(s.notifiers, i, cpuNotifier{pri, fn})
}

// NotifyCPU is __cpu_notify(): it ends with the first who refuses, and returns
// how many agreed. With undo at least 0 only the first that many are told.
//
//kernel:fn __cpu_notify kernel/cpu.c
func (s *Sched) NotifyCPU(x *cpu.Exec, a CPUAction, c, undo int) (int, error) {
	for i, n := range s.notifiers {
		if i == undo {
			return i, nil
		}
		if err := n.fn(x, a, c); err != nil {
			return i, err
		}
	}
	return len(s.notifiers), nil
}
