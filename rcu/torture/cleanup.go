package torture

import "lockstep/cpu"

// Unload is rcu_torture_cleanup(): stop all threads, wait for what they have
// left behind, and print the verdict. It sleeps.
//
//kernel:fn rcu_torture_cleanup kernel/rcu/rcutorture.c
func (t *Torture) Unload(x *cpu.Exec) {
	k := &t.tasks
	t.fullstop.WriteOnce(x, rmmod)
	t.stop(x, "torture_shutdown", k.shutdown)
	t.stop(x, "torture_shuffle", k.shuffle)
	t.stop(x, "torture_stutter", k.stutter)
	t.stop(x, "torture_onoff", k.onoff)
	t.stop(x, "rcu_torture_barrier", k.barrier)
	t.stop(x, "rcu_torture_barrier_cbs", k.cbs...)
	t.stop(x, "rcu_torture_stall", k.stall)
	t.stop(x, "rcu_torture_writer", k.writer)
	t.stop(x, "rcu_torture_reader", k.readers...)
	t.current.WriteOnce(x, nil)
	t.stop(x, "rcu_torture_fakewriter", k.fakewriters...)
	t.stop(x, "rcu_torture_stats", k.stats)
	t.stop(x, "rcu_torture_fqs", k.fqs)
	t.stop(x, "rcu_torture_cbflood", k.floods...)
	t.boost.active = false
	t.stop(x, "rcu_torture_boost", k.boosters...)
	if t.ops.barrier != nil {
		t.ops.barrier(x)
	}
	t.printStats(x)
	t.printModuleParms(x, "End of test: "+t.outcome())
}

// outcome is the verdict. Failed attempts at CPUs count as less than an error.
//
//kernel:fn rcu_torture_cleanup kernel/rcu/rcutorture.c
func (t *Torture) outcome() string {
	on, off := &t.onoff.online, &t.onoff.offline
	switch {
	case t.stats.errors != 0 || t.barrier.errors.Peek() != 0:
		return "FAILURE"
	case on.successes != on.attempts || off.successes != off.attempts:
		return "RCU_HOTPLUG"
	}
	return "SUCCESS"
}

// runShutdown is torture_shutdown(): at the given jiffy take the test down and
// the power off.
//
//kernel:fn torture_shutdown kernel/torture.c
func (t *Torture) runShutdown(x *cpu.Exec, at uint64) {
	now := t.jiffies(x)
	for now < at && !t.mustStop(x) {
		if t.p.Verbose {
			t.flagged(x, "torture_shutdown task: %d jiffies remaining", at-now)
		}
		t.sleep(x, at-now)
		now = t.jiffies(x)
	}
	if t.mustStop(x) {
		return
	}
	t.verbose(x, "torture_shutdown task shutting down system")
	t.tasks.shutdown = nil // who cannot be told to stop by itself
	t.Unload(x)
	x.RecordOp() // whether others come to anything before is a matter of the operations' order
	t.m.E.Stop() // kernel_power_off()
}
