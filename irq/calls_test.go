package irq

import (
	"slices"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// TestCallMask: a call of many runs once on each CPU of the mask but the
// caller's, however many there are, and with wait has run when it returns.
func TestCallMask(t *testing.T) {
	for _, mask := range [][]bool{
		{}, {true}, {false, true}, {true, true, false, true}, slices.Repeat([]bool{true}, 20), slices.Repeat([]bool{false, true, true}, 6),
	} {
		b := newBox(cpu.Config{CPUs: 20})
		b.ic.InitCallMany()
		ran := make([]int, 20)
		b.run(t, b.s.NewTask("t", 100, 0, []int{0}, func(x *cpu.Exec) {
			cpu.PreemptDisable(x)
			b.ic.CallFunctionMany(x, mask, func(y *cpu.Exec) { ran[y.CPU().ID]++ }, true)
			cpu.PreemptEnable(x)
			for c, n := range ran {
				if want := c > 0 && c < len(mask) && mask[c]; want != (n == 1) || n > 1 {
					t.Errorf("%v: ran %d times on CPU %d", mask, n, c)
				}
			}
		}))
		if b.verdicts() != "" {
			t.Errorf("%v: %s", mask, b.verdicts())
		}
	}
}

// TestOnEachCPU: everywhere once, here too.
func TestOnEachCPU(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 3})
	b.ic.InitCallMany()
	ran := make([]int, 3)
	b.run(t, b.s.NewTask("t", 100, 0, []int{1}, func(x *cpu.Exec) {
		b.ic.OnEachCPU(x, func(y *cpu.Exec) {
			ran[y.CPU().ID]++
			if !cpu.IrqsDisabled(y) {
				t.Error("called with interrupts on")
			}
		}, true)
	}))
	if !slices.Equal(ran, []int{1, 1, 1}) || b.verdicts() != "" {
		t.Errorf("ran %v; %s", ran, b.verdicts())
	}
}

// TestCallAsync: a call of one's own may be made with interrupts off and comes
// back at once; making it again while it is queued is warned of, and waits.
func TestCallAsync(t *testing.T) {
	for _, twice := range []bool{false, true} {
		b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}})
		var c Call
		b.ic.InitCall(&c, "mine")
		ran, deaf := 0, false
		other := b.s.NewTask("deaf", 101, 0, []int{1}, func(x *cpu.Exec) {
			cpu.LocalIrqDisable(x)
			deaf = true
			x.Delay(100 * sim.Microsecond)
			cpu.LocalIrqEnable(x)
		})
		caller := b.s.NewTask("caller", 100, 0, []int{0}, func(x *cpu.Exec) {
			for !deaf {
				x.Delay(100)
			}
			f := cpu.LocalIrqSave(x)
			since := x.Now()
			call := func() {
				if err := b.ic.CallFunctionSingleAsync(x, 1, &c, func(*cpu.Exec) { ran++ }); err != nil {
					t.Error(err)
				}
			}
			if call(); x.Now()-since > 5*sim.Microsecond {
				t.Errorf("the call took %v", x.Now()-since)
			}
			if twice {
				if call(); x.Now()-since < 50*sim.Microsecond {
					t.Errorf("the second call took %v", x.Now()-since)
				}
			}
			cpu.LocalIrqRestore(x, f)
		})
		b.run(t, caller, other)
		if want := map[bool]int{false: 1, true: 2}[twice]; ran != want || twice != strings.Contains(b.verdicts(), "while it is queued") {
			t.Errorf("twice %t: ran %d; %s", twice, ran, b.verdicts())
		}
	}
}

// TestBugH4: two CPUs with interrupts off call each other and wait. The kernel
// only warns; the wait-for graph names the cycle. With interrupts on each
// serves the other's call while it waits (bug catalogue: BUG-H4).
func TestBugH4(t *testing.T) {
	for _, off := range []bool{false, true} {
		b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}})
		ready, done := 0, 0
		var tasks []*sched.Task
		for i := range 2 {
			tasks = append(tasks, b.s.NewTask("caller", 100+i, 0, []int{i}, func(x *cpu.Exec) {
				if off {
					cpu.LocalIrqDisable(x)
				}
				for ready++; ready < 2; {
					x.Delay(100)
				}
				if err := b.ic.CallFunctionSingle(x, 1-i, func(*cpu.Exec) {}, true); err != nil {
					t.Error(err)
				}
				done++
				cpu.LocalIrqEnable(x)
			}))
		}
		b.run(t, tasks...)
		warned := strings.Contains(b.verdicts(), "smp_call_function_single() with interrupts off")
		deadlock := slices.ContainsFunc(b.m.Findings(), func(f *cpu.Finding) bool { return f.Kind == "deadlock" && len(f.Cycle) == 2 })
		if warned != off || deadlock != off || (done == 2) == off {
			t.Errorf("interrupts off %t: warned %t, deadlock %t, %d calls returned\n%s", off, warned, deadlock, done, b.verdicts())
		}
	}
}

