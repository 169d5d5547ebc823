package lock

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Seqcount is a seqcount_t: a number that a writer makes odd for the time of
// its section and that readers compare before and behind theirs (docs/kernel/
// sched-irq-printk.md §4.3). Writers exclude each other by other means.
//
//	reader: even --read, read, ...--> the same number: good, else again
//	        odd  --wait until it changes
//
// A reader that finds it odd spins; in the simulator it is parked until the
// writer's section ends. Readers need no protection against preemption, so
// the wait is one that may move to another CPU. A reader that interrupts the
// writer on its own CPU waits for ever: the wait-for graph says so.
type Seqcount struct {
	obj  sim.Obj
	dep  lockdep.Map
	name string
	m    *cpu.Machine

	seq     uint32
	writer  *cpu.Exec // in its section
	waiters []*cpu.Wait

	// For views only.
	since     sim.Time // the writer's section lasts
	contended uint64   // reads that had to wait
	waited    sim.Time // and how long all of them did
}

// Init makes a seqcount with the number 0; key is its class.
func (c *Seqcount) Init(m *cpu.Machine, name string, key *lockdep.Key) {
	c.obj = m.NewObj(name)
	c.dep.Init(key)
	c.name, c.m = name, m
}

// Dep returns the validator's view of the seqcount.
func (c *Seqcount) Dep() *lockdep.Map { return &c.dep }

// Sequence returns the number, for views.
func (c *Seqcount) Sequence() uint32 { return c.seq }

// WriteBegin is write_seqcount_begin(): the number is odd before the validator
// is asked.
//
//kernel:fn write_seqcount_begin include/linux/seqlock.h
func (c *Seqcount) WriteBegin(x *cpu.Exec) {
	x.Op(cpu.KindWrite, &c.obj, sim.AccessWrite, c.m.Costs.Store)
	c.seq++
	c.writer, c.since = x, x.Now()
	x.MapLock(&c.dep, 0)
}

// WriteEnd is write_seqcount_end().
//
//kernel:fn write_seqcount_end include/linux/seqlock.h
func (c *Seqcount) WriteEnd(x *cpu.Exec) {
	x.LockdepTime()
	x.Op(cpu.KindWrite, &c.obj, sim.AccessWrite, c.m.Costs.Store)
	if x.Unvalidate(&c.dep) {
		x.Op(cpu.KindWrite, &c.obj, sim.AccessWrite, c.m.Costs.Store)
	}
	c.seq++
	c.writer = nil
	for _, w := range c.waiters {
		w.Done = true
		w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(c.m.Costs.LineMiss))
	}
	c.waiters = nil
}

// ReadBegin is read_seqcount_begin(): the number, once it is even. For the
// validator it is a recursive read-side lock that is taken and released with
// interrupts off, before the number is looked at.
//
//kernel:fn read_seqcount_begin include/linux/seqlock.h
func (c *Seqcount) ReadBegin(x *cpu.Exec) uint32 {
	f := cpu.LocalIrqSave(x)
	x.MightLock(&c.dep, lockdep.ReadRecursive)
	cpu.LocalIrqRestore(x, f)
	for {
		x.Op(cpu.KindRead, &c.obj, sim.AccessRead, c.m.Costs.Load)
		if c.seq&1 == 0 {
			return c.seq
		}
		c.wait(x)
	}
}

// wait parks until the section ends or an interrupt comes, which the next look
// at the number takes.
func (c *Seqcount) wait(x *cpu.Exec) {
	w := x.BeginWait(cpu.WaitSeqcount, c, &c.obj)
	c.waiters = append(c.waiters, w)
	since := w.Since
	c.contended++
	done := x.SpinOnce(w)
	c.waited += max(x.Now()-since, 0)
	if done {
		return
	}
	for i, o := range c.waiters {
		if o == w {
			c.waiters = append(c.waiters[:i:i], c.waiters[i+1:]...)
			break
		}
	}
}

// ReadRetry is read_seqcount_retry(): whether a writer came between, so that
// what was read since ReadBegin may not fit together.
//
//kernel:fn read_seqcount_retry include/linux/seqlock.h
func (c *Seqcount) ReadRetry(x *cpu.Exec, start uint32) bool {
	x.Op(cpu.KindRead, &c.obj, sim.AccessRead, c.m.Costs.Load)
	return c.seq != start
}

// AwaitedName implements [cpu.Awaited].
func (c *Seqcount) AwaitedName() string { return c.name }

// Holder implements [cpu.Awaited]: the writer, wherever it is.
func (c *Seqcount) Holder(*cpu.Wait) cpu.Holder {
	if c.writer == nil {
		return cpu.Holder{}
	}
	return cpu.Holder{Task: c.writer, How: "being written"}
}
