package sim

import (
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// toy is a machine without a kernel: processors that perform operations.
func toy(cfg Config, body func(p *Proc)) *Engine {
	e := New(cfg)
	for i := range cfg.Procs {
		p := e.Proc(i)
		p.Bind(e.NewFiber(func() {
			body(p)
			p.Park()
		}))
	}
	return e
}

// TestOrder: the earliest due comes first, and ties go to the lower number.
func TestOrder(t *testing.T) {
	var got []int
	e := toy(Config{Procs: 4}, func(p *Proc) {
		perform(p, p.Global(Op{Kind: KindUser, Obj: 1}, []Time{30, 10, 20, 10}[p.ID()]))
		got = append(got, p.ID())
	})
	defer e.Close()
	if end, err := e.Run(); end != EndStuck || err != nil {
		t.Fatalf("ended with %v, %v", end, err)
	}
	if want := []int{1, 3, 2, 0}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
	if e.Now() != 30 {
		t.Errorf("time %d, want 30", e.Now())
	}
}

// TestDeviceBeforeProcessor: at equal times the device event comes first.
func TestDeviceBeforeProcessor(t *testing.T) {
	var got []string
	e := New(Config{Procs: 1})
	defer e.Close()
	s := e.NewSource("device", func(arg uint64) { got = append(got, "device") })
	p := e.Proc(0)
	p.Bind(e.NewFiber(func() {
		e.At(s, 10, 0)
		perform(p, p.Global(Op{Kind: KindUser, Obj: 1}, 10))
		got = append(got, "processor")
		p.Park()
	}))
	e.Run()
	if want := []string{"device", "processor"}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

// TestInterrupt: an arrival lowers the due time of an open processor, takes
// the interrupt, and what remains of the operation's cost is announced again.
func TestInterrupt(t *testing.T) {
	e := New(Config{Procs: 1})
	defer e.Close()
	p := e.Proc(0)
	s := e.NewSource("device", func(uint64) { p.SetPending(true, false) })
	var rest, done Time
	p.Bind(e.NewFiber(func() {
		p.SetOpen(true)
		e.At(s, 40, 0)
		var ok bool
		if rest, ok = perform(p, p.Global(Op{Kind: KindDelay}, 100)); ok {
			t.Error("the operation was not interrupted")
		}
		p.SetPending(false, false)
		perform(p, p.Global(Op{Kind: KindDelay}, rest))
		done = p.Now()
		p.Park()
	}))
	e.Run()
	if rest != 60 || done != 100 {
		t.Errorf("interrupted with %d to go, done at %d; want 60 and 100", rest, done)
	}
}

// TestClosedProcessorIsNotInterrupted: what is pending waits for the flag.
func TestClosedProcessorIsNotInterrupted(t *testing.T) {
	e := New(Config{Procs: 1})
	defer e.Close()
	p := e.Proc(0)
	s := e.NewSource("device", func(uint64) { p.SetPending(true, false) })
	p.Bind(e.NewFiber(func() {
		e.At(s, 40, 0)
		if _, ok := perform(p, p.Global(Op{Kind: KindDelay}, 100)); !ok || p.Now() != 100 {
			t.Errorf("interrupted at %d with the flag off", p.Now())
		}
		p.SetOpen(true)
		if rest, ok := perform(p, p.Local(Op{Kind: KindDelay}, 7)); ok || rest != 7 {
			t.Errorf("the pending interrupt was not taken at the next boundary")
		}
		p.SetPending(false, false)
		p.Park()
	}))
	e.Run()
}

// TestLimits: a run ends at its limits, with the same steps however it runs.
func TestLimits(t *testing.T) {
	for _, cfg := range []Config{{Procs: 3, StepLimit: 1000}, {Procs: 3, TimeLimit: 5000}} {
		var steps []uint64
		for _, stepped := range []bool{false, true} {
			cfg.NoRunAhead = stepped
			e := toy(cfg, func(p *Proc) {
				for {
					perform(p, p.Local(Op{Kind: KindUser}, 3))
					perform(p, p.Global(Op{Kind: KindUser, Obj: 1}, 5))
				}
			})
			if end, _ := e.Run(); end != EndLimit {
				t.Errorf("%+v: ended with %v", cfg, end)
			}
			steps = append(steps, e.Steps())
			e.Close()
		}
		if steps[0] != steps[1] || steps[0] == 0 {
			t.Errorf("%+v: %d steps with run-ahead, %d without", cfg, steps[0], steps[1])
		}
	}
}

// TestLimitReplayed: recorded choices of a run that ended at a limit end there.
func TestLimitReplayed(t *testing.T) {
	for _, cfg := range []Config{{Procs: 3, StepLimit: 1000}, {Procs: 3, TimeLimit: 5000}} {
		body := func(p *Proc) {
			for {
				perform(p, p.Local(Op{Kind: KindUser}, 3))
				perform(p, p.Global(Op{Kind: KindUser, Obj: 1}, 5+Time(p.ID())))
			}
		}
		e := toy(cfg, body)
		rec := e.Record()
		e.Run()
		cfg.Chooser = NewReplay(rec.Picks)
		again := toy(cfg, body)
		if end, err := again.Run(); end != EndLimit || again.Hash() != e.Hash() {
			t.Errorf("%+v: replayed it ends with %v, %v", cfg, end, err)
		}
		again.Close()
		e.Close()
	}
}

// TestPanicIsAnError: simulated code that panics ends the run with an error
// and leaves the other fibers alone.
func TestPanicIsAnError(t *testing.T) {
	e := toy(Config{Procs: 2}, func(p *Proc) {
		perform(p, p.Global(Op{Kind: KindUser, Obj: 1}, 10))
		if p.ID() == 1 {
			panic("boom")
		}
	})
	defer e.Close()
	end, err := e.Run()
	var pe *PanicError
	if end != EndFailed || !errors.As(err, &pe) || pe.Value != "boom" {
		t.Fatalf("ended with %v, %v", end, err)
	}
}

// TestNothingIsLeft stops thousands of machines in the middle of things:
// every fiber unwinds, deferred calls run, no goroutine stays.
func TestNothingIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	unwound := 0
	const machines, procs = 3000, 4
	for i := range machines {
		e := toy(Config{Procs: procs, StepLimit: uint64(10 + i%50)}, func(p *Proc) {
			defer func() { unwound++ }()
			func() {
				for {
					perform(p, p.Global(Op{Kind: KindUser, Obj: 1}, Time(1+p.ID())))
				}
			}()
		})
		e.NewFiber(func() { t.Error("a fiber ran that nobody switched to") })
		e.Run()
		e.Close()
	}
	if unwound != machines*procs {
		t.Errorf("%d fibers unwound, want %d", unwound, machines*procs)
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines are left of %d", runtime.NumGoroutine(), before)
}

// TestQuery walks a parked fiber's own stack and leaves it parked.
func TestQuery(t *testing.T) {
	e := toy(Config{Procs: 2, StepLimit: 20}, func(p *Proc) {
		for {
			perform(p, p.Global(Op{Kind: KindUser, Obj: 1}, 10))
		}
	})
	defer e.Close()
	e.Run()
	for i := range 2 {
		depth := 0
		e.Proc(i).Fiber().Query(func() { depth = runtime.Callers(0, make([]uintptr, 64)) })
		if depth < 5 {
			t.Errorf("processor %d: stack of %d frames", i, depth)
		}
	}
}

// perform performs an announced operation; if an interrupt is to be taken
// first, it returns what remains of the cost and false.
func perform(p *Proc, s *Seat) (Time, bool) {
	for ; s != nil; s = p.Resume() {
		s.Sit()
	}
	return p.Rest(), !p.Took()
}

// TestTreeTwin holds the winner tree against a scan.
func TestTreeTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{1, 2, 7, 8, 9, 63, 64, 65, 70, 511, 512, 513, maxProcs}).Draw(t, "n")
		tree := newWinnerTree(n)
		twin := make([]key, n)
		for i := range twin {
			twin[i] = never
		}
		for range 200 {
			i := rapid.IntRange(0, n-1).Draw(t, "i")
			k := never
			if rapid.Bool().Draw(t, "enabled") {
				k = keyOf(Time(rapid.IntRange(0, 1000).Draw(t, "due")), i)
			}
			if j := rapid.IntRange(0, n-1).Draw(t, "out"); j != i && twin[i] == never {
				tree.exchange(i, k, j)
				twin[j] = never
			} else {
				tree.set(i, k)
			}
			twin[i] = k
			if got, want := tree.root, slices.Min(twin); got != want {
				t.Fatalf("minimum %x, want %x", got, want)
			}
		}
	})
}

