package sim

import (
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// act is what a fiber of a play does next, see do.
type act struct {
	what  string
	cost  Time
	who   int  // another processor
	after Time // how long until what is queued or woken
}

// play is a random machine: what each fiber of each processor does.
type play struct {
	cfg  Config
	acts [][][]act
	nmis []uint64 // how many each processor gets, one behind the other
}

var (
	times = [8]Time{0, 1, 50, 50, 100, 101, 700, 3000}
	whats = strings.Fields(strings.Repeat("local global ", 80) + strings.Repeat(`open open open close charge irq timer timer cancel cancel-nmi
		ipi ipi line line wake wake wake wake wake wake park park park switch switch switch `, 4) + "end-all stop panic")
)

func drawPlay(t *rapid.T) *play {
	procs := rapid.SampledFrom([]int{1, 2, 3, 3, 4, 9}).Draw(t, "procs")
	acts := rapid.Custom(func(t *rapid.T) act {
		w := splitmix(rapid.Uint64().Draw(t, "act")) // rapid's own draws are mostly the first and the smallest
		return act{whats[w%uint64(len(whats))], times[w>>20%8], int(w >> 30 % uint64(procs)), times[w>>40%8]}
	})
	pl := &play{cfg: Config{Procs: procs, Seed: rapid.Uint64().Draw(t, "seed"), Jitter: rapid.SampledFrom([]float64{0, 0, 0.2}).Draw(t, "jitter")}}
	pl.cfg.MinLatency = rapid.SampledFrom([]Time{100, 0}).Draw(t, "latency")
	pl.cfg.Stalls = rapid.Bool().Draw(t, "stalls")
	pl.cfg.TimeLimit = rapid.SampledFrom([]Time{0, 0, 0, 701, 3000, 9000}).Draw(t, "time limit")
	pl.cfg.StepLimit = rapid.SampledFrom([]uint64{0, 0, 0, 7, 50}).Draw(t, "step limit")
	pl.acts = rapid.SliceOfN(rapid.SliceOfN(rapid.SliceOfN(acts, 4, 40), 1, 4), procs, procs).Draw(t, "acts")
	pl.nmis = rapid.SliceOfN(rapid.SampledFrom([]uint64{0, 0, 1, 5}), procs, procs).Draw(t, "nmis")
	return pl
}

// actor is a processor in one run of a play.
type actor struct {
	*Proc
	st                     *stage
	fibers                 []*Fiber
	over                   []bool // of each fiber: nobody may switch to it
	cur                    int
	saw                    ObjID // of shared
	irq, high, nmi, inNMI  bool
	ipi, line, timer, nmis *Source
}

// stage is one run of a play.
type stage struct {
	t            *rapid.T
	e            *Engine
	actors       []*actor
	begun, ended int
	shared       ObjID // what global operations change: who came when
	failed       bool
}

func (pl *play) stage(t *rapid.T, cfg Config) *stage {
	st := &stage{t: t, e: New(cfg)}
	for i := range cfg.Procs {
		a := &actor{Proc: st.e.Proc(i), st: st}
		irq := func(uint64) { a.irq = true; a.pend() }
		a.line = st.e.NewSource("line", func(withdrawn uint64) { a.high = withdrawn == 0; a.pend() })
		a.ipi, a.timer = st.e.NewSource("ipi", irq), st.e.NewSource("timer", irq)
		a.nmis = st.e.NewSource("nmi", func(more uint64) {
			a.nmi = true
			a.pend()
			if more > 1 {
				st.e.At(a.nmis, st.e.Now()+777, more-1)
			}
		}).Unmaskable()
		if n := pl.nmis[i]; n > 0 {
			st.e.At(a.nmis, 333, n)
		}
		for f, acts := range pl.acts[i] {
			a.fibers = append(a.fibers, st.e.NewFiber(func() { a.live(f, acts) }))
		}
		a.over = make([]bool, len(a.fibers))
		a.Bind(a.fibers[len(a.fibers)-1]) // taken away again
		a.Bind(a.fibers[0])
		a.SetOpen(i%3 < 2)
		st.actors = append(st.actors, a)
	}
	return st
}

func (a *actor) pend() { a.SetPending(a.irq || a.high, a.nmi && !a.inNMI) }

// live is a fiber from its beginning to its end. The last of a processor
// leaves it without work.
func (a *actor) live(f int, acts []act) {
	a.st.begun++
	defer func() { a.st.ended++ }()
	for _, it := range acts {
		if it.what == "end-all" {
			return // others may still sit somewhere
		}
		if a.do(it); it.what == "switch" {
			a.to(f)
		}
	}
	a.over[f] = true
	a.to(f)
}

// to switches to another fiber that is not over, if there is one.
func (a *actor) to(from int) {
	for i := 1; i < len(a.fibers); i++ {
		if f := (from + i) % len(a.fibers); !a.over[f] {
			a.cur = f
			a.SwitchTo(a.fibers[f])
			a.st.check(a, from)
			return
		}
	}
}

func (a *actor) do(it act) {
	e, other := a.st.e, a.st.actors[it.who]
	a.op(!slices.Contains([]string{"local", "open", "close", "timer", "charge", "irq", "switch"}, it.what), it.cost)
	switch it.what {
	case "open", "close":
		a.SetOpen(it.what == "open")
	case "charge":
		a.Charge(it.after)
	case "irq":
		a.irq = true
		a.pend()
	case "timer":
		e.At(a.timer, a.Now()+it.after, 0)
	case "cancel":
		e.Cancel(a.timer)
	case "cancel-nmi":
		e.Cancel(other.nmis)
	case "ipi":
		e.At(other.ipi, a.Now()+e.cfg.MinLatency+it.after, 0)
	case "line":
		e.At(other.line, a.Now()+e.cfg.MinLatency+it.after, uint64(it.after)&1)
	case "wake":
		other.Wake(a.Now() + it.after)
	case "park":
		a.SetOpen(a.Open() || it.after > 0)
		if a.Park(); a.Interrupted() {
			a.interrupt()
		}
	case "panic":
		a.st.failed = true
		panic("boom")
	case "stop":
		e.Stop()
	}
}

// op performs an operation and takes the interrupts that come before it.
func (a *actor) op(global bool, cost Time) {
	me := a.cur
	cost = a.Jitter(cost)
	for ok := false; !ok; {
		op := Op{Kind: KindUser, Obj: a.saw}
		if global {
			cost, ok = perform(a.Proc, a.Global(op, cost))
		} else {
			cost, ok = perform(a.Proc, a.Local(op, cost))
		}
		a.st.check(a, me)
		if !ok {
			a.interrupt()
		} else if global {
			a.st.shared = a.st.shared*31 + ObjID(a.ID())
			a.saw = a.st.shared
		}
	}
}

// check: who runs is whose turn it is, and the machine does not stand.
func (st *stage) check(a *actor, fiber int) {
	if a.cur != fiber || a.Fiber() != a.fibers[fiber] || st.e.Current() != a.Proc || st.failed {
		st.t.Fatalf("processor %d, fiber %d: not its turn, or behind a failure (%v)", a.ID(), fiber, st.failed)
	}
}

// interrupt takes one: an NMI, or what came as an edge or stands on the line.
func (a *actor) interrupt() {
	open, nmi := a.Open(), a.nmi && !a.inNMI
	a.SetOpen(false)
	if nmi {
		a.nmi, a.inNMI = false, true
	} else {
		a.irq = false
	}
	a.pend()
	a.op(false, 60)
	a.op(true, 10) // and only behind that what devices change too
	if nmi {
		a.inNMI = false
	} else {
		a.high = false
	}
	a.pend()
	a.SetOpen(open)
}
