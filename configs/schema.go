package configs

// The types below are the schema of a scenario file. Tags of a field:
//
//	toml:"cpus"          its key
//	default:"2"          the value of an absent key, as TOML (strings bare)
//	check:"1..4096"      the permitted range of a number, or, with bars,
//	check:"fifo|any"     the permitted values; of a list, of its elements
//	free:"yes"           a string that is a setting though any is permitted
//	required:"yes"       the key must be present, and a string not empty
//	with:"var"           the key has a meaning only beside that one
//	with:"kind=a|b"      ... which must have one of these values
//
// The doc comment of a field is what Print writes above its key.

// Scenario is what a scenario file says: a machine, the work on it, and what
// is expected of it. Make one with [Load], [LoadFile] or [Open].
type Scenario struct {
	// One line that names the scenario.
	Title string `toml:"title" required:"yes"`
	// Prose for the reader: what happens here and why it is worth a look.
	Story string `toml:"story" required:"yes"`
	// The machine the scenario runs on.
	Machine MachineSpec `toml:"machine"`
	// Variants of the kernel's own paths.
	Kernel KernelSpec `toml:"kernel"`
	// The lock validator.
	Lockdep LockdepSpec `toml:"lockdep"`
	// The test of RCU that rcu_torture_init() loads.
	RCUTorture TortureSpec `toml:"rcutorture"`
	// Free parameters (string, integer or boolean) that bodies read with param("name").
	Params map[string]any `toml:"params"`
	// The tasks, in the order in which they are created.
	Tasks []TaskSpec `toml:"task" required:"yes"`
	// Objects that the tasks share.
	Shared []SharedSpec `toml:"shared"`
	// Interrupt handlers and the lines that they are on.
	IRQs []IRQSpec `toml:"irq"`
	// Devices that interrupt.
	Devices []DeviceSpec `toml:"device"`
	// Timers of the wheel, and high-resolution timers.
	Timers []TimerSpec `toml:"timer"`
	// Works that can be queued on a workqueue, also with a delay.
	Works []WorkSpec `toml:"work"`
	// Workqueues besides the system's own.
	Workqueues []WorkqueueSpec `toml:"workqueue"`
	// Tasklets.
	Tasklets []TaskletSpec `toml:"tasklet"`
	// Functions that run in an interrupt as soon as interrupts are on.
	IrqWorks []IrqWorkSpec `toml:"irq_work"`
	// Softirqs of the scenario's own.
	Softirqs []SoftirqSpec `toml:"softirq"`
	// What a run may end with; the last entry whose conditions all hold counts.
	Expects []Expect `toml:"expect"`
	// Named sets of overrides, for `run NAME --variant VARIANT`.
	Variants []Variant `toml:"variant"`

	// file is the name given to Load, for diagnostics.
	file string
	// pos knows where each key stands; shared between clones, never written.
	pos *positions
	// overrides are the settings changed since loading, in order.
	overrides []KV
}

// MachineSpec is the [machine] table.
type MachineSpec struct {
	// Number of CPUs.
	CPUs int `toml:"cpus" default:"2" check:"1..4096"`
	// Timer ticks per second (CONFIG_HZ).
	HZ int `toml:"hz" default:"1000" check:"100|250|1000"`
	// Which CPUs are near each other.
	Topology TopologySpec `toml:"topology"`
	// Groups of CPUs that share a last-level cache; empty: those of a socket share one. A CPU in no group has its own.
	LLC [][]int `toml:"llc" default:"[]" check:"0..4095"`
	// Virtual time, in milliseconds, at which a run ends with the verdict limit.
	TimeLimitMs int64 `toml:"time_limit_ms" default:"10000" check:"1..1_000_000_000"`
	// Number of operations after which a run ends with the verdict limit.
	StepLimit int64 `toml:"step_limit" default:"50_000_000" check:"1..1_000_000_000_000"`
	// Who gets a raw spinlock that several CPUs wait for: the first, as with queued locks, or any.
	Locks string `toml:"locks" default:"fifo" check:"fifo|any-winner"`
	// What an idle CPU does: halt until an interrupt, poll need_resched, or wait for a write to it.
	Idle string `toml:"idle" default:"hlt" check:"hlt|poll|mwait"`
	// Whether local timers belong to high-resolution timers (CONFIG_HIGH_RES_TIMERS), the tick being one of them, or tick periodically.
	HRTimers bool `toml:"hrtimers" default:"true"`
	// Whether idle CPUs stop their ticks (CONFIG_NO_HZ_IDLE) or tick on; needs hrtimers.
	NoHZ string `toml:"nohz" default:"idle" check:"off|idle"`
	// Whether the CPUs' ticks are spread over half a period (skew_tick=1) or all at the same instants; needs hrtimers.
	SkewTick bool `toml:"skew_tick" default:"false"`
	// What happens when a deadlock is found: the run stops, or goes on so that the kernel's own detectors come to speak.
	OnDeadlock string `toml:"on_deadlock" default:"stop" check:"stop|continue"`
	// The kernel's lockup detectors.
	Watchdog WatchdogSpec `toml:"watchdog"`
	// Shape and detectors of tree RCU.
	RCU RCUSpec `toml:"rcu"`
	// What operations cost, in virtual nanoseconds.
	Costs CostSpec `toml:"costs"`
	// Where printk's messages go.
	Console ConsoleSpec `toml:"console"`
}

