// Package selftest runs the kernel's own locking self-tests on the machine.
//
// # Model
//
// A case is a list of operations: take this lock, disable interrupts, enter a
// softirq, and so on. Its verdict is "report" if some lock-debug report has
// switched the validator off by its end, and "silent" if none has
// (docs/kernel/lockdep.md §1.1: the first report clears debug_locks). Which
// report it is, and in which operation it comes, is compared too, though the
// kernel does not.
//
// A file of cases is read strictly (jsonpos.go, load*.go); what is wrong with
// one has line and column. Reading splits each case in three: the Script, the
// Expectation, and the Label. Execute takes a Script and nothing else, so what
// should come of a case and what it is called cannot reach the machine; only
// Case.compare puts the two together. Select decides by the kernel of a case
// which suite it belongs to, and Case.Want what a rule set should say of it.
//
// # How a case runs
//
// A machine with one CPU is booted as for a scenario, and a task on it performs
// the operations through the locks of cpu/lock and cpu/sched, the interrupt flag
// and bottom halves of cpu and cpu/softirq, and RCU's read side. The validator
// hears of it from these, never from here. What belongs to the kernel's harness
// and to no lock is done as the harness does it: interrupts go off around a
// made-up hardirq, bottom halves and interrupts around a made-up softirq, fields
// of acquire contexts are overwritten.
//
// The kernel runs its whole suite in one task and, after each case, puts
// preempt_count and the softirq state back, forgets the classes of all test
// locks, the held stack and the chains, initialises the locks anew and turns
// debug_locks on. Here each case has a machine of its own, which is thrown away
// with whatever the case left held or disabled. It is the same to the validator:
// in both, a case begins with no class of a test lock known, nothing held, no
// chain, and everything enabled; and it is the same in any order and on any
// number of cores.
//
// A case ends early behind the operation of its first report: nothing turns
// debug_locks on again, so its verdict is settled, and what would follow may be
// just what the report warned of.
//
// # Files of one's own
//
// The format is that of cases.json: a list of objects, each with id, name, row,
// group, variant, kernel, requires, ops, expect, report_kind, report_op and
// read_lock_recursive; note and on_v4.4_rules may be there. Operations and their
// fields are in vocabulary.go. A static lock A to D is a class of its own; X1 and
// X2, Y1 and Y2, Z1 and Z2 share one, for they are initialised at one place.
package selftest
