// Package lockdep re-expresses the lock validator of Linux v4.4 as a pure
// machine: events go in, reports come out, and nothing here knows a clock, a
// CPU or an engine.
//
// # Model
//
// The unit of validation is the lock class: all locks initialised with one
// [Key], split further by the subclass of the acquisition. Each [Task] has a
// stack of held locks. An acquisition with something held below it is a
// dependency "prev before next" between two classes, and the dependencies of
// all tasks over all time make one directed graph. Whoever adds an edge that
// closes a cycle has shown an order of acquisitions that can deadlock, even
// if this run did not.
//
// Interrupts are the second half. Every class collects sticky usage bits: it
// was taken inside a hardirq or softirq (STATE-safe), or it was held with
// them enabled (STATE-unsafe). A class must not be both, and no path may lead
// from a safe class to an unsafe one: the interrupt may hit the holder of the
// unsafe lock on one CPU while another CPU waits for it under the safe lock.
//
// # What makes it cheap
//
// Each held stack has a running 64-bit chain key, the mix of its classes from
// the last context boundary up. A key that was seen before needs no graph
// work at all, so a warm acquisition is a class from the lock's cache, a test
// of usage bits and one probe of a hash table. The two sorts of check happen
// only when something is new: the edge-time checks for a new chain, the
// mark-time checks for a new usage bit. Their v4.4 asymmetry is kept: only
// the mark-time check looks for ENABLED_READ (docs/kernel/lockdep.md §1.5).
//
// # Contexts and positions are values
//
// The owner tells the validator about context and flag changes (HardirqEnter,
// SoftirqsOff and so on) and lends it a [Tracer] for positions and stacks.
// Without a tracer nothing is captured; the verdicts are the same, since no
// decision looks at a position. That is how a normal run stays fast and a
// second run of the same token prints the full text.
//
// # After the first report
//
// As in the kernel the first report clears debug_locks and the validator goes
// quiet. With Config.KeepGoing it goes on instead, each distinct report
// appears once, and an offending edge is stored like any other.
//
// A Validator serves one machine and is not safe for concurrent use. Keys are
// immutable and may be shared by any number of machines; a [Map] belongs to
// one.
package lockdep
