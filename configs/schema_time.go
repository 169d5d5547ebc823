package configs

// TimerSpec is one [[timer]].
type TimerSpec struct {
	// The timer's name: unique.
	Name string `toml:"name" required:"yes"`
	// Where it waits: in the wheel, by jiffies, for a softirq, or, hr, by nanoseconds, for an interrupt of its own.
	Kind string `toml:"kind" default:"wheel" check:"wheel|hr"`
	// Whether it can wait until its CPU is busy (TIMER_DEFERRABLE); of the wheel only.
	Deferrable bool `toml:"deferrable" default:"false"`
	// Whether its function runs with interrupts off (TIMER_IRQSAFE); of the wheel only.
	IrqSafe bool `toml:"irqsafe" default:"false"`
	// What runs when it expires, as a Starlark program: in softirq context, or, hr, in an interrupt; the latter starts anew if it sets ret to HRTIMER_RESTART.
	Body string `toml:"body" required:"yes"`
}

// HRTimerPaths is the [kernel.hrtimer] table.
type HRTimerPaths struct {
	// How an hrtimer's function is called: without the base's lock, or under it, as before v2.6.25.
	Callback string `toml:"callback" default:"unlocked" check:"unlocked|base-locked"`
}

// TimekeepingPaths is the [kernel.timekeeping] table.
type TimekeepingPaths struct {
	// How ktime_get_mono_fast_ns() reads the time, also in an NMI: from a latch of two copies, or under the timekeeper's seqcount, as before v3.17.
	NMIClock string `toml:"nmi_clock" default:"latch" check:"latch|seqcount"`
}
