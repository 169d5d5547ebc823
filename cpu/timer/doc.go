// Package timer is time: the periodic tick, jiffies, the timers that a sleep
// with a timeout stands on, and, on a machine that has them, high-resolution
// timers and the time of day.
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
//
// The timer itself says which base it is on, and whoever wants it locks that one
// and looks again. Who moves it to another holds one lock at a time, and in
// between the timer says that it is moving. Its function's end is waited for with
// whatever locks the waiter holds, so the wait is an edge of the wait-for graph.
//
// # High-resolution timers
//
// [Timers.NewHRTimers] takes the local timers over: the tick becomes one timer
// of many, and the event device is always programmed for the one that expires
// first. Functions run in hardirq context, without the base's lock:
//
//	LOCAL_TIMER interrupt
//	  base lock
//	    each that may run: off its queue, unlock, function, lock, on again?
//	    what is next
//	  unlock, program it; if that has passed: again, three times at most
//
// A timer is on the CPU that started it last, or on the one where its function
// runs. While it moves it is on none, and who looks for it spins.
//
// # Stopping the tick
//
// With [HRTimers.EnableNoHZ] an idle CPU puts its tick off until its wheel needs
// it, for good if nothing does (docs/kernel/sched-irq-printk.md §3.5). Everybody
// who would have been served by a tick has to say so: RCU's callbacks and lazy
// irq_work keep it going; a timer queued from elsewhere kicks the CPU out of its
// sleep; the first interrupt that ends it advances jiffies, which nobody may have
// done for long. The duty of doing so is given up by who stops its tick, and
// taken by whoever ticks next:
//
//	owner stops its tick  -> nobody; it wakes up itself before the counter wraps
//	a CPU ticks, nobody's -> its own
//
// Timers set by an idle CPU go to one that is awake, if there is one. A stopped
// tick is no work: a machine all of whose CPUs have stopped theirs, without a
// timer that counts, is quiescent.
//
// # The time of day
//
// A [Timekeeper] turns the time stamp counter into CLOCK_MONOTONIC and
// CLOCK_REALTIME. The CPU that advanced jiffies keeps it up to date; readers
// compare a seqcount, and what may interrupt the writer, an NMI, reads the
// fast clock's two copies instead.
//
// # Order of locks
//
//	jiffies_lock > its seqcount; released, then timekeeper_lock > tk_core.seq
//	rq->lock, rt_runtime_lock > hrtimer_bases.lock > tk_core.seq
//	timer_base->lock: functions run without it; of two at once only for a dead CPU's
//
// A function that ran under hrtimer_bases.lock could not wake anybody: that is
// rq->lock, on the wrong side.
package timer
