// Package lockdep re-expresses the kernel's lock validator as a pure machine:
// events go in, reports come out, and nothing here knows a clock, a CPU or an
// engine.
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
// # Three sets of rules
//
// [RulesV44] is v4.4 bug for bug: recursive readers make no edges, the chain
// cache does not see who reads, and only the mark-time check looks for
// ENABLED_READ. [RulesNew] is 5.10 and later. An edge has kinds, by who holds
// and who waits, and only strong paths count, on which every step really waits
// for the one before; a lock has a wait type, which must fit into the context;
// reports look different (docs/kernel/lockdep.md §1.5, §1.7, §1.11).
//
// [RulesExact] is RulesNew with two holes and a false alarm less. A search of RulesNew marks a
// class as visited before it knows whether the step to it counts, and so may
// miss a better way in; here what is visited is a class together with the way
// it was entered. And RulesNew takes the edges below a recursively read lock
// for edges to what is taken above it, which they are not, see checkPrevsAdd.
// A lock acquired anew behind an out-of-order release gets no usage that it had
// not, see use.
// It also keeps the graph of lock instances, and its reports say whether the
// cycle is possible with the instances seen so far: the same search, on the
// other graph. A cycle of instances with no cycle of classes, which wrong
// subclasses can hide, is not reported.
//
// # What makes it cheap
//
// Each held stack has a running 64-bit chain key, the mix of its classes from
// the last context boundary up. A key that was seen before needs no graph
// work at all, so a warm acquisition is a class from the lock's cache, a test
// of usage bits and one probe of a hash table. The two sorts of check happen
// only when something is new: the edge-time checks for a new chain, the
// mark-time checks for a new usage bit. RulesExact asks a second table for the
// chain of instances.
//
// # Contexts and positions are values
//
// The owner tells the validator about context and flag changes (HardirqEnter,
// SoftirqsOff and so on) and lends it a [Tracer] for positions and stacks.
// Without a tracer nothing is captured; the verdicts are the same, since no
// decision looks at a position. That is how a normal run stays fast and a
// second run of the same token prints the full text. For the same reason the
// kernel's table of stack traces has no limit here.
//
// # After the first report
//
// As in the kernel the first report clears debug_locks and the validator goes
// quiet. With Config.KeepGoing it goes on instead, each distinct report
// appears once, and an offending edge is stored like any other. Reset makes
// everything forgotten, as between the kernel's self-tests.
//
// A Validator serves one machine and is not safe for concurrent use. Keys are
// immutable and may be shared by any number of machines; a [Map] belongs to
// one.
package lockdep
