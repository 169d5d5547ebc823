// Package stop is kernel/stop_machine.c: the per-CPU stopper threads, which
// run a function on a CPU before anything else there, and the rendezvous of
// many CPUs that stop_machine() is made of.
//
// # Model
//
// Every CPU has a stopper: a lock, a list of works, and the thread
// migration/N of the stop class, which is picked before every other task when
// it is queued. A caller appends works to stoppers, wakes their threads under
// the stoppers' locks, and sleeps until the last of them has run:
//
//	caller --work--> stopper 0 --migration/0--> fn -> done.nr_todo--
//	       --work--> stopper 1 --migration/1--> fn -> done.nr_todo-- -> complete
//
// A work may be multi_cpu_stop(). Its CPUs go through five states in step;
// the last to arrive at one lets all go on to the next:
//
//	NONE -> PREPARE -> DISABLE_IRQ -> RUN -> EXIT
//
// From PREPARE on each of them spins with preemption off, from DISABLE_IRQ on
// with interrupts off. A rendezvous therefore only ends if every CPU of it
// reaches its work, and two of them that overlap in two CPUs must stand in the
// same order in both queues. That is what stop_cpus_lock is for, an lglock:
// stop_two_cpus() takes the parts of its two CPUs, stop_cpus() those of all
// (docs/kernel/sched-irq-printk.md §2.8).
//
// Taking CPUs down and up is here too, since the CPU that goes does so under
// stop_machine: see [Stop.CPUDown]. get_online_cpus() keeps them where they are.
//
// # Lock order
//
//	cpu_add_remove_lock       (cpu_up, cpu_down)
//	cpu_hotplug.lock          (get_online_cpus: let go again at once)
//	stop_cpus_mutex           (sleeps)
//	  stop_cpus_lock          (lglock, lower CPU first)
//	    stopper->lock         (two: lower CPU first, the second with subclass 1)
//	      p->pi_lock -> rq->lock of the wake-up
package stop