// TopologySpec is the [machine.topology] table. CPUs are numbered through the first threads of all cores, socket by
// socket, then through the second threads.
type TopologySpec struct {
	// Sockets, each a NUMA node.
	Sockets int `toml:"sockets" default:"1" check:"1..64"`
	// Cores of a socket; 0: as many as machine.cpus needs.
	Cores int `toml:"cores" default:"0" check:"0..4096"`
	// Threads of a core.
	Threads int `toml:"threads" default:"1" check:"1..8"`
}

// WatchdogSpec is the [machine.watchdog] table. All are off unless a scenario
// says so: most runs take milliseconds, and the detectors seconds.
type WatchdogSpec struct {
	// Whether a CPU is reported that serves interrupts and does not schedule (softlockup); needs hrtimers.
	Soft bool `toml:"soft" default:"false"`
	// Whether a CPU is reported that does not even serve interrupts (hardlockup, the NMI watchdog); needs hrtimers.
	Hard bool `toml:"hard" default:"false"`
	// Whether tasks are reported that stay in TASK_UNINTERRUPTIBLE (khungtaskd).
	HungTask bool `toml:"hung_task" default:"false"`
	// Seconds of a hard lockup; a soft lockup takes twice as many (kernel.watchdog_thresh).
	Thresh int `toml:"thresh" default:"10" check:"1..60"`
	// Seconds between two looks at hung tasks (kernel.hung_task_timeout_secs).
	HungTimeout int `toml:"hung_timeout" default:"120" check:"1..1_000_000"`
}

// RCUSpec is the [machine.rcu] table.
type RCUSpec struct {
	// Children of an inner node of the rcu_node tree (CONFIG_RCU_FANOUT).
	Fanout int `toml:"fanout" default:"64" check:"2..64"`
	// CPUs of a leaf of the rcu_node tree (CONFIG_RCU_FANOUT_LEAF).
	FanoutLeaf int `toml:"fanout_leaf" default:"16" check:"2..64"`
	// Seconds of virtual time after which a grace period is reported as stalled.
	StallTimeoutS int `toml:"stall_timeout_s" default:"21" check:"3..300"`
	// Whether stalled grace periods go unreported (rcu_cpu_stall_suppress).
	StallSuppress bool `toml:"stall_suppress" default:"false"`
	// Jiffies until a grace period first forces quiescent states; 0: the kernel's, 1 to 3, and one more for each 256 CPUs.
	JiffiesTillFirstFQS int `toml:"jiffies_till_first_fqs" default:"0" check:"0..1000"`
	// Jiffies until it does so again; 0: the kernel's.
	JiffiesTillNextFQS int `toml:"jiffies_till_next_fqs" default:"0" check:"0..1000"`
	// Whether readers that hold a grace period up are lent a real-time priority (CONFIG_RCU_BOOST); callbacks of rcu_preempt then run in threads, rcuc/N.
	Boost bool `toml:"boost" default:"false"`
	// Milliseconds from the start of a grace period until its readers may be boosted (CONFIG_RCU_BOOST_DELAY).
	BoostDelayMs int `toml:"boost_delay_ms" default:"500" check:"1..3000"`
	// Real-time priority of RCU's threads (rcutree.kthread_prio); 0: none, but 1 with boost.
	KthreadPrio int `toml:"kthread_prio" default:"0" check:"0..99"`
	// CPUs whose callbacks are offloaded to threads, rcuo (rcu_nocbs), such as "0,2-3".
	Nocbs string `toml:"nocbs" default:"" free:"yes"`
	// How many CPUs one thread of rcu.nocbs leads (rcu_nocb_leader_stride); 0: the square root of all.
	NocbLeaderStride int `toml:"nocb_leader_stride" default:"0" check:"0..4096"`
	// Whether RCU's use is validated through lockdep maps (CONFIG_PROVE_RCU).
	ProveRCU bool `toml:"prove_rcu" default:"true"`
}

