package rcu

// Variants are forms of paths other than v4.4's, set before the machine starts.
type Variants struct {
	// UnlockUnguarded is the unlock before 3.0: nesting is 0, not closing,
	// while the special work is done, so that the end of an interrupt's reader
	// takes the work for its own (docs/kernel/bugs.md, BUG-A4).
	UnlockUnguarded bool
	// ExpWakeUnderRnp is the wake-up of an expedited grace period's requester
	// before 3.1: with the root's lock held (BUG-A6).
	ExpWakeUnderRnp bool
	// GPWakeUnderRnp is the wake-up of the grace-period kthread before 3.10: by
	// who asks for a grace period, with the root's lock held (BUG-B2).
	GPWakeUnderRnp bool
	// HotplugMaskAtOnce is a CPU that comes or goes before 4.1: it changes its
	// leaf's mask in the middle of a grace period (BUG-C10).
	HotplugMaskAtOnce bool
	// TracepointIdles is a tracepoint for idle CPUs before 3.11: it ends the
	// idle period and begins one, also in an interrupt (BUG-C2).
	TracepointIdles bool
	// ExpHotplug is what an expedited grace period did about CPUs that come or
	// go (BUG-C4); v4.4's needs nothing.
	ExpHotplug ExpHotplug
	// StallPrintLocks is the printer of blocked tasks before 2.6.34: it takes
	// the node's lock, which its caller holds (BUG-C6).
	StallPrintLocks bool
}

// ExpHotplug is how synchronize_rcu_expedited() keeps CPUs from coming and
// going.
type ExpHotplug int

// The forms of ExpHotplug.
const (
	ExpHotplugNone ExpHotplug = iota // not at all
	ExpHotplugGet                    // by get_online_cpus(), which waits: before 3.18
	ExpHotplugTry                    // by try_get_online_cpus(), or it waits for a normal grace period: since 3.18
)
