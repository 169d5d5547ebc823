// Package cputest makes, runs and questions machines for the tests of the
// packages above cpu.
//
// A test's box puts a machine together from the parts that its package needs;
// what all boxes have in common is here: [New] fills in what a test does not
// care about and breaks paths on purpose, [Run] boots a machine, starts tasks
// and lets it go to its end, and [Findings], [Titles] and [Kinds] say what the
// oracles saw. With LOCKSTEP_DEBUG set in the environment the machines check
// their invariants after every operation; see [Debug].
//
// Only tests import it, so it stands outside the deterministic core and below
// every package whose tests need it: it knows the scheduler, not interrupts.
package cputest