// CostSpec is the [machine.costs] table.
type CostSpec struct {
	// The kind of kernel whose costs are taken: production, or built with PROVE_LOCKING, which is slower at every lock.
	Preset string `toml:"preset" default:"production" check:"production|prove-locking"`
	// Nanoseconds lockdep adds to each lock operation; -1 takes the preset's: 0 for production, 300 for prove-locking.
	LockdepNs int64 `toml:"lockdep_ns" default:"-1" check:"-1..1_000_000"`
	// Shortest latency of an inter-processor interrupt, in nanoseconds.
	IPIMinNs int64 `toml:"ipi_min_ns" default:"400" check:"1..1_000_000_000"`
	// Typical latency of an inter-processor interrupt, in nanoseconds.
	IPITypNs int64 `toml:"ipi_typ_ns" default:"800" check:"1..1_000_000_000"`
	// Longest latency of an inter-processor interrupt, in nanoseconds.
	IPIMaxNs int64 `toml:"ipi_max_ns" default:"2000" check:"1..1_000_000_000"`
	// Nanoseconds to fetch a cache line that another CPU wrote.
	LineMissNs int64 `toml:"line_miss_ns" default:"50" check:"0..1_000_000"`
	// How far, as a share of it, each cost and latency may vary by chance; without any, CPUs run in lock step.
	Jitter float64 `toml:"jitter" default:"0.2" check:"0..1"`
}

// ConsoleSpec is the [machine.console] table.
type ConsoleSpec struct {
	// The console device, or none.
	Kind string `toml:"kind" default:"serial" check:"serial|none"`
	// Speed of the serial line, in bits per second.
	Baud int `toml:"baud" default:"115200" check:"50..4_000_000"`
	// Messages whose level number is below this one reach the console.
	Loglevel int `toml:"loglevel" default:"7" check:"0..15"`
}

// KernelSpec is the [kernel] table.
type KernelSpec struct {
	// Where the kernel's own code can be preempted: anywhere (CONFIG_PREEMPT), where it says might_sleep or cond_resched (voluntary), or only where it says cond_resched or sleeps. RCU stays the preemptible flavour in each.
	Preempt string `toml:"preempt" default:"full" check:"none|voluntary|full"`
	// Variants of the scheduler's paths.
	Sched SchedPaths `toml:"sched"`
	// Variants of perf's paths.
	Perf PerfPaths `toml:"perf"`
	// Variants of RCU's paths.
	RCU RCUPaths `toml:"rcu"`
	// Variants of printk's paths.
	Printk PrintkPaths `toml:"printk"`
	// Variants of the semaphore's paths.
	Semaphore SemaphorePaths `toml:"semaphore"`
	// Variants of the rt_mutex's paths.
	RTMutex RTMutexPaths `toml:"rt_mutex"`
	// How completion_done() looks: as v4.4 does, waiting for who completes to let go of the lock, or without it, as before 4.0.
	CompletionDone string `toml:"completion_done" default:"unlock-wait" check:"unlock-wait|lockless"`
	// Whether mutexes are debugged: no fast paths and no spinning for an owner that runs; auto: if the validator costs time.
	DebugMutexes string `toml:"debug_mutexes" default:"auto" check:"auto|on|off"`
	// Variants of the softirqs' paths.
	Softirq SoftirqPaths `toml:"softirq"`
	// Variants of the stoppers' paths.
	Stop StopPaths `toml:"stop"`
	// Variants of the high-resolution timers' paths.
	HRTimer HRTimerPaths `toml:"hrtimer"`
	// Variants of timekeeping's paths.
	Timekeeping TimekeepingPaths `toml:"timekeeping"`
}

// SchedPaths is the [kernel.sched] table.
type SchedPaths struct {
	// What yield_to() holds while it looks at the other task: both runqueues' locks as v4.4 does, or its pi_lock too, which keeps it from being woken on a third.
	YieldTo string `toml:"yield_to" default:"rq-locks" check:"rq-locks|pi-lock"`
	// What do_exit() does before it says TASK_DEAD: wait until the task's pi_lock was free once, as since 3.3, or nothing.
	Exit string `toml:"exit" default:"unlock-wait" check:"unlock-wait|plain"`
	// Where RCU is told of a context switch: before rq->lock is taken, or under it, as for some weeks before 3.5.
	RCUNote string `toml:"rcu_note" default:"before-lock" check:"before-lock|rq-locked"`
}

