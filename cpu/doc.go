// Package cpu is the virtual CPU and what everything above runs on: execution
// contexts, preempt_count, the interrupt flag, shared-memory operations,
// costs, and the oracles that watch from outside.
//
// # Execution contexts
//
// An [Exec] is a task's thread of execution, its own Go call stack (a fiber of
// package sim). Every ported kernel function takes it first: x is `current`,
// and [Exec.CPU] is smp_processor_id() at that moment. A task may be preempted
// and migrate at any operation, so a CPU is never kept across one.
//
// Interrupts nest on the interrupted fiber's stack, as on real hardware:
//
//	task  ->  softirq  ->  hardirq  ->  NMI        (each at most once deeper)
//
// At an operation boundary with the interrupt flag set and something pending,
// the boundary calls the interrupt controller's delivery (irq entry, handler,
// irq exit with softirqs, perhaps preemption and migration) and then announces
// the interrupted operation again.
//
// # preempt_count
//
// One 32-bit word per CPU in the kernel's layout (docs/kernel/
// sched-irq-printk.md §1.4), bit 31 stored inverted: the word is zero exactly
// when the count is zero and a reschedule is wanted.
//
// # Operations
//
// [Exec.Op] announces an operation on a shared object, [Exec.Local] one that
// only this CPU's own contexts can notice. With interrupts off a change that
// nobody else can see (preempt_count, a per-CPU field) needs none; with them
// on it does, since an interrupt may land before it.
//
// # Lower and higher
//
// What this package needs from packages above it (sending an IPI, scheduling,
// printing, RCU's and perf's notes of what happens) is declared in hooks.go
// and filled at boot.
package cpu
