// Package printk is kernel/printk/printk.c of v4.4: the log buffer, the
// console semaphore, and a serial console behind them.
//
// # Model
//
// A message is stored first and printed second:
//
//	printk --> logbuf_lock: format, store --> console_sem free? --no--> done
//	                                               |yes
//	                                               v
//	     console_unlock: take a record under logbuf_lock, write it without,
//	     until none is left; up(console_sem); look once more; wake klogd
//
// Whoever owns console_sem prints everybody's records, so a caller that fails
// to get it may go on at once, and one that gets it may print for ever. With
// interrupts off at the call they stay off for all of it.
//
// # Locks
//
//	console_lock (a sleeping lock for the validator: console_sem)
//	  logbuf_lock            leaf: nothing is taken under it
//	  &port_lock_key         the serial port, held while it transmits
//	  (console_sem).lock     inside down_trylock() and up()
//	    p->pi_lock           only if somebody sleeps in console_lock()
//	      rq->lock
//
// The last two edges are why printk under a lock that is taken inside
// rq->lock can deadlock. Both halves of vprintk_emit run under lockdep_off, so
// the validator never learns them from a printk (docs/kernel/
// sched-irq-printk.md §6.12); Config.LockdepVisible takes that away, and
// Config.MightWake tells the validator of the wake-up at every printk.
//
// # Deferred
//
// printk_deferred only stores and leaves the console to a lazy irq_work: the
// next tick prints, in hardirq context and with none of the caller's locks.
//
// # What is not here
//
// Every message ends its line: KERN_CONT and with it the cont buffer do not
// exist, so the steps that flush it take their locks and find nothing. There
// are no extended consoles, no suspend, and no CPU without a console: the
// tests for these are left out. oops_in_progress is never set, since a BUG
// ends the run; so a recursive printk always loses its message and
// zap_locks() does not exist. The time a character takes on the wire carries
// the machine's jitter like any other time.
package printk