// PerfPaths is the [kernel.perf] table.
type PerfPaths struct {
	// What perf_lock_task_context() does around its RCU read-side section: nothing, disable preemption, or disable interrupts as v4.4 does.
	LockTaskContext string `toml:"lock_task_context" default:"irqs-off" check:"none|preempt-off|irqs-off"`
}

// RCUPaths is the [kernel.rcu] table.
type RCUPaths struct {
	// What synchronize_rcu_expedited() does: really expedite, or wait for a normal grace period.
	Expedited string `toml:"expedited" default:"expedited" check:"expedited|normal"`
	// What keeps a reader that ends inside the tail of rcu_read_unlock() from doing that one's special work: a nesting of INT_MIN, as since 3.0, or nothing.
	UnlockGuard string `toml:"unlock_guard" default:"int-min" check:"int-min|none"`
	// Where the requester of an expedited grace period is woken: behind the root rcu_node's lock, as since 3.1, or with it held.
	ExpWake string `toml:"exp_wake" default:"unlocked" check:"unlocked|rnp-locked"`
	// How an expedited grace period keeps CPUs from coming and going: not at all, as v4.4's, by get_online_cpus(), as before 3.18, or by trying that and else waiting for a normal grace period.
	ExpHotplug string `toml:"exp_hotplug" default:"none" check:"none|get|try"`
	// Where the grace-period thread is woken for a new grace period: behind the root rcu_node's lock, as since 3.10, or with it held.
	GPWake string `toml:"gp_wake" default:"unlocked" check:"unlocked|rnp-locked"`
	// When a CPU that comes or goes changes the mask of its leaf: at the start of the next grace period, as since 4.1, or at once.
	HotplugMask string `toml:"hotplug_mask" default:"gp-start" check:"gp-start|at-once"`
	// How a tracepoint for idle CPUs makes RCU watch: like an interrupt, as since 3.11, or by an end and a beginning of the idle period.
	Tracepoint string `toml:"tracepoint" default:"irq" check:"irq|idle"`
	// Whether the printer of the tasks that stall takes the rcu_node's lock, which its caller holds, as in early 2010.
	StallPrintLocks bool `toml:"stall_print_locks" default:"false"`
	// What call_rcu() with interrupts off does about an offloaded CPU's thread that sleeps: leave it to be woken later, as since 3.14, or wake it at once.
	NocbWake string `toml:"nocb_wake" default:"deferred" check:"deferred|direct"`
}

// PrintkPaths is the [kernel.printk] table.
type PrintkPaths struct {
	// How printk reaches the console: at once, as v4.4's vprintk_emit() does, or always deferred, as printk_deferred() does.
	Mode string `toml:"mode" default:"sync" check:"sync|deferred"`
}

// SemaphorePaths is the [kernel.semaphore] table.
type SemaphorePaths struct {
	// Where up() wakes: with the semaphore's lock held, as v4.4 does, or behind it by a wake_q, as since 2025.
	Up string `toml:"up" default:"wake-in-lock" check:"wake-in-lock|wake-q"`
}

// RTMutexPaths is the [kernel.rt_mutex] table.
type RTMutexPaths struct {
	// How the slow unlock without waiters frees the rt_mutex: by a cmpxchg behind wait_lock, as v4.4 does, by a plain store under it, as before 3.16, or by one behind it, which forgets a waiter.
	Unlock string `toml:"unlock" default:"fixed" check:"fixed|plain-store|store-late"`
}

// SoftirqPaths is the [kernel.softirq] table.
type SoftirqPaths struct {
	// Whether the ends of interrupts leave the softirqs to ksoftirqd while that is awake, as v4.9 does; v4.4 does not ask.
	KsoftirqdRunning bool `toml:"ksoftirqd_running" default:"false"`
	// Whether the ends of interrupts leave all softirqs to ksoftirqd and only wake it, as a kernel booted with "threadirqs" does.
	ThreadIRQs bool `toml:"threadirqs" default:"false"`
}

// StopPaths is the [kernel.stop] table.
type StopPaths struct {
	// How stop_two_cpus() queues its two works: with both parts of the lglock held, as v4.4 does, or one after the other, as before 4.2.
	TwoCPUs string `toml:"two_cpus" default:"lg-double-lock" check:"lg-double-lock|separate"`
}

