// Package watchdog is the kernel's own lockup detectors, ported: they run on
// the machine that they watch, in its time, and may be late, blind or wrong as
// they are on a real one.
//
// # Model
//
//	soft lockup   hardirqs are served, but the CPU has not scheduled
//	hard lockup   not even hardirqs are served
//	hung task     a task has been in TASK_UNINTERRUPTIBLE for too long
//
// Three things run on each CPU, and each watches the one above it
// (docs/kernel/sched-irq-printk.md §8.1, §8.2):
//
//	watchdog/N, SCHED_FIFO 99   touch_ts = now
//	     ^ wakes
//	hrtimer, every 2*thresh/5   hrtimer_interrupts++; touch_ts older than
//	     |                      2*thresh: soft lockup
//	     v
//	NMI, every thresh of cycles hrtimer_interrupts as last time: hard lockup
//
// The NMI comes from a counter of cycles, which stands while the CPU is halted:
// an idle CPU takes none. What keeps a CPU for long on purpose, such as a
// console, touches the watchdogs: the next look only takes a new time stamp.
//
// While a CPU is gone it has none of the three: its thread is parked, and takes
// timer and counter down before the CPU goes. When the CPU is back the thread
// starts both and takes a new time stamp. Until it has come to that it is an
// ordinary task, and a CPU that is stuck at once is not noticed.
//
// One thread for the whole machine, khungtaskd, looks at every task once in
// each timeout and compares the number of its context switches with that of
// the last look (§8.3). A hang is thus reported between one and two timeouts.
//
// # What keeps a machine running
//
// The detectors' own timers do not: a machine where only they have something
// to do is quiescent and its run over. A task that khungtaskd has yet to
// report does.
//
// # Left out
//
// The backtraces of all other CPUs, the panics on request, and
// touch_softlockup_watchdog_sync(), which only kgdb needs. Nobody on this
// machine calls touch_all_softlockup_watchdogs(), so all that the detectors
// keep of a CPU is that CPU's alone.
package watchdog
