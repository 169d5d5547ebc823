package configs

import "slices"

// Mutation is a deliberate break of one ported path. It shows that the oracle
// that watches the path is able to fail.
type Mutation struct {
	// Name is what --mutate and the kernel paths call it.
	Name string
	// Doc says in a sentence what the broken path does.
	Doc string
	// Oracle is what notices: a verdict, and why that one.
	Oracle string
}

// mutations are all there are, by name; a test compares them with the tree.
var mutations = []Mutation{
	{"irq.csd-irqs-off", "smp_call_function_single() waits for the call with interrupts off.",
		"deadlock: two CPUs that call each other wait for each other, both deaf"},
	{"perf.put-ctx-immediate", "put_ctx() frees a context at once, without waiting for a grace period.",
		"use-after-free: a reader still holds the pointer that it took under rcu_read_lock()"},
	{"rcu.exp-ipi-ignores-nesting", "sync_rcu_exp_handler() reports its CPU at once, also inside a reader.",
		"gp-too-short: the expedited grace period ends before that reader does"},
	{"rcu.exp-no-wake", "The last report of an expedited grace period wakes nobody.",
		"limit: synchronize_rcu_expedited() sleeps on to its stall timeout, which is behind the usual time limit"},
	{"rcu.gp-init-clears-qsmask", "rcu_gp_init() starts a grace period as if no CPU had to report.",
		"gp-too-short: the grace period ends before readers that preceded it"},
	{"rcu.idle-forgets-callbacks", "rcu_needs_cpu() says no: an idle CPU stops its tick although it has callbacks.",
		"limit: nobody looks after the callbacks, and who waits for one sleeps on"},
	{"rcu.unlock-skips-special", "rcu_read_unlock() does not look at what was asked of the reader meanwhile.",
		"rcu-stall: an expedited grace period waits for a reader that has left; give it a time limit above the stall timeout"},
	{"rcu.wake-under-rnp", "The waiter is woken while the lock of the root rcu_node is still held.",
		"lockdep: an edge from the rcu_node lock to the locks of a wake-up closes a cycle"},
	{"sched.complete-no-wake", "complete() counts the completion but wakes nobody.",
		"hang: the waiter sleeps on; give it no time limit that comes first"},
	{"sched.dying-keeps-tasks", "A CPU that is taken down keeps what is on its runqueue (no scenario takes CPUs down yet).",
		"warn: a task is found on the runqueue of a dead CPU, where it never runs"},
	{"sched.exit-no-unlock-wait", "do_exit() does not wait for a waker that still has the task's pi_lock before it says TASK_DEAD.",
		"bug: the waker's TASK_RUNNING comes behind it, and the dead task runs on"},
	{"sched.kthread-stop-no-wake", "kthread_stop() sets the bit and waits, but wakes nobody.",
		"hang: a thread that sleeps does not look at the bit"},
	{"sched.leak-preempt-count", "try_to_wake_up() leaves preempt_count one too high.",
		"sleep-in-atomic: the waker's next schedule() finds the count raised; in a timer's function it is a warn"},
	{"sched.newidle-keeps-lock", "idle_balance() keeps its rq->lock while it pulls from another CPU.",
		"lockdep: two locks of one class without an order; two CPUs that pull from each other deadlock"},
	{"sched.task-rq-lock-inverted", "task_rq_lock() takes rq->lock before p->pi_lock.",
		"lockdep: a wake-up takes them the other way round; a run in which they meet is a deadlock"},
	{"sched.ttwu-no-oncpu-wait", "try_to_wake_up() does not wait until the task has been switched out.",
		"bug: another CPU runs the task while this one is still on its stack"},
	{"timer.ktime-no-retry", "ktime_get() does not look at the seqcount again behind its reads.",
		"assert: a base from before an update with a counter from behind it is a wrong time"},
	{"timer.no-kick", "A timer queued on a CPU whose tick is stopped does not kick it.",
		"assert: the CPU sleeps on, and the timer's function runs late"},
	{"timer.nohz-keeps-duty", "The CPU with the duty of advancing jiffies keeps it when it stops its tick.",
		"limit: jiffies stand still while the others tick, and no timeout ends"},
	{"watchdog.no-touch", "touch_nmi_watchdog() and touch_softlockup_watchdog() do nothing.",
		"hard-lockup: a CPU that writes to a slow console is taken for one that is stuck; with interrupts on it is a soft-lockup"},
	{"workqueue.ignores-last-pool", "__queue_work() does not ask whether the work runs where it last ran.",
		"assert: a work runs beside itself"},
	{"workqueue.pending-cleared-late", "A worker clears PENDING behind the work's function.",
		"assert: a queueing that found the bit set is not served, and what was written before it is not seen"},
	{"workqueue.sleeper-wakes-nobody", "wq_worker_sleeping() names no worker to be woken.",
		"hang: a work that waits for one behind it in the pool waits for ever"},
}

// Mutations lists the known mutations by name.
func Mutations() []Mutation { return slices.Clone(mutations) }

// CheckMutations returns a diagnostic for each name that is no mutation.
func CheckMutations(names []string) Diagnostics {
	var known []string
	for _, m := range mutations {
		known = append(known, m.Name)
	}
	var diags Diagnostics
	for _, name := range names {
		if !slices.Contains(known, name) {
			diags = append(diags, Diagnostic{
				File: "--mutate " + name, Msg: "there is no mutation " + quoteBasic(name), Hint: didYouMean(name, known),
			})
		}
	}
	return diags
}
