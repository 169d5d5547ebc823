package configs

import "testing"

// TestQueuedTaskIsMoved: a task that waits behind another on CPU 0 is told to
// run on CPU 1 only, and does; with the mutation it gets its turn on CPU 0.
func TestQueuedTaskIsMoved(t *testing.T) {
	p := loaded(t, "affinity.toml", `
title = "A queued task is told to go"
story = "It waits behind another."
machine.cpus = 2
[[task]]
name = "waits"
cpus = [0]
body = """
set_current_state("TASK_UNINTERRUPTIBLE")
schedule()
assert_(smp_processor_id() == 1, "it runs where it may")
"""
[[task]]
name = "hog"
policy = "SCHED_FIFO"
rt_priority = 1
cpus = [0]
body = """
msleep(2)
wake_up_process("waits")
set_cpus_allowed_ptr("waits", [1])
udelay(100)
"""
`)
	for want, mutations := range map[string][]string{"clean": nil, "assert": {"sched.set-cpus-allowed-leaves-queued"}} {
		if r := tryRun(t, p, Options{Seed: 1, Mutations: mutations}); r.Verdict != want {
			t.Errorf("%v: %s, want %s", mutations, r.Verdict, want)
		}
	}
}
