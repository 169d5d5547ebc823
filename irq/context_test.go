package irq

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/sim"
)

// TestAPICAgainstLists: the registers deliver what two lists would, the
// highest priority class first, each vector once however often it came, and
// nothing while its class or a higher one is in service.
func TestAPICAgainstLists(t *testing.T) {
	vectors := []Vector{0x31, 0x33, 0x41, LocalTimer, IrqWork, CallFunctionSingle, Reschedule}
	rapid.Check(t, func(t *rapid.T) {
		b := newBox(cpu.Config{CPUs: 1})
		defer b.m.E.Close()
		a := &b.ic.apics[0]
		var requested, serving []Vector // the twin
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			switch rapid.SampledFrom([]string{"accept", "take", "eoi"}).Draw(t, "event") {
			case "accept":
				v := rapid.SampledFrom(vectors).Draw(t, "vector")
				a.accept(v)
				if !slices.Contains(requested, v) {
					requested = append(requested, v)
				}
			case "take":
				best := Vector(0)
				for _, v := range requested {
					best = max(best, v)
				}
				class := best >> 4
				deliverable := best != 0 && !slices.ContainsFunc(serving, func(v Vector) bool { return v>>4 >= class })
				if got := a.irr.highest() >= 0 && a.irr.highest()>>4 > a.isr.highest()>>4; got != deliverable {
					t.Fatalf("deliverable: %t, want %t; requested %x, serving %x", got, deliverable, requested, serving)
				}
				if deliverable {
					if got := a.take(); got != best {
						t.Fatalf("took %#x, want %#x", got, best)
					}
					requested = slices.DeleteFunc(requested, func(v Vector) bool { return v == best })
					serving = append(serving, best)
				}
			case "eoi":
				a.eoi()
				if len(serving) > 0 { // what is served last has the highest class
					serving = serving[:len(serving)-1]
				}
			}
			for _, v := range vectors {
				if b.ic.Requested(0, v) != slices.Contains(requested, v) || b.ic.InService(0, v) != slices.Contains(serving, v) {
					t.Fatalf("%#x: requested %x, serving %x", v, requested, serving)
				}
			}
		}
	})
}

// TestCoalescing: vectors that arrive while interrupts are off are taken once
// each, higher ones first.
func TestCoalescing(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	var taken []Vector
	for _, v := range []Vector{0x31, 0x41} {
		b.ic.handlers[v] = func(x *cpu.Exec) { taken = append(taken, v); b.ic.EOI(x) }
	}
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		cpu.LocalIrqDisable(x)
		for _, v := range []Vector{0x31, 0x41, 0x31, 0x31} {
			b.ic.apics[0].accept(v)
		}
		x.Delay(1000)
		if len(taken) > 0 {
			t.Error("an interrupt was taken with interrupts off")
		}
		cpu.LocalIrqEnable(x)
		x.Delay(1000)
	}))
	if !slices.Equal(taken, []Vector{0x41, 0x31}) {
		t.Errorf("taken: %x", taken)
	}
}

// TestNesting: an NMI in a hardirq in a softirq in a task, each with its
// field of preempt_count, and everything is as before when they are left.
func TestNesting(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	got := map[string]string{}
	look := func(where string, x *cpu.Exec) {
		c := x.CPU()
		got[where] = fmt.Sprintf("%#x irqs off %t", c.Count(), c.IrqsDisabled())
	}
	b.ic.OnNMI(func(x *cpu.Exec) bool {
		look("nmi", x)
		return true
	})
	var w Work
	b.ic.InitWork(&w, "work", false, func(x *cpu.Exec) {
		look("hardirq", x)
		b.ic.RaiseNMI(0)
		x.Local(cpu.KindWork, 100) // an NMI asks for no flag
		look("hardirq again", x)
	})
	b.sq.Register(softirq.Tasklet, func(x *cpu.Exec) {
		look("softirq", x)
		b.ic.QueueWork(x, &w)
		x.Local(cpu.KindWork, 100)
		look("softirq again", x)
	})
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		b.sq.LocalBHDisable(x)
		look("bh off", x)
		b.sq.Raise(x, softirq.Tasklet)
		b.sq.LocalBHEnable(x)
		look("task", x)
	}))
	// The work's interrupt comes inside irq_work_queue(), whose level it shows.
	want := map[string]string{
		"task": "0x0 irqs off false", "bh off": "0x200 irqs off false",
		"softirq": "0x101 irqs off false", "softirq again": "0x101 irqs off false",
		"hardirq": "0x10102 irqs off true", "hardirq again": "0x10102 irqs off true",
		"nmi": "0x120102 irqs off true",
	}
	if diff := cmp.Diff(want, got); diff != "" || b.verdicts() != "" {
		t.Errorf("preempt_count (-want +got):\n%s%s", diff, b.verdicts())
	}
}