// TestBugH4Lock is its other form: CPU 1 spins with interrupts off on a lock
// that CPU 0 holds while it waits for its call to CPU 1.
func TestBugH4Lock(t *testing.T) {
	b, tasks := busyCaller(t)
	b.run(t, tasks...)
	f := b.m.Findings()
	if len(f) == 0 || f[len(f)-1].Kind != "deadlock" {
		t.Errorf("no deadlock: %s", b.verdicts())
	}
}

// TestQueueWorkOn: the work runs on the other CPU, kicked once for two works,
// newest first, and irq_work_sync() waits for it.
func TestQueueWorkOn(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}})
	b.ic.InitRemoteWork()
	var works [2]Work
	var ran []int
	for i := range works {
		b.ic.InitWork(&works[i], "w", false, func(x *cpu.Exec) {
			x.Delay(20 * sim.Microsecond)
			ran = append(ran, 10*x.CPU().ID+i)
		})
	}
	deaf := false
	other := b.s.NewTask("deaf", 101, 0, []int{1}, func(x *cpu.Exec) {
		cpu.LocalIrqDisable(x)
		for deaf = true; deaf; {
			x.Delay(100)
		}
		cpu.LocalIrqEnable(x)
	})
	b.run(t, other, b.s.NewTask("t", 100, 0, []int{0}, func(x *cpu.Exec) {
		for !deaf {
			x.Delay(100)
		}
		for i := range works {
			if !b.ic.QueueWorkOn(x, &works[i], 1) || b.ic.QueueWorkOn(x, &works[i], 1) {
				t.Errorf("work %d is to be queued once", i)
			}
		}
		x.Delay(10 * sim.Microsecond)
		deaf = false
		b.ic.SyncWork(x, &works[0])
		if len(ran) != 2 {
			t.Errorf("irq_work_sync() returned when %v had run", ran)
		}
	}))
	if !slices.Equal(ran, []int{11, 10}) || b.ic.Taken(1, CallFunctionSingle) != 1 || b.verdicts() != "" {
		t.Errorf("ran %v with %d kicks; %s", ran, b.ic.Taken(1, CallFunctionSingle), b.verdicts())
	}
}

// TestLazyWithoutTick: lazy work of a CPU whose tick is stopped raises the
// interrupt itself.
func TestLazyWithoutTick(t *testing.T) {
	b := newHardware(1, sim.Config{})
	b.ic.TickStopped = func(*cpu.Exec) bool { return true }
	var w Work
	ran := false
	b.ic.InitWork(&w, "lazy", true, func(*cpu.Exec) { ran = true })
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		if b.ic.WorkNeedsCPU(x) {
			t.Error("a tick is needed for nothing")
		}
		f := cpu.LocalIrqSave(x)
		b.ic.QueueWork(x, &w)
		if !b.ic.WorkNeedsCPU(x) {
			t.Error("no tick is needed for queued work")
		}
		cpu.LocalIrqRestore(x, f)
	}))
	if !ran || b.ic.Taken(0, IrqWork) != 1 {
		t.Errorf("ran %t, %d self-IPIs", ran, b.ic.Taken(0, IrqWork))
	}
}

// TestCallsNest: calls that are waited for nest as deep as handlers that enable
// interrupts make them, which is deeper than contexts go. Each warns, since it
// is made with interrupts off or in an interrupt, and all of them are served.
func TestCallsNest(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 4})
	var served []int
	call := func(to int, fn func(x *cpu.Exec)) func(x *cpu.Exec) {
		return func(x *cpu.Exec) {
			served = append(served, x.CPU().ID)
			if fn != nil {
				cpu.LocalIrqEnable(x)
				if err := b.ic.CallFunctionSingle(x, to, fn, true); err != nil {
					t.Error(err)
				}
				cpu.LocalIrqDisable(x)
			}
		}
	}
	last := call(0, nil)
	b.run(t, b.s.NewTask("t", 100, 0, []int{0}, func(x *cpu.Exec) {
		chain := call(1, call(0, call(2, call(0, call(3, last)))))
		cpu.LocalIrqDisable(x)
		chain(x)
		cpu.LocalIrqEnable(x)
	}))
	if want := []int{0, 1, 0, 2, 0, 3}; !slices.Equal(served, want) {
		t.Errorf("served on CPUs %v, want %v", served, want)
	}
}
