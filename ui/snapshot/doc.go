// Package snapshot is what people see of a machine between two steps: plain
// data, taken from a machine that stands and independent of it from then on.
// A snapshot never changes; parts that did not change since the one before
// are shared with it.
//
// [Taker.Take] resumes parked fibers to let them walk their own stacks, and
// reads the rest through the View functions of the kernel's packages. It
// performs no operation, so looking never changes a run.
package snapshot