// TestCallSync: the function has run, in hardirq context on its CPU, when the
// call returns; on the own CPU it is called directly; a CPU that is not there
// is an error.
func TestCallSync(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2})
	b.run(t, b.s.NewTask("t", 100, 0, []int{0}, func(x *cpu.Exec) {
		for to := range 2 {
			ran := false
			err := b.ic.CallFunctionSingle(x, to, func(y *cpu.Exec) {
				ran = true
				if y.CPU().ID != to || !y.CPU().IrqsDisabled() || y.CPU().InIrq() != (to == 1) {
					t.Errorf("call of CPU %d: on CPU %d, preempt_count %#x", to, y.CPU().ID, y.CPU().Count())
				}
			}, true)
			if err != nil || !ran {
				t.Errorf("call of CPU %d: error %v, ran: %t", to, err, ran)
			}
		}
		if err := b.ic.CallFunctionSingle(x, 2, func(*cpu.Exec) {}, true); err != ErrOffline {
			t.Errorf("call of a CPU that is not there: %v", err)
		}
		if x.CPU().Count() != 0 || cpu.IrqsDisabled(x) {
			t.Errorf("left with preempt_count %#x", x.CPU().Count())
		}
	}))
	if n := b.ic.Taken(1, CallFunctionSingle); n != 1 || b.verdicts() != "" {
		t.Errorf("CPU 1 took %d interrupts; %s", n, b.verdicts())
	}
}

// TestCallAsyncSlot: a call that is not waited for returns at once, but the
// next waits until the first has been taken off the queue, which a CPU with
// interrupts off does not do.
func TestCallAsyncSlot(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}})
	const deaf = 300 * sim.Microsecond
	var deafSince, returned [2]sim.Time
	ran := 0
	isDeaf := false
	t1 := b.s.NewTask("deaf", 101, 0, []int{1}, func(x *cpu.Exec) {
		cpu.LocalIrqDisable(x)
		deafSince[0], isDeaf = x.Now(), true
		x.Delay(deaf)
		cpu.LocalIrqEnable(x)
	})
	t0 := b.s.NewTask("caller", 100, 0, []int{0}, func(x *cpu.Exec) {
		for !isDeaf {
			x.Delay(100)
		}
		for i := range 2 {
			if err := b.ic.CallFunctionSingle(x, 1, func(*cpu.Exec) { ran++ }, false); err != nil {
				t.Error(err)
			}
			returned[i] = x.Now()
		}
	})
	b.run(t, t0, t1)
	if first, second := returned[0]-deafSince[0], returned[1]-deafSince[0]; first > deaf/2 || second < deaf/2 || ran != 2 {
		t.Errorf("the first call returned after %d ns, the second after %d, of %d ns without interrupts; %d ran", first, second, deaf, ran)
	}
}

// TestIrqWork: raised work runs when interrupts come on, newest first, lazy
// work with the next tick; work that is pending is not queued again, and work
// may queue itself while it runs.
func TestIrqWork(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	var order []string
	var works [3]Work
	again := true
	for i, name := range []string{"one", "two", "lazy"} {
		b.ic.InitWork(&works[i], name, name == "lazy", func(x *cpu.Exec) {
			order = append(order, name)
			if !x.CPU().InIrq() {
				t.Errorf("%s runs with preempt_count %#x", name, x.CPU().Count())
			}
			if name == "one" && again {
				again = false
				if !b.ic.QueueWork(x, &works[0]) {
					t.Error("running work could not queue itself")
				}
			}
		})
	}
	var task *sched.Task
	task = b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		f := cpu.LocalIrqSave(x)
		for i := range works {
			if !b.ic.QueueWork(x, &works[i]) || b.ic.QueueWork(x, &works[i]) {
				t.Errorf("work %d is to be queued once", i)
			}
		}
		if len(order) > 0 {
			t.Error("work ran with interrupts off")
		}
		cpu.LocalIrqRestore(x, f)
		x.Delay(10 * sim.Microsecond)
		order = append(order, task.Comm)
		x.Delay(2 * sim.Millisecond)
	})
	b.run(t, task)
	// irq_work_run() of the self-IPI takes the lazy list along.
	if diff := cmp.Diff([]string{"two", "one", "lazy", "one", "t"}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// TestLazyWorkAlone waits for the tick.
func TestLazyWorkAlone(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	var w Work
	ticks := uint64(0)
	b.ic.InitWork(&w, "lazy", true, func(*cpu.Exec) { ticks = b.ic.Taken(0, LocalTimer) })
	before := uint64(0)
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		before = b.ic.Taken(0, LocalTimer)
		b.ic.QueueWork(x, &w)
	}))
	if ticks != before+1 || b.ic.Taken(0, IrqWork) != 0 {
		t.Errorf("queued behind tick %d, ran in tick %d, %d self-IPIs", before, ticks, b.ic.Taken(0, IrqWork))
	}
}