// LockdepSpec is the [lockdep] table.
type LockdepSpec struct {
	// Whether the validator is switched off.
	Off bool `toml:"off" default:"false"`
	// Whose rules: v4.4's, those of 5.10 and later, which know recursive readers and wait types, or those made exact.
	Rules string `toml:"rules" default:"v4.4" check:"v4.4|new|exact"`
	// Whether lock dependencies made inside printk are recorded; v4.4 hides them by lockdep_off().
	PrintkEdges string `toml:"printk_edges" default:"hidden" check:"hidden|visible"`
	// Whether every printk tells the validator that it may wake somebody, also when nobody waits for the console.
	MightWake bool `toml:"might_wake" default:"false"`
	// Whether to go on validating after the first report; the kernel stops (debug_locks).
	KeepGoing bool `toml:"keep_going" default:"false"`
}

// TaskSpec is one [[task]].
type TaskSpec struct {
	// The task's comm: unique, at most 15 bytes.
	Name string `toml:"name" required:"yes"`
	// CPUs the task may run on; empty: all.
	CPUs []int `toml:"cpus" default:"[]" check:"0..4095"`
	// Nice value.
	Nice int `toml:"nice" default:"0" check:"-20..19"`
	// Scheduling policy.
	Policy string `toml:"policy" default:"SCHED_NORMAL" check:"SCHED_NORMAL|SCHED_BATCH|SCHED_IDLE|SCHED_FIFO|SCHED_RR"`
	// Priority of SCHED_FIFO and SCHED_RR.
	RTPriority int `toml:"rt_priority" default:"1" check:"1..99" with:"policy=SCHED_FIFO|SCHED_RR"`
	// Whether the run may end while this task still runs.
	Daemon bool `toml:"daemon" default:"false"`
	// What the task does, as a Starlark program; see `lockstep api`.
	Body string `toml:"body" required:"yes"`
}

// SharedSpec is one [[shared]]: exactly one of its names is set.
type SharedSpec struct {
	// A raw spinlock of this name.
	Lock string `toml:"lock"`
	// An integer variable of this name.
	Var string `toml:"var"`
	// The variable's value at boot.
	Init int64 `toml:"init" default:"0" with:"var"`
	// A completion of this name, not yet completed.
	Completion string `toml:"completion"`
	// A counting semaphore of this name.
	Semaphore string `toml:"semaphore"`
	// How often the semaphore can be taken before a task must wait.
	Count int `toml:"count" default:"1" check:"0..1_000_000" with:"semaphore"`
	// A spinlock_t of this name; a lock is a raw spinlock.
	Spinlock string `toml:"spinlock"`
	// A queued rwlock of this name.
	RWLock string `toml:"rwlock"`
	// A seqlock of this name.
	Seqlock string `toml:"seqlock"`
	// A per-CPU local_lock of this name, which the rules of v4.4 do not see.
	LocalLock string `toml:"local_lock"`
	// A mutex of this name.
	Mutex string `toml:"mutex"`
	// An rw_semaphore of this name.
	RWSem string `toml:"rwsem"`
	// A percpu_rw_semaphore of this name.
	PercpuRWSem string `toml:"percpu_rwsem"`
	// A word of this name, 64 bits of which each is set, taken or waited for by itself.
	Word string `toml:"word"`
	// A call_single_data of this name, for calls to other CPUs that nobody waits for.
	CSD string `toml:"csd"`
	// An rt_mutex of this name, which the rules of v4.4 do not see.
	RTMutex string `toml:"rt_mutex"`
	// A ww_mutex (wound/wait mutex) of this name.
	WWMutex string `toml:"ww_mutex"`
	// A wait queue of this name.
	WaitQueue string `toml:"wait_queue"`
	// The ww_class of the ww_mutex: what is taken together in one context is of one class.
	Class string `toml:"class" default:"ww_class" with:"ww_mutex"`
}

// Expect is one [[expect]]: what is expected under some settings.
type Expect struct {
	// Settings (dotted keys) that must all have these values for the entry to count; empty: always.
	When map[string]any `toml:"when"`
	// The verdicts that any one run may have.
	Run []string `toml:"run" default:"[\"clean\"]"`
	// A verdict that some run must reach when searched for; it must be one of run.
	Search string `toml:"search"`
	// Names of lock classes that the cycle of a report must contain.
	Classes []string `toml:"classes" default:"[]"`
}

// Variant is one [[variant]]: a named set of overrides.
type Variant struct {
	// The variant's name: unique, without spaces.
	Name string `toml:"name" required:"yes"`
	// What the variant shows, in a sentence.
	Text string `toml:"text"`
	// The settings (dotted keys) it changes, and their values.
	Set map[string]any `toml:"set" required:"yes"`
}
