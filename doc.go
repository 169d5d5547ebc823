// Package lockstep is the root of a full-system simulator of an SMP Linux v4.4 kernel. Kernel code paths
// (tree RCU, perf context locking, printk, the scheduler, interrupts, timers, lockdep) run as ordinary Go
// functions on virtual CPUs; every interleaving is a choice, and a run is a function of a scenario and its choices.
//
// The model is in the packages below, which import only downwards:
//
//	sim      virtual time, event queue, fibers, choices, trace; knows no kernel
//	cpu      the virtual CPU: execution contexts, shared memory, locks, scheduler, softirqs, timers, lockdep
//	irq      interrupt controllers, descriptors, inter-processor calls
//	printk   log buffer, console semaphore, consoles
//	rcu      tree RCU: readers, normal and expedited grace periods, stalls
//	perf     perf event contexts and their locking
//	configs  bundled scenarios, and what checks a scenario and boots a machine from it
//	ui       the terminal
//	cmd      the command line
//
// This package holds no code of the simulator. Its tests are the rules of the tree: the direction of imports, what
// deterministic code may not use, sizes, documentation, the form of the kernel directives. Each rule is itself
// tested on small bad sources.
package lockstep
