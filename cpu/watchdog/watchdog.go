package watchdog

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// Config says which detectors there are and how patient they are.
type Config struct {
	Soft     bool // the soft lockup detector, SOFT_WATCHDOG_ENABLED
	Hard     bool // the hard lockup detector, NMI_WATCHDOG_ENABLED
	HungTask bool // khungtaskd
	// Thresh is watchdog_thresh: a hard lockup is one of this length, a soft
	// lockup one of twice this length.
	Thresh sim.Time
	// HungTimeout is hung_task_timeout_secs.
	HungTimeout sim.Time
}

// prefix is the pr_fmt of the two lockup detectors.
const prefix = "NMI watchdog: "

// Watchdog is the detectors of one machine.
type Watchdog struct {
	m   *cpu.Machine
	s   *sched.Sched
	tm  *timer.Timers
	hr  *timer.HRTimers
	cfg Config
	cpu cpu.PerCPU[state]

	counter Counter             // nil without the hard lockup detector
	threads sched.SmpbootThread // watchdog_threads; none without a lockup detector

	khungtaskd *sched.Task
	warnings   int // sysctl_hung_task_warnings: what is left of them
	tasks      cpu.PerTask[seen]
	lastScan   sim.Time // when khungtaskd looked last; for views
}

// state is the per-CPU variables of kernel/watchdog.c. Only the CPU itself
// touches them: thread, timer and NMI all run there.
type state struct {
	timer      timer.HRTimer
	touchTS    uint64 // watchdog_touch_ts; 0: take a new one
	interrupts uint64 // hrtimer_interrupts
	done       uint64 // soft_lockup_hrtimer_cnt: as of the thread's last run
	saved      uint64 // hrtimer_interrupts_saved: as of the last NMI
	softWarn   bool   // soft_watchdog_warn: this lockup is reported
	warned     *cpu.Exec
	hardWarn   bool // hard_watchdog_warn
	nmiTouch   bool // watchdog_nmi_touch
}

// New makes the detectors, asleep until [Watchdog.Start], and takes the hooks
// by which others touch them. hr may be nil if neither lockup detector is on,
// counter if the hard one is off. It panics if a time is missing.
func New(m *cpu.Machine, s *sched.Sched, tm *timer.Timers, hr *timer.HRTimers, counter Counter, cfg Config) *Watchdog {
	w := &Watchdog{m: m, s: s, tm: tm, hr: hr, cfg: cfg, counter: counter, warnings: maxWarnings}
	w.cpu.Init(m)
	if cfg.Soft || cfg.Hard {
		if cfg.Thresh <= 0 {
			panic("watchdog: no threshold")
		}
		w.registerThreads()
		m.Hooks.TouchSoftlockup, m.Hooks.TouchNMI = w.TouchSoftlockup, w.TouchNMI
	}
	if cfg.HungTask {
		if cfg.HungTimeout <= 0 {
			panic("watchdog: no timeout for hung tasks")
		}
		w.khungtaskd = s.NewKthread("khungtaskd", 9+5*len(m.CPUs), -1, w.hungThread)
		w.khungtaskd.Observer = true
		m.OnBusy(w.unreported)
	}
	return w
}

// Start lets the threads go, on CPU 0 in the start-up: the end of registering
// watchdog_threads, where each CPU's is unparked, and of hung_task_init().
//
//kernel:fn lockup_detector_init kernel/watchdog.c
func (w *Watchdog) Start(x *cpu.Exec) {
	if w.cfg.Soft || w.cfg.Hard {
		for i := range w.m.CPUs {
			w.s.WakeUpProcess(x, w.threads.Task(i))
		}
	}
	if w.khungtaskd != nil {
		w.s.WakeUpProcess(x, w.khungtaskd)
	}
}

// timestamp is get_timestamp(): units of 2^30 ns, a little more than seconds.
//
//kernel:fn get_timestamp kernel/watchdog.c
func timestamp(x *cpu.Exec) uint64 { return uint64(x.Now()) >> 30 }

// samplePeriod is set_sample_period(): the timer runs five times before a soft
// lockup is one, and at least twice before the counter overflows.
//
//kernel:fn set_sample_period kernel/watchdog.c
func (w *Watchdog) samplePeriod() sim.Time { return w.softThresh() / 5 }

// softThresh is get_softlockup_thresh().
//
//kernel:fn get_softlockup_thresh kernel/watchdog.c
func (w *Watchdog) softThresh() sim.Time { return 2 * w.cfg.Thresh }
