// Package threads is the tests of what runs in threads of the kernel and
// stands on interrupts: workqueues, stoppers and, where a story is about them,
// the lockup detectors. Their packages are below the interrupt hardware and
// cannot make a whole machine; here is one.
//
// A test makes a box: CPUs, scheduler, softirqs, timers, APICs, with workqueues
// and stoppers on top. Stories are transcripts of what concerns some objects,
// and each scene has beside it the order that it must show, written by hand
// from docs/kernel/sched-irq-printk.md §2.8 and §5.
package threads
