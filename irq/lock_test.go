package irq

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

var testKey = lockdep.Key{Name: "test_lock"}

// contend lets the task on CPU 0 hold a lock while those on the others come
// for it one after the other, the later CPUs first. It returns in which order
// they got it and the box.
func contend(t *testing.T, cfg cpu.Config) []int {
	cfg.Engine.NoRunAhead = true // the tasks look at the queue without an operation
	b := newBox(cfg)
	var l lock.Raw
	l.Init(b.m, "l", &testKey)
	var order []int
	held := false
	var tasks []*sched.Task
	for i := range cfg.CPUs {
		tasks = append(tasks, b.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, []int{i}, func(x *cpu.Exec) {
			if i > 0 {
				for !held {
					x.Delay(100)
				}
				for l.Waiters() != cfg.CPUs-1-i {
					x.Delay(100)
				}
			}
			l.Lock(x)
			order = append(order, i)
			if i == 0 {
				held = true
				for l.Waiters() != cfg.CPUs-1 {
					x.Delay(100)
				}
			}
			l.Unlock(x)
		}))
	}
	if end := b.run(t, tasks...); end != sim.EndStopped || b.verdicts() != "" {
		t.Errorf("end %v, findings %s", end, b.verdicts())
	}
	return order
}

// TestLockIsFIFO: whoever queues first gets the lock first, in every run.
func TestLockIsFIFO(t *testing.T) {
	for seed := range uint64(20) {
		order := contend(t, cpu.Config{CPUs: 4, Engine: sim.Config{Seed: seed}})
		if !slices.Equal(order, []int{0, 3, 2, 1}) {
			t.Fatalf("seed %d: the order is %v", seed, order)
		}
	}
}

// TestAnyWinner: without FIFO order every waiter still gets the lock, and the
// order differs between runs.
func TestAnyWinner(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(20) {
		order := contend(t, cpu.Config{CPUs: 4, AnyWinner: true, Engine: sim.Config{Seed: seed}})
		seen[fmt.Sprint(order)] = true
		slices.Sort(order)
		if !slices.Equal(order, []int{0, 1, 2, 3}) {
			t.Fatalf("seed %d: the lock went to %v", seed, order)
		}
	}
	if len(seen) < 2 {
		t.Errorf("20 runs have the same order: %v", seen)
	}
}

// TestReservation: the first in line owns a released lock, also while it is
// in an interrupt handler that it took during its spin, and nobody overtakes.
func TestReservation(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 3, Engine: sim.Config{NoRunAhead: true}})
	var l lock.Raw
	l.Init(b.m, "l", &testKey)
	held, inHandler, released, looked := false, false, false, false
	t0 := b.s.NewTask("holder", 100, 0, []int{0}, func(x *cpu.Exec) {
		l.Lock(x)
		held = true
		for !inHandler {
			x.Delay(100)
		}
		l.Unlock(x)
		released = true
	})
	t1 := b.s.NewTask("spinner", 101, 0, []int{1}, func(x *cpu.Exec) {
		for !held {
			x.Delay(100)
		}
		l.Lock(x)
		l.Unlock(x)
	})
	t2 := b.s.NewTask("caller", 102, 0, []int{2}, func(x *cpu.Exec) {
		for l.Waiters() == 0 {
			x.Delay(100)
		}
		err := b.ic.CallFunctionSingle(x, 1, func(x *cpu.Exec) {
			inHandler = true
			for !released {
				x.Delay(100)
			}
			by, reserved := l.HeldBy()
			looked = by == x.CPU() && reserved && !l.HeldHere(x)
			if l.Trylock(x) {
				t.Error("a reserved lock could be taken")
				l.Unlock(x)
			}
		}, true)
		if err != nil {
			t.Error(err)
		}
	})
	if end := b.run(t, t0, t1, t2); end != sim.EndStopped || !looked || b.verdicts() != "" {
		t.Errorf("end %v, reserved for the interrupted waiter: %t, findings %s", end, looked, b.verdicts())
	}
}

// TestUnlockTakesPendingFirst: behind an irqsave unlock the interrupt that
// became pending runs before the preempt check that it makes positive.
func TestUnlockTakesPendingFirst(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2})
	var l lock.Raw
	l.Init(b.m, "l", &testKey)
	var events []string
	var count uint32
	other := b.s.NewTask("other", 101, -20, []int{0}, func(x *cpu.Exec) {
		b.s.SetCurrentState(x, sched.Uninterruptible)
		b.s.Schedule(x)
		events = append(events, "other runs")
	})
	t0 := b.s.NewTask("holder", 100, 0, []int{0}, func(x *cpu.Exec) {
		x.Delay(5 * sim.Millisecond)
		var w Work
		x.Kmalloc()
		b.ic.InitWork(&w, "work", false, func(x *cpu.Exec) {
			events = append(events, "interrupt")
			count = x.CPU().Count()
			b.s.WakeUpProcess(x, other)
		})
		f := l.LockIrqsave(x)
		b.ic.QueueWork(x, &w)
		x.Spend(500)
		events = append(events, "unlock")
		l.UnlockIrqrestore(x, f)
		events = append(events, "back")
	})
	b.run(t, t0, other)
	if got := strings.Join(events, ", "); got != "unlock, interrupt, other runs, back" {
		t.Errorf("the order is %s", got)
	}
	if want := cpu.HardirqOffset + cpu.PreemptOffset; count != want {
		t.Errorf("preempt_count in the interrupt is %#x, want %#x: the unlock's level is still there", count, want)
	}
}

// TestTrylock: a held lock is not got and preempt_count is as before.
func TestTrylock(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2})
	var l lock.Raw
	l.Init(b.m, "l", &testKey)
	tried := 0
	t0 := b.s.NewTask("t0", 100, 0, []int{0}, func(x *cpu.Exec) {
		if f, ok := l.TrylockIrqsave(x); !ok || !cpu.IrqsDisabled(x) || x.CPU().Count() != 1 {
			t.Error("a free lock was not got, or not with interrupts and preemption off")
		} else {
			for tried == 0 {
				x.Op(cpu.KindWork, b.m.Jiffies.Obj(), sim.AccessRead, 100)
			}
			l.UnlockIrqrestore(x, f)
		}
	})
	t1 := b.s.NewTask("t1", 101, 0, []int{1}, func(x *cpu.Exec) {
		for !l.IsLocked() {
			x.Delay(100)
		}
		if l.Trylock(x) || x.CPU().Count() != 0 {
			t.Error("a held lock was got, or preempt_count is left raised")
		}
		if _, ok := l.TrylockIrqsave(x); ok || cpu.IrqsDisabled(x) {
			t.Error("a held lock was got, or interrupts are left off")
		}
		tried++
	})
	if b.run(t, t0, t1); tried != 1 || b.verdicts() != "" {
		t.Errorf("%d, %s", tried, b.verdicts())
	}
}
