package timer

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// fastClock is tk_fast: the monotonic time for who may interrupt the writer,
// such as an NMI. There are two copies, and the lowest bit of the number says
// which to read: while the writer stores to one readers use the other.
//
//	seq   even          odd           even
//	read  copy 0        copy 1        copy 0
//	write        copy 0        copy 1
//
// A reader whose copy was written meanwhile sees another number and reads
// again; one that stands on top of the writer sees the same and is done, with
// a time that is right but for what the clock's rate was corrected.
type fastClock struct {
	seq    cpu.Var[uint32]
	copies [2]readBase
}

func (c *fastClock) init(m *cpu.Machine) {
	c.seq.Init(m, "tk_fast_mono.seq", 0)
	c.copies[0].init(m, "tk_fast_mono[0]")
	c.copies[1].init(m, "tk_fast_mono[1]")
}

// latch is raw_write_seqcount_latch(): readers go to the other copy.
//
//kernel:fn raw_write_seqcount_latch include/linux/seqlock.h
func (c *fastClock) latch(x *cpu.Exec) {
	c.seq.WriteOnce(x, c.seq.Peek()+1)
	x.Spend(x.Machine().Costs.Barrier)
}

// update is update_fast_timekeeper(); timekeeper_lock is held.
//
//kernel:fn update_fast_timekeeper kernel/time/timekeeping.c
func (c *fastClock) update(x *cpu.Exec, base, last sim.Time) {
	for i := range c.copies {
		c.latch(x)
		c.copies[i].base.WriteOnce(x, base)
		c.copies[i].last.WriteOnce(x, last)
	}
}

// GetMonoFast is ktime_get_mono_fast_ns(): CLOCK_MONOTONIC from any context,
// NMIs included, without a lock and without waiting.
//
//kernel:fn ktime_get_mono_fast_ns kernel/time/timekeeping.c
func (tk *Timekeeper) GetMonoFast(x *cpu.Exec) sim.Time {
	if tk.NMIReadsSeqcount {
		return tk.Get(x)
	}
	for {
		seq := tk.fast.seq.ReadOnce(x)
		now := tk.fast.copies[seq&1].get(x)
		if tk.fast.seq.ReadOnce(x) == seq {
			return now
		}
	}
}
