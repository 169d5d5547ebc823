package configs

// TortureSpec is the [rcutorture] table: the parameters of the module that rcu_torture_init() loads, under the kernel's names.
type TortureSpec struct {
	// The flavour of RCU that is tested; rcu_busted waits for nobody and must fail.
	TortureType string `toml:"torture_type" default:"rcu" check:"rcu|rcu_bh|sched|rcu_busted"`
	// Readers; a negative number -n: as many as CPUs are online, less 2, and n more, at least 1.
	NReaders int `toml:"nreaders" default:"-1" check:"-4096..4096"`
	// Tasks that ask for grace periods beside the writer.
	NFakewriters int `toml:"nfakewriters" default:"4" check:"0..1024"`
	// Seconds between reports of statistics; 0: only the last one.
	StatInterval int `toml:"stat_interval" default:"60" check:"0..100_000"`
	// Seconds for which all run, and then halt; 0: they do not halt.
	Stutter int `toml:"stutter" default:"5" check:"0..100_000"`
	// Seconds after which another CPU is left to idle; 0: none is.
	ShuffleInterval int `toml:"shuffle_interval" default:"3" check:"0..100_000"`
	// Whether CPUs are left to idle at all.
	TestNoIdleHZ bool `toml:"test_no_idle_hz" default:"true"`
	// Whether there are readers in timers, too.
	Irqreader bool `toml:"irqreader" default:"true"`
	// Whether the writer waits by get_state and cond_synchronize; none of the four gp_ keys set is all of them.
	GpCond bool `toml:"gp_cond" default:"false"`
	// Whether it waits by expedited grace periods.
	GpExp bool `toml:"gp_exp" default:"false"`
	// Whether it waits by callbacks.
	GpNormal bool `toml:"gp_normal" default:"false"`
	// Whether it waits by synchronous grace periods.
	GpSync bool `toml:"gp_sync" default:"false"`
	// Microseconds of a burst of requests to force quiescent states; 0: no bursts.
	FqsDuration int `toml:"fqs_duration" default:"0" check:"0..1_000_000"`
	// Microseconds between two requests of a burst; 0: the first burst never ends.
	FqsHoldoff int `toml:"fqs_holdoff" default:"0" check:"0..1_000_000"`
	// Seconds between two bursts.
	FqsStutter int `toml:"fqs_stutter" default:"3" check:"0..100_000"`
	// Whether priority boosting is tested: 0 not, 1 if the flavour can boost, 2 in any case.
	TestBoost int `toml:"test_boost" default:"1" check:"0..2"`
	// Seconds of a test of boosting, at least 2.
	TestBoostDuration int `toml:"test_boost_duration" default:"4" check:"2..100_000"`
	// Seconds between two of them, at least 1.
	TestBoostInterval int `toml:"test_boost_interval" default:"7" check:"1..100_000"`
	// Whole seconds of virtual time, not scaled, of one reader that stalls; 0: none does.
	StallCPU int `toml:"stall_cpu" default:"0" check:"0..100_000"`
	// Seconds before it does.
	StallCPUHoldoff int `toml:"stall_cpu_holdoff" default:"10" check:"0..100_000"`
	// Tasks that queue callbacks for a test of barriers; 0: no test.
	NBarrierCbs int `toml:"n_barrier_cbs" default:"0" check:"0..1024"`
	// Seconds between CPUs that are taken down or up; 0: none are.
	OnoffInterval int `toml:"onoff_interval" default:"0" check:"0..100_000"`
	// Seconds before the first is.
	OnoffHoldoff int `toml:"onoff_holdoff" default:"0" check:"0..100_000"`
	// Bursts of a flood of callbacks; 0: no floods.
	CbfloodNBurst int `toml:"cbflood_n_burst" default:"3" check:"0..1000"`
	// Callbacks of a burst.
	CbfloodNPerBurst int `toml:"cbflood_n_per_burst" default:"20_000" check:"0..1_000_000"`
	// Jiffies between two bursts.
	CbfloodIntraHoldoff int `toml:"cbflood_intra_holdoff" default:"1" check:"0..1_000_000"`
	// Jiffies between two floods.
	CbfloodInterHoldoff int `toml:"cbflood_inter_holdoff" default:"1000" check:"0..1_000_000"`
	// Seconds after which the test ends and the machine is powered off; 0: it is not.
	ShutdownSecs int `toml:"shutdown_secs" default:"0" check:"0..1_000_000"`
	// Whether the threads say what becomes of them.
	Verbose bool `toml:"verbose" default:"true"`
	// Milliseconds of virtual time that stand for a second of the keys above.
	SecondMs int `toml:"second_ms" default:"1000" check:"1..1000"`
	// How many passes of the kernel's readers one pass stands for: it takes as long, and its rare delays are as much more likely.
	Pace int `toml:"pace" default:"1" check:"1..10_000"`
}
