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
// (docs/kernel/sched-irq-printk.md §3.1, §3.4). A base is the cascading wheel
// of v4.4: adding and deleting touch one bucket, and timers that are far away
// are sorted in finer as their time comes near. Among timers of one jiffy the
// latest added comes first, but those that came down from a coarser level
// have been turned around on the way.
package timer
