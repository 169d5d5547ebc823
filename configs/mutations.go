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
	{"irq.fixup-drops-requested", "fixup_irqs() does not send again what a dying CPU has requested and not served.",
		"assert: an edge is lost, and the device, which waits to be looked at, never interrupts again"},
	{"perf.put-ctx-immediate", "put_ctx() frees a context at once, without waiting for a grace period.",
		"use-after-free: a reader still holds the pointer that it took under rcu_read_lock()"},
	{"rcu.barrier-skips-cpus", "rcu_barrier() queues no callback of its own on any CPU.",
		"warn: it returns while callbacks that were queued before have not run (I11)"},
	{"rcu.batch-keeps-count", "rcu_do_batch() does not take what it has invoked out of the count of callbacks.",
		"warn: the list is empty and the count is not 0"},
	{"rcu.boost-never", "rcu_initiate_boost() finds it always too early.",
		"rcu-stall: a reader that is kept from its CPU holds the grace period up for as long as that lasts"},
	{"rcu.cond-sync-ignores-state", "cond_synchronize_rcu() does not look whether a grace period has passed.",
		"gp-too-short: it returns at once, and a reader is still open"},
	{"rcu.exp-does-not-wait", "synchronize_rcu_expedited() asks every CPU and waits for none.",
		"gp-too-short: it returns while a reader that was asked is still open; without one it is a warn (I4)"},
	{"rcu.exp-ipi-asks-nobody", "sync_rcu_exp_handler() does not leave its wish with the reader that it finds.",
		"warn: the CPU owes an expedited quiescent state and nobody has been asked for it (I5); the grace period never ends"},
	{"rcu.exp-ipi-ignores-nesting", "sync_rcu_exp_handler() reports its CPU at once, also inside a reader.",
		"gp-too-short: the expedited grace period ends before that reader does"},
	{"rcu.exp-no-wake", "The last report of an expedited grace period wakes nobody.",
		"hang: synchronize_rcu_expedited() sleeps on, up to its stall timeout, behind a grace period that is over (I7)"},
	{"rcu.fqs-credits-everybody", "The first round of forcing takes every CPU for idle.",
		"gp-too-short: a reader goes on on one of them"},
	{"rcu.gp-init-clears-inner", "rcu_gp_init() starts a grace period as if no leaf had to report to its parent.",
		"gp-too-short: the root is content at once; a CPU that reports finds that nobody waits for it (I3)"},
	{"rcu.gp-init-clears-qsmask", "rcu_gp_init() starts a grace period as if no CPU had to report.",
		"gp-too-short: the grace period ends before readers that preceded it"},
	{"rcu.gp-init-forgets-blocked", "rcu_gp_init() does not look for readers that are switched out already.",
		"gp-too-short: the grace period ends before they do"},
	{"rcu.gp-kthread-not-woken", "rcu_gp_kthread_wake() does nothing.",
		"hang: callbacks wait for a grace period that nobody starts"},
	{"rcu.hotplug-mask-at-once", "A CPU that comes or goes changes the masks of the grace period in progress at once.",
		"rcu-stall: a leaf whose CPUs are gone is waited for, and nobody reports for it"},
	{"rcu.idle-forgets-callbacks", "rcu_needs_cpu() says no: an idle CPU stops its tick although it has callbacks.",
		"limit: nobody looks after the callbacks, and who waits for one sleeps on"},
	{"rcu.nested-irq-exit-idles", "The end of an interrupt in an interrupt out of idle makes RCU look away.",
		"gp-too-short: a reader in what was interrupted is not waited for; without one it is a warn"},
	{"rcu.nocb-deferred-lost", "do_nocb_deferred_wakeup() forgets the wake-up and does not do it.",
		"hang: the thread sleeps while callbacks wait for it, which nothing holds up"},
	{"rcu.nocb-does-not-wait", "rcu_nocb_wait_gp() returns at once.",
		"gp-too-short: the callback runs while a reader that preceded it goes on"},
	{"rcu.nocb-gp-wake-lost", "The end of a grace period does not wake the threads that wait for it at a leaf.",
		"hang: the thread sleeps on while callbacks wait"},
	{"rcu.note-clears-qs-pending", "A CPU that notices a grace period does not learn that it has to report.",
		"limit: the grace period never ends, unless quiescent states are forced"},
	{"rcu.note-reports-qs", "A CPU that notices a grace period has its bit cleared at once.",
		"gp-too-short: it notices from an interrupt inside a reader; in a tree of several levels the grace period never ends"},
	{"rcu.offline-forgets-blocked", "A leaf whose CPUs are gone is not waited for, though tasks that were preempted there go on.",
		"gp-too-short: one of them is in a reader"},
	{"rcu.orphans-forgotten", "The callbacks of a CPU that is gone are taken over by nobody.",
		"warn: rcu_barrier() is over without them (I11); who waits for one of them sleeps on"},
	{"rcu.preempt-qs-not-recorded", "rcu_preempt_qs() records nothing, neither from the tick nor at a context switch.",
		"limit: a grace period of rcu_preempt never ends, unless quiescent states are forced"},
	{"rcu.queue-keeps-exp-flag", "A reader that is switched out keeps the wish that its CPU has just answered.",
		"warn: at its unlock it is both queued and asked (W2, I6)"},
	{"rcu.rcuc-not-woken", "invoke_rcu_callbacks_kthread() wakes nobody.",
		"limit: callbacks whose grace period is over wait for ever"},
	{"rcu.report-dropped", "rcu_report_qs_rdp() reports nothing.",
		"limit: the grace period never ends, unless quiescent states are forced"},
	{"rcu.report-ignores-siblings", "rcu_report_qs_rnp() goes on to the parent although siblings have not reported.",
		"gp-too-short: one CPU speaks for its whole leaf; where no reader suffers it is a warn (W13)"},
	{"rcu.sched-exp-ipi-reports", "sync_sched_exp_handler() reports its CPU at once, without a context switch.",
		"gp-too-short: the CPU is in a reader of rcu_sched"},
	{"rcu.sched-qs-not-recorded", "rcu_sched_qs() records nothing.",
		"limit: a grace period of rcu_sched never ends, unless quiescent states are forced"},
	{"rcu.sched-reader-preemptible", "rcu_read_lock_sched() leaves preemption on.",
		"gp-too-short: the switch in the middle of the reader counts as a quiescent state"},
	{"rcu.switch-queues-nobody", "A context switch inside a reader does not put the task on its leaf's list.",
		"gp-too-short: the CPU has passed a quiescent state and nobody remembers the reader"},
	{"rcu.sync-enter-no-gp", "rcu_sync_enter() does not wait for a grace period.",
		"assert: a reader of a percpu_rw_semaphore that had seen the fast path open is in it beside the writer"},
	{"rcu.sync-returns-at-once", "synchronize_rcu() and synchronize_sched() return at once.",
		"gp-too-short: readers are still open"},
	{"rcu.tick-need-qs-lost", "The tick inside a reader asks for nothing at its end.",
		"limit: where a CPU is always in some reader when it ticks, only forcing ends the grace period"},
	{"rcu.unlock-keeps-boost", "The unlock of a boosted reader keeps what it was lent.",
		"warn: the task ends and is still the owner of boost_mtx (B1)"},
	{"rcu.unlock-keeps-boost-tasks", "The unlock of a boosted reader leaves boost_tasks on it.",
		"warn: the pointer names a task that is not on the list (B3)"},
	{"rcu.unlock-keeps-gp-tasks", "The unlock of a queued reader takes it off the list and leaves gp_tasks on it.",
		"warn: the pointer names a task that is not on the list (I2); the grace period never ends"},
	{"rcu.unlock-skips-special", "rcu_read_unlock() does not look at what was asked of the reader meanwhile.",
		"rcu-stall: an expedited grace period waits for a reader that has left; give it a time limit above the stall timeout"},
	{"rcu.wake-under-rnp", "The waiter is woken while the lock of the root rcu_node is still held.",
		"lockdep: an edge from the rcu_node lock to the locks of a wake-up closes a cycle"},
	{"sched.complete-no-wake", "complete() counts the completion but wakes nobody.",
		"hang: the waiter sleeps on; give it no time limit that comes first"},
	{"sched.dying-keeps-tasks", "A CPU that is taken down keeps what is on its runqueue.",
		"bug: the CPU looks whether its stopper is all it has left"},
	{"sched.kthread-stop-no-wake", "kthread_stop() sets the bit and waits, but wakes nobody.",
		"hang: a thread that sleeps does not look at the bit"},
	{"sched.leak-preempt-count", "try_to_wake_up() leaves preempt_count one too high.",
		"sleep-in-atomic: the waker's next schedule() finds the count raised; in a timer's function it is a warn"},
	{"sched.mutex-no-wake", "mutex_unlock() frees the mutex but wakes nobody.",
		"hang: who sleeps for the mutex sleeps on"},
	{"sched.newidle-keeps-lock", "idle_balance() keeps its rq->lock while it pulls from another CPU.",
		"lockdep: two locks of one class without an order; two CPUs that pull from each other deadlock"},
	{"sched.osq-no-handover", "osq_unlock() does not tell the next spinner that it is the head.",
		"limit: a CPU that nobody else wants spins for ever"},
	{"sched.percpu-rwsem-no-wake", "percpu_up_read() does not wake the writer that waits for the last reader.",
		"hang: the writer sleeps on"},
	{"sched.rt-mutex-no-boost", "__rt_mutex_adjust_prio() lends and takes back nothing.",
		"assert: a task of a priority in between keeps the owner from its CPU"},
	{"sched.set-cpus-allowed-leaves-queued", "set_cpus_allowed_ptr() does not move a task that is queued where it may no longer run.",
		"assert: the task runs there next"},
	{"sched.setscheduler-drops-boost", "sched_setscheduler() takes from its task the priority that a waiter lends it.",
		"assert: the owner of an rt_mutex runs with a priority lower than its waiter's"},
	{"sched.task-rq-lock-inverted", "task_rq_lock() takes rq->lock before p->pi_lock.",
		"lockdep: a wake-up takes them the other way round; a run in which they meet is a deadlock"},
	{"sched.ttwu-no-oncpu-wait", "try_to_wake_up() does not wait until the task has been switched out.",
		"bug: another CPU runs the task while this one is still on its stack"},
	{"sched.wake-up-bit-no-wake", "wake_up_bit() wakes nobody.",
		"hang: who waits for the bit sleeps on"},
	{"softirq.dead-keeps-tasklets", "takeover_tasklets() leaves a dead CPU's tasklets where they are.",
		"assert: they do not run until the CPU is back"},
	{"timer.ktime-no-retry", "ktime_get() does not look at the seqcount again behind its reads.",
		"assert: a base from before an update with a counter from behind it is a wrong time"},
	{"timer.no-kick", "A timer queued on a CPU whose tick is stopped does not kick it.",
		"assert: the CPU sleeps on, and the timer's function runs late"},
	{"timer.nohz-keeps-duty", "The CPU with the duty of advancing jiffies keeps it when it stops its tick.",
		"limit: jiffies stand still while the others tick, and no timeout ends"},
	{"watchdog.enable-no-touch", "watchdog_enable() takes no time stamp.",
		"soft-lockup: a CPU that was gone for longer than the threshold is taken for one that was stuck meanwhile"},
	{"watchdog.no-touch", "touch_nmi_watchdog() and touch_softlockup_watchdog() do nothing.",
		"hard-lockup: a CPU that writes to a slow console is taken for one that is stuck; with interrupts on it is a soft-lockup"},
	{"workqueue.ignores-last-pool", "__queue_work() does not ask whether the work runs where it last ran.",
		"assert: a work runs beside itself"},
	{"workqueue.online-leaves-workers", "rebind_workers() does not bind the workers of a CPU that is back to it again.",
		"warn: a work for the CPU runs on another one"},
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
