package perf

import (
	"errors"
	"fmt"
	"testing"

	"lockstep/cpu"
	"lockstep/sim"
)

// until lets time pass up to an absolute time.
func until(x *cpu.Exec, at sim.Time) { x.Delay(max(at-x.Now(), 0)) }

// lateInterrupt opens an event on a task that leaves perf ten microseconds
// later and lingers, while an interrupt of a hundred arrives at the opener,
// sent at the given time after it began. It returns the machine at its end
// and the event, nil if the task was found to be exiting.
func lateInterrupt(t *testing.T, mode LockMode, mutate bool, sent sim.Time) (*box, *Event) {
	t.Helper()
	const start = 400 * sim.Microsecond // before the first tick
	b := newBox(3, mode, sim.Config{Seed: 1})
	if mutate {
		b.m.Mutations = map[string]bool{PutCtxImmediate: true}
	}
	victim := b.task("victim", 1, func(x *cpu.Exec) {
		until(x, start+10*sim.Microsecond)
		b.p.ExitTask(x)
		x.Delay(200 * sim.Microsecond) // the rest of do_exit
	})
	var e *Event
	opener := b.task("opener", 0, func(x *cpu.Exec) {
		first, err := b.p.EventOpen(x, victim) // gives it a context
		if err != nil {
			t.Error(err)
		}
		b.p.Close(x, first) // and leaves the context to it alone
		until(x, start)
		if e, err = b.p.EventOpen(x, victim); err != nil && !errors.Is(err, ErrSRCH) {
			t.Error(err)
		}
	})
	sender := b.task("sender", 2, func(x *cpu.Exec) {
		until(x, start+sent)
		if err := b.ic.CallFunctionSingle(x, 0, func(x *cpu.Exec) { x.Delay(100 * sim.Microsecond) }, false); err != nil {
			t.Error(err)
		}
	})
	b.run(t, victim, opener, sender)
	return b, e
}

// TestUseAfterFree lets the interrupt come at every place around the reader
// of perf_lock_task_context. If the grace period is left out, a form that has
// interrupts on between load and lock finds the context freed; v4.4's has no
// such place, and with the grace period no form has.
func TestUseAfterFree(t *testing.T) {
	for _, c := range []struct {
		mode   LockMode
		mutate bool
		found  bool
	}{
		{LockNone, true, true}, {LockPreemptOff, true, true}, {LockIrqsOff, true, false},
		{LockNone, false, false}, {LockPreemptOff, false, false}, {LockIrqsOff, false, false},
	} {
		t.Run(fmt.Sprintf("mode %d, mutated %t", c.mode, c.mutate), func(t *testing.T) {
			want := "use-after-free: perf_lock_task_context touched ctx1, which is freed\n"
			found := 0
			for sent := -1600 * sim.Nanosecond; sent < -1000; sent++ {
				b, _ := lateInterrupt(t, c.mode, c.mutate, sent)
				switch got := b.findings(); {
				case got == want:
					found++
				case got != "":
					t.Fatalf("sent at %d ns: %s", sent, got)
				}
			}
			if (found > 0) != c.found {
				t.Errorf("found %d times, want found: %t", found, c.found)
			}
		})
	}
}

// TestSwitchesAllocateNothing: every context switch goes through the hooks.
func TestSwitchesAllocateNothing(t *testing.T) {
	b := newBox(1, LockIrqsOff, sim.Config{Seed: 1})
	other := b.task("other", 0, func(x *cpu.Exec) { x.Delay(sim.Microsecond) })
	self := b.task("self", 0, func(x *cpu.Exec) {
		e, err := b.p.EventOpen(x, b.s.Task(x))
		if err != nil {
			t.Error(err)
		}
		f := cpu.LocalIrqSave(x)
		allocs := testing.AllocsPerRun(100, func() {
			b.p.taskSchedOut(x, &other.Exec)
			b.p.taskSchedIn(x, &other.Exec)
		})
		cpu.LocalIrqRestore(x, f)
		if allocs != 0 {
			t.Errorf("a switch out and in makes %v allocations", allocs)
		}
		b.p.Close(x, e)
	})
	b.run(t, self, other)
	if s := b.findings(); s != "" {
		t.Error(s)
	}
}

// TestErrorNamesTheTasks: an error says who wanted what of whom.
func TestErrorNamesTheTasks(t *testing.T) {
	b := newBox(2, LockIrqsOff, sim.Config{Seed: 1})
	var got error
	victim := b.task("victim", 1, func(x *cpu.Exec) {
		b.p.ExitTask(x)
		x.Delay(sim.Millisecond)
	})
	opener := b.task("opener", 0, func(x *cpu.Exec) {
		x.Delay(100 * sim.Microsecond)
		_, got = b.p.EventOpen(x, victim)
	})
	b.run(t, victim, opener)
	want := fmt.Sprintf("perf_event_open of victim/%d by opener/%d: ESRCH: no such process", victim.PID, opener.PID)
	if !errors.Is(got, ErrSRCH) || got.Error() != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// TestInstallAfterExit shows a race that v4.4 has: a task gives its context up
// between the lookup of the context and the call on the task's CPU. The task
// still is what that CPU runs, so the event is installed and the context
// loaded; the switch that would unload it looks at the task's pointer, which
// is gone. Nothing unloads it any more, and a close would look for its CPU for
// ever.
func TestInstallAfterExit(t *testing.T) {
	leaked := 0
	for sent := -1600 * sim.Nanosecond; sent < 200; sent += 10 {
		b, e := lateInterrupt(t, LockIrqsOff, false, sent)
		if s := b.findings(); s != "" {
			t.Fatalf("sent at %d ns: %s", sent, s)
		}
		if e != nil && e.Context().Loaded() {
			leaked++
		}
	}
	if leaked == 0 {
		t.Error("no timing left the context of the dead task loaded")
	}
}
