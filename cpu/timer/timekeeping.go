package timer

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Timekeeper is tk_core: what turns the time stamp counter into the time of
// day. A machine has one only if somebody makes it; else nobody asks for the
// time in operations.
//
//	reader: tk_core.seq, base, cycle_last, TSC, tk_core.seq again
//	writer: timekeeper_lock > tk_core.seq odd > fast clock, base, cycle_last
//
// Base and cycle_last are stored one by one, so that a reader who did not try
// again could take one from before an update and the other from behind it.
type Timekeeper struct {
	m     *cpu.Machine
	lock  lock.Raw          // timekeeper_lock
	seq   lock.Seqcount     // tk_core.seq
	mono  readBase          // tkr_mono
	real  cpu.Var[sim.Time] // offs_real: what CLOCK_REALTIME is ahead
	fast  fastClock         // tk_fast_mono
	step  sim.Time          // cycle_interval
	onSet func(x *cpu.Exec) // clock_was_set

	// NMIReadsSeqcount lets [Timekeeper.GetMonoFast] read under the seqcount, as
	// whoever asked in an NMI did before v3.17. It is set before the machine runs.
	NMIReadsSeqcount bool
}

// readBase is a tk_read_base: the time was base when the counter was last.
type readBase struct {
	last cpu.Var[sim.Time]
	base cpu.Var[sim.Time]
}

var (
	timekeeperKey = lockdep.Key{Name: "timekeeper_lock"}
	tkSeqKey      = lockdep.Key{Name: "tk_core.seq"}
)

// rdtscCost is what reading the counter takes; with the loads around it
// ktime_get comes to the 25 ns of docs/kernel/sched-irq-printk.md §9.
const rdtscCost sim.Time = 9

// NewTimekeeper makes the machine's timekeeper, which the CPU that advances
// jiffies keeps up to date from now on.
func (t *Timers) NewTimekeeper() *Timekeeper {
	tk := &Timekeeper{m: t.m, step: t.period, onSet: func(*cpu.Exec) {}}
	tk.lock.Init(t.m, "timekeeper_lock", &timekeeperKey)
	tk.seq.Init(t.m, "tk_core.seq", &tkSeqKey)
	tk.mono.init(t.m, "tkr_mono")
	tk.real.Init(t.m, "offs_real", 0)
	tk.fast.init(t.m)
	t.tk = tk
	return tk
}

func (b *readBase) init(m *cpu.Machine, name string) {
	b.last.Init(m, name+".cycle_last", 0)
	b.base.Init(m, name+".base", 0)
}

// get is timekeeping_get_ns() on top of the base: loads in this order.
//
//kernel:fn timekeeping_get_ns kernel/time/timekeeping.c
func (b *readBase) get(x *cpu.Exec) sim.Time {
	base := b.base.ReadOnce(x)
	last := b.last.ReadOnce(x)
	x.Spend(rdtscCost)
	return base + x.Now() - last
}

// Get is ktime_get(): CLOCK_MONOTONIC. It waits for a writer's section to end
// and reads again what one came between. A reader that interrupts the writer
// on its own CPU, as an NMI can, waits for ever.
//
//kernel:fn ktime_get kernel/time/timekeeping.c
func (tk *Timekeeper) Get(x *cpu.Exec) sim.Time {
	for {
		seq := tk.seq.ReadBegin(x)
		now := tk.mono.get(x)
		if tk.m.Mutated("timer.ktime-no-retry") || !tk.seq.ReadRetry(x, seq) {
			return now
		}
	}
}

// GetReal is ktime_get_real(): CLOCK_REALTIME.
//
//kernel:fn ktime_get_with_offset kernel/time/timekeeping.c
func (tk *Timekeeper) GetReal(x *cpu.Exec) sim.Time {
	now, real := tk.updateOffsets(x)
	return now + real
}

// updateOffsets is ktime_get_update_offsets_now(): the monotonic time and, of
// the same moment, by how much CLOCK_REALTIME is ahead.
//
//kernel:fn ktime_get_update_offsets_now kernel/time/timekeeping.c
func (tk *Timekeeper) updateOffsets(x *cpu.Exec) (now, real sim.Time) {
	for {
		seq := tk.seq.ReadBegin(x)
		now = tk.mono.get(x)
		real = tk.real.ReadOnce(x)
		if !tk.seq.ReadRetry(x, seq) {
			return now, real
		}
	}
}

// UpdateWallTime is update_wall_time(): the CPU that has just advanced jiffies
// moves base and cycle_last on by whole ticks.
//
//kernel:fn update_wall_time kernel/time/timekeeping.c
func (tk *Timekeeper) UpdateWallTime(x *cpu.Exec) {
	f := tk.lock.LockIrqsave(x)
	x.Spend(rdtscCost)
	passed := x.Now() - tk.mono.last.Peek()
	if passed >= tk.step {
		tk.seq.WriteBegin(x)
		tk.forward(x, passed/tk.step*tk.step)
		tk.seq.WriteEnd(x)
	}
	tk.lock.UnlockIrqrestore(x, f)
}

// forward accounts for the given time, inside both writer's sections: the
// fast clock first, while readers of the other are kept away.
//
//kernel:fn timekeeping_update kernel/time/timekeeping.c
func (tk *Timekeeper) forward(x *cpu.Exec, by sim.Time) {
	tk.lock.AssertHeld(x)
	base, last := tk.mono.base.Peek()+by, tk.mono.last.Peek()+by
	tk.fast.update(x, base, last)
	tk.mono.base.WriteOnce(x, base)
	tk.mono.last.WriteOnce(x, last)
}

// SetTime is do_settimeofday64(): CLOCK_REALTIME becomes the given time. Who
// has timers on it is told behind the locks.
//
//kernel:fn do_settimeofday64 kernel/time/timekeeping.c
func (tk *Timekeeper) SetTime(x *cpu.Exec, to sim.Time) {
	f := tk.lock.LockIrqsave(x)
	tk.seq.WriteBegin(x)
	x.Spend(rdtscCost)
	tk.forward(x, x.Now()-tk.mono.last.Peek())
	tk.real.WriteOnce(x, to-tk.mono.base.Peek())
	tk.seq.WriteEnd(x)
	tk.lock.UnlockIrqrestore(x, f)
	tk.onSet(x)
}