// TestQueueTwin holds the event heap against a sorted list.
func TestQueueTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q eventQueue
		var twin []event
		sources := []*Source{{id: 1}, {id: 2}, {id: 3}}
		for range 100 {
			if len(twin) == 0 || rapid.Bool().Draw(t, "push") {
				s := sources[rapid.IntRange(0, 2).Draw(t, "source")]
				ev := event{due: Time(rapid.IntRange(0, 50).Draw(t, "due")), src: s}
				q.push(ev)
				ev.seq = q.seq
				twin = append(twin, ev)
				continue
			}
			slices.SortFunc(twin, func(a, b event) int {
				if a.before(&b) {
					return -1
				}
				return 1
			})
			i := 0
			if rapid.Bool().Draw(t, "of a source") {
				src := rapid.IntRange(1, 3).Draw(t, "which")
				i = slices.IndexFunc(twin, func(ev event) bool { return int(ev.src.id) == src })
				if at := q.find(src); (at < 0) != (i < 0) {
					t.Fatalf("find(%d) is %d, in the twin %d", src, at, i)
				} else if at < 0 {
					continue
				} else if got := q.remove(at); got.seq != twin[i].seq {
					t.Fatalf("removed event %d, want %d", got.seq, twin[i].seq)
				}
			} else if got := q.remove(0); got.seq != twin[0].seq {
				t.Fatalf("popped event %d, want %d", got.seq, twin[0].seq)
			}
			twin = slices.Delete(twin, i, i+1)
		}
	})
}

// TestFibersChangePlaces: fibers that start, end and are replaced in any
// order, among processors that go on, each see only their own turns; a body
// that returns leaves its processor without work.
func TestFibersChangePlaces(t *testing.T) {
	e := New(Config{Procs: 5})
	defer e.Close()
	ended := 0
	var life func(p *Proc, rounds int) func()
	life = func(p *Proc, rounds int) func() {
		return func() {
			me := p.Fiber()
			for i := range 20 {
				perform(p, p.Global(Op{Kind: KindUser, Obj: 1}, Time(1+p.Rand().Intn(50))))
				if p.Fiber() != me || e.Current() != p {
					t.Fatalf("processor %d: another's turn at operation %d", p.ID(), i)
				}
			}
			ended++
			if rounds > 0 && p.ID()%2 == 0 {
				p.SwitchTo(e.NewFiber(life(p, rounds-1)))
				t.Error("a fiber came back that nobody switched to")
			}
		}
	}
	for i := range 5 {
		e.Proc(i).Bind(e.NewFiber(life(e.Proc(i), 10)))
	}
	if end, err := e.Run(); end != EndStuck || err != nil || ended != 3*11+2 {
		t.Errorf("ended with %v, %v; %d lives of %d", end, err, ended, 3*11+2)
	}
}
