package irq

import (
	"fmt"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

var (
	seqKey     = lockdep.Key{Name: "test_seqcount"}
	seqLockKey = lockdep.Key{Name: "test_seqlock"}
	localKey   = lockdep.Key{Name: "test_local", Inner: lockdep.WaitConfig, PerCPU: true}
)

// seqRun lets two writers change a pair of numbers while others read it.
type seqRun struct {
	*box
	l       lock.Seqlock
	a, b    cpu.Var[int]
	torn    int // pairs that a reader took for good and that do not fit
	retries int
	reads   int
}

func newSeqRun(t *testing.T, engine sim.Config) *seqRun {
	r := &seqRun{box: newBox(cpu.Config{CPUs: 4, Engine: engine})}
	r.l.Init(r.m, "seq", &seqKey, &seqLockKey)
	r.a.Init(r.m, "a", 0)
	r.b.Init(r.m, "b", 0)
	var tasks []*sched.Task
	for i := range 4 {
		tasks = append(tasks, r.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, nil, func(x *cpu.Exec) {
			for k := range 10 {
				x.Delay(sim.Time(300 * (1 + (i+k)%3)))
				if i < 2 {
					r.write(x, k)
				} else {
					r.read(x)
				}
			}
		}))
	}
	r.run(t, tasks...)
	return r
}

func (r *seqRun) write(x *cpu.Exec, k int) {
	f := r.l.WriteLockIrqsave(x)
	r.a.WriteOnce(x, r.a.Peek()+k+1)
	x.Delay(sim.Time(400 + 100*k))
	r.b.WriteOnce(x, r.a.Peek())
	r.l.WriteUnlockIrqrestore(x, f)
}

func (r *seqRun) read(x *cpu.Exec) {
	for {
		start := r.l.ReadBegin(x)
		a := r.a.ReadOnce(x)
		x.Delay(200)
		b := r.b.ReadOnce(x)
		if !r.l.ReadRetry(x, start) {
			if r.reads++; a != b {
				r.torn++
			}
			return
		}
		r.retries++
	}
}

// TestSeqlock: no reader takes a pair that does not fit, some must read again,
// some wait for a writer, and how the run is executed changes nothing.
func TestSeqlock(t *testing.T) {
	retries, waits := 0, uint64(0)
	for seed := range uint64(60) {
		var got [2]outcome
		for i := range got {
			r := newSeqRun(t, sim.Config{Seed: seed, Stalls: seed%2 == 1, NoRunAhead: i == 1})
			if r.torn > 0 || r.reads != 20 || r.l.Count().Sequence() != 40 {
				t.Fatalf("seed %d: %d torn of %d reads, the sequence ends as %d\n%s", seed, r.torn, r.reads, r.l.Count().Sequence(), r.verdicts())
			}
			retries, waits = retries+r.retries, waits+r.l.LockState().Contended
			got[i] = outcome{r.m.E.Hash(), r.m.E.Steps(), r.m.E.Now(), r.verdicts()}
		}
		if got[0] != got[1] || got[0].found != "" {
			t.Fatalf("seed %d:\nahead   %+v\nstepped %+v", seed, got[0], got[1])
		}
	}
	if retries == 0 || waits == 0 {
		t.Errorf("%d retries, %d waits: the test shows nothing", retries, waits)
	}
}

// TestSeqlockReaderParks: however long a writer's section lasts, a reader that
// waits for it spends no operation but those of the ticks it takes meanwhile.
func TestSeqlockReaderParks(t *testing.T) {
	reads := func(section sim.Time) int {
		b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}})
		var l lock.Seqlock
		l.Init(b.m, "seq", &seqKey, &seqLockKey)
		n := 0
		b.m.E.OnOp(func(_ *sim.Proc, op sim.Op) {
			if op.Obj == l.LockInfo().Obj && op.Kind == cpu.KindRead {
				n++
			}
		})
		writer := b.s.NewTask("writer", 100, 0, []int{0}, func(x *cpu.Exec) {
			l.WriteLock(x)
			x.Delay(section)
			l.WriteUnlock(x)
		})
		reader := b.s.NewTask("reader", 101, 0, []int{1}, func(x *cpu.Exec) {
			for l.Count().Sequence() == 0 {
				x.Delay(100)
			}
			l.ReadBegin(x)
		})
		if b.run(t, writer, reader); b.verdicts() != "" || !reader.Exited {
			t.Errorf("the reader has ended: %t\n%s", reader.Exited, b.verdicts())
		}
		return n
	}
	if n := reads(300 * sim.Microsecond); n != 2 {
		t.Errorf("a short section costs the reader %d reads, want 2", n)
	}
	if n := reads(20 * sim.Millisecond); n < 10 || n > 24 {
		t.Errorf("twenty ticks cost the reader %d reads, want about 22", n)
	}
}

