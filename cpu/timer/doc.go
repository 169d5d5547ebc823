// Package timer is time: the periodic tick, jiffies, and the timers that a
// sleep with a timeout stands on.
//
// # Model
//
// Every CPU's local timer interrupts HZ times a second; all tick at the same
// instants, as without skew_tick, each late by a little. One CPU owns the
// duty of advancing jiffies; while it has interrupts off they stand still.
//
//	LOCAL_TIMER interrupt
//	  jiffies (the owner), timers raised as softirq, RCU, irq_work, scheduler
//
// A timer is queued on the CPU that set it, by its expiry in jiffies; its
// function runs in softirq context with the base's lock dropped
// (docs/kernel/sched-irq-printk.md §3.1, §3.4). The bases are sorted lists;
// among timers of one jiffy the latest added comes first, as in a bucket of
// the kernel's wheel.
package timer
