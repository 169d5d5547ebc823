package torture

import "lockstep/sim"

// Params are the module's parameters, under the kernel's names
// (docs/kernel/rcutorture.md §1). Seconds are SecondMs milliseconds long.
type Params struct {
	TortureType     string // the flavour: rcu, rcu_bh, sched or rcu_busted
	NReaders        int    // negative: the online CPUs less 2 less this, at least 1
	NFakewriters    int    // tasks that ask for grace periods beside the writer
	StatInterval    int    // seconds between reports; 0: only the last one
	Stutter         int    // seconds of running, and of halting; 0: no halts
	ShuffleInterval int    // seconds; 0: no shuffling
	TestNoIdleHZ    bool   // whether there is shuffling at all
	Irqreader       bool   // readers in timers besides

	// GpCond, GpExp, GpNormal and GpSync choose the updaters' methods; none
	// set is all of them.
	GpCond, GpExp, GpNormal, GpSync bool

	FqsDuration, FqsHoldoff int // microseconds of a burst of forcing, and between two in it
	FqsStutter              int // seconds between bursts

	TestBoost         int // 0: no, 1: if the flavour can boost, 2: in any case
	TestBoostDuration int // seconds
	TestBoostInterval int // seconds

	StallCPU, StallCPUHoldoff int // seconds of the one stall, and before it; 0: none
	NBarrierCbs               int // threads that queue callbacks for barriers
	OnoffInterval             int // seconds between CPUs that go or come; 0: none do
	OnoffHoldoff              int // seconds before the first

	CbfloodNBurst, CbfloodNPerBurst          int // bursts of a flood, 0: no floods; callbacks of a burst
	CbfloodIntraHoldoff, CbfloodInterHoldoff int // jiffies between bursts, and between floods

	ShutdownSecs int  // seconds until the machine is powered off; 0: it is not
	Verbose      bool // what the threads say of their own lives

	CanBoost bool // the machine boosts readers and its CPUs do not come and go
	SecondMs int  // milliseconds of virtual time of one second of the above
	// Pace is how many of the kernel's passes one pass of a reader stands for.
	Pace int
	// Seed begins the streams of random numbers, in place of the clock.
	Seed uint64
}

// passTime is about what a pass of the kernel's reader takes.
const passTime = 200 * sim.Nanosecond

// seconds turns a parameter in seconds into jiffies, at least one for one that
// is not 0.
func (t *Torture) seconds(n int) uint64 {
	j := uint64(n) * uint64(t.p.SecondMs) * uint64(t.m.HZ) / 1000
	if n > 0 {
		return max(j, 1)
	}
	return j
}

// micros turns microseconds into virtual time.
func micros(n uint64) sim.Time { return sim.Time(n) * sim.Microsecond }
