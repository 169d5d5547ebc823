// Package torture is rcutorture, the kernel's own test of RCU, as ported code
// (docs/kernel/rcutorture.md).
//
// # Model
//
// One writer replaces an element that readers find through one pointer. What
// it took away grows older by one with every grace period that passes, ten of
// them, and is free then:
//
//	free --alloc--> new(0) --publish--> current(0) --replaced--> 1 --gp--> 2 ... 10 = free
//
// A reader that began before the replacement may see age 0 or 1. Who sees 2
// has seen a whole grace period end inside of itself: that is the test. A second
// mark of an element, mbtest, is set before it is published and cleared when
// it is freed: a reader that finds it 0 holds something that was not there to
// be found.
//
// Around the pair stand those who make it hard: fake writers that ask for grace
// periods of all kinds, readers in timers, tasks that are shuffled over CPUs or
// stopped all at once (stutter), CPUs that go and come, floods of callbacks,
// boosts, barriers, a stall on demand. Each is a kthread with a file of its own.
//
// # What is reported
//
// The four lines of statistics and the lines of start and end are the
// kernel's; what makes them say "!!!" and FAILURE is on record as a warning
// besides, as the kernel's WARN is, and the first reader of age 2 as a grace
// period that is too short. What scripts judge from outside the kernel, a
// version that stands still from one report to the next, is on record as a hang.
//
// # Time
//
// The intervals that the parameters give in seconds are scaled together
// ([Params].SecondMs), so that a run of two virtual seconds has as many
// stutters, shuffles and reports as one of twenty. A reader's pass takes a
// fraction of a microsecond, which is many operations for few different
// situations; [Params].Pace makes one pass stand for several, with its rare
// delays as much more likely, so that they stay as frequent in time.
//
// # Conventions
//
// What the kernel keeps in plain counters that somebody else prints is a
// cpu.Var, or behind an operation on the object that stands for it. All
// objects are made by [Load], behind its one allocation.
package torture