// TestSeqcountReaderLetsWriterRun: a reader that may be preempted waits for a
// writer that was preempted on the same CPU; a tick brings the writer back.
func TestSeqcountReaderLetsWriterRun(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2})
	var c lock.Seqcount
	c.Init(b.m, "seq", &seqKey)
	writer := b.s.NewTask("writer", 100, 0, []int{0}, func(x *cpu.Exec) {
		c.WriteBegin(x)
		x.Delay(30 * sim.Millisecond)
		c.WriteEnd(x)
	})
	reader := b.s.NewTask("reader", 101, 0, []int{0}, func(x *cpu.Exec) {
		for c.Sequence() == 0 {
			b.tm.Msleep(x, 1)
		}
		if n := c.ReadBegin(x); n != 2 {
			t.Errorf("the reader begins at %d", n)
		}
	})
	if b.run(t, writer, reader); !reader.Exited || b.verdicts() != "" {
		t.Errorf("the reader has ended: %t\n%s", reader.Exited, b.verdicts())
	}
}

// TestSeqlockInterruptedWriter: a reader in an interrupt of the writer's own
// CPU waits for ever, which is found at once.
func TestSeqlockInterruptedWriter(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}})
	var l lock.Seqlock
	l.Init(b.m, "seq", &seqKey, &seqLockKey)
	writer := b.s.NewTask("writer", 100, 0, []int{0}, func(x *cpu.Exec) {
		l.WriteLock(x) // and not write_seqlock_irq
		x.Delay(sim.Millisecond / 2)
		l.WriteUnlock(x)
	})
	caller := b.s.NewTask("caller", 101, 0, []int{1}, func(x *cpu.Exec) {
		for l.Count().Sequence() == 0 {
			x.Delay(100)
		}
		if err := b.ic.CallFunctionSingle(x, 0, func(x *cpu.Exec) { l.ReadBegin(x) }, false); err != nil {
			t.Error(err)
		}
	})
	b.run(t, writer, caller)
	want := `lockdep: INFO: inconsistent lock state
deadlock: deadlock
  CPU0 writer/100 waits for seqcount seq, being written by task writer/100
`
	if got := b.verdicts(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestLocalLock: each CPU has an instance of its own, and its holder stays.
func TestLocalLock(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2, Lockdep: &lockdep.Config{Rules: lockdep.RulesNew}})
	var l lock.Local
	l.Init(b.m, "local", &localKey)
	inside, most := 0, 0
	var tasks []*sched.Task
	for i := range 4 {
		tasks = append(tasks, b.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, nil, func(x *cpu.Exec) {
			for range 20 {
				l.Lock(x)
				c := x.CPU()
				inside++
				most = max(most, inside)
				x.Delay(100 * sim.Microsecond)
				inside--
				if !l.HeldHere(x) || x.CPU() != c {
					t.Error("the holder lost its instance")
				}
				l.Unlock(x)
			}
		}))
	}
	if b.run(t, tasks...); most != 2 || b.verdicts() != "" {
		t.Errorf("at most %d tasks hold an instance at once, want 2\n%s", most, b.verdicts())
	}
}

// TestBHLock: softirqs that become pending under a _bh lock run when it is
// released, and not before.
func TestBHLock(t *testing.T) {
	for _, variant := range []string{"spin", "read", "write"} {
		b := newBox(cpu.Config{CPUs: 1})
		var s lock.Spin
		var l lock.RW
		s.Init(b.m, "s", &testKey)
		l.Init(b.m, "rw", &rwKey)
		take := map[string]func(*cpu.Exec){"spin": s.LockBH, "read": l.ReadLockBH, "write": l.WriteLockBH}[variant]
		free := map[string]func(*cpu.Exec){"spin": s.UnlockBH, "read": l.ReadUnlockBH, "write": l.WriteUnlockBH}[variant]
		events := ""
		b.sq.Register(3, func(*cpu.Exec) { events += " softirq" })
		task := b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
			take(x)
			b.sq.Raise(x, 3)
			x.Delay(3 * sim.Millisecond)
			if n := x.CPU().Count(); n != cpu.SoftirqDisableOffset+1 {
				t.Errorf("%s: preempt_count is %#x", variant, n)
			}
			events += " unlock"
			free(x)
			events += " back"
		})
		if b.run(t, task); events != " unlock softirq back" || b.verdicts() != "" {
			t.Errorf("%s: the order is%s\n%s", variant, events, b.verdicts())
		}
	}
}
