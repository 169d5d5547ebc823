package irq

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

var rwKey = lockdep.Key{Name: "test_rwlock"}

// rwTwin says who has a queued rwlock, from the rules alone: requests in the
// order they came, and whoever may have it has it.
type rwTwin struct {
	requests []rwRequest
	trouble  string
}

type rwRequest struct {
	cpu    int
	write  bool
	inIrq  bool
	has    bool
	queued bool // had to wait
}

// mayHave: a reader in an interrupt only minds a writer that has the lock, a
// reader also whoever waits before it, a writer everybody.
func (tw *rwTwin) mayHave(i int) bool {
	r := tw.requests[i]
	for j, o := range tw.requests {
		switch {
		case j == i:
		case o.has && (o.write || r.write):
			return false
		case !o.has && !r.inIrq && (j < i && !o.inIrq):
			return false
		case !o.has && r.write && o.inIrq:
			return false
		}
	}
	return true
}

// settle grants until nothing changes.
func (tw *rwTwin) settle() {
	for changed := true; changed; {
		changed = false
		for i := range tw.requests {
			if r := &tw.requests[i]; !r.has && tw.mayHave(i) {
				r.has, changed = true, true
			}
		}
	}
}

func (tw *rwTwin) arrive(r rwRequest, try bool) {
	tw.requests = append(tw.requests, r)
	last := len(tw.requests) - 1
	if try && (!tw.mayHave(last) || tw.anyWaits(last)) {
		tw.requests = tw.requests[:last]
		return
	}
	tw.settle()
	tw.requests[last].queued = !tw.requests[last].has
}

// anyWaits: no trylock passes anybody who waits, in whatever context.
func (tw *rwTwin) anyWaits(before int) bool {
	return slices.ContainsFunc(tw.requests[:before], func(r rwRequest) bool { return !r.has })
}

func (tw *rwTwin) leave(c int) {
	for i := len(tw.requests) - 1; i >= 0; i-- {
		if r := tw.requests[i]; r.cpu == c && r.has {
			tw.requests = slices.Delete(tw.requests, i, i+1)
			tw.settle()
			return
		}
	}
	tw.trouble += fmt.Sprintf("CPU%d releases what it does not have\n", c)
}

// state in words, to be compared with the lock's.
func (tw *rwTwin) state() string {
	writer, readers, waiting := -1, 0, 0
	for _, r := range tw.requests {
		switch {
		case !r.has:
			waiting++
		case r.write:
			writer = r.cpu
		default:
			readers++
		}
	}
	return fmt.Sprintf("writer %d, readers %d, waiting %d", writer, readers, waiting)
}

func rwState(l *lock.RW) string {
	writer := -1
	if c, _ := l.HeldBy(); c != nil {
		writer = c.ID
	}
	return fmt.Sprintf("writer %d, readers %d, waiting %d", writer, l.Readers(), l.Waiters())
}

// rwStep is one thing that a task does with the lock.
type rwStep struct {
	kind string // read, read-bh, write, try-read, try-write, or call: a reader in a hardirq of another CPU
	gap  int    // ns before it
	hold int    // ns
	cpu  int    // of a call
}

// rwRun is a machine with one rwlock and its twin beside it. The twin is told
// of each operation on the lock and compared at the next.
type rwRun struct {
	*box
	l      lock.RW
	twin   rwTwin
	intent [][]rwRequest // per CPU, the innermost context last
}

func newRWRun(cfg cpu.Config) *rwRun {
	r := &rwRun{box: newBox(cfg), intent: make([][]rwRequest, cfg.CPUs)}
	r.l.Init(r.m, "rw", &rwKey)
	obj := r.l.LockInfo().Obj
	r.m.E.OnOp(func(p *sim.Proc, op sim.Op) {
		if op.Obj != obj || r.twin.trouble != "" {
			return
		}
		if want, got := r.twin.state(), rwState(&r.l); got != want {
			r.twin.trouble += fmt.Sprintf("before %s of CPU%d: the lock has %s, want %s\n", cpu.KindName(op.Kind), p.ID(), got, want)
		}
		c := p.ID()
		switch in := r.intent[c]; op.Kind {
		case cpu.KindLock, cpu.KindTrylock:
			r.twin.arrive(in[len(in)-1], op.Kind == cpu.KindTrylock)
		case cpu.KindUnlock:
			r.twin.leave(c)
		}
	})
	return r
}

// with does one acquisition, whose nature the twin learns from intent.
func (r *rwRun) with(x *cpu.Exec, write, inIrq bool, take func() bool, hold int, free func()) {
	c := x.CPU().ID
	r.intent[c] = append(r.intent[c], rwRequest{cpu: c, write: write, inIrq: inIrq})
	got := take()
	r.intent[c] = r.intent[c][:len(r.intent[c])-1]
	if got {
		x.Delay(sim.Time(hold))
		free()
	}
}

func always(fn func(*cpu.Exec), x *cpu.Exec) func() bool {
	return func() bool { fn(x); return true }
}

func (r *rwRun) step(x *cpu.Exec, s rwStep) {
	l := &r.l
	x.Delay(sim.Time(s.gap))
	switch s.kind {
	case "read":
		r.with(x, false, false, always(l.ReadLock, x), s.hold, func() { l.ReadUnlock(x) })
	case "read-bh":
		r.with(x, false, true, always(l.ReadLockBH, x), s.hold, func() { l.ReadUnlockBH(x) })
	case "write":
		r.with(x, true, false, always(l.WriteLockIrq, x), s.hold, func() { l.WriteUnlockIrq(x) })
	case "try-read":
		r.with(x, false, false, func() bool { return l.ReadTrylock(x) }, s.hold, func() { l.ReadUnlock(x) })
	case "try-write":
		r.with(x, true, false, func() bool {
			cpu.LocalIrqDisable(x)
			ok := l.WriteTrylock(x)
			if !ok {
				cpu.LocalIrqEnable(x)
			}
			return ok
		}, s.hold, func() { l.WriteUnlockIrq(x) })
	case "call":
		err := r.ic.CallFunctionSingle(x, s.cpu, func(y *cpu.Exec) {
			// A call to one's own CPU is no interrupt.
			r.with(y, false, y.CPU().InInterrupt(), always(l.ReadLock, y), s.hold, func() { l.ReadUnlock(y) })
		}, true)
		if err != nil {
			panic(err)
		}
	}
}

func drawRWSteps(t *rapid.T, cpus int) [][]rwStep {
	kinds := rapid.SampledFrom([]string{"read", "read", "write", "write", "read-bh", "try-read", "try-write", "call"})
	out := make([][]rwStep, cpus)
	for i := range out {
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			out[i] = append(out[i], rwStep{
				kind: kinds.Draw(t, "kind"), gap: rapid.IntRange(0, 900).Draw(t, "gap"),
				hold: rapid.IntRange(0, 2000).Draw(t, "hold"), cpu: rapid.IntRange(0, cpus-1).Draw(t, "cpu"),
			})
		}
	}
	return out
}

// runRW runs a program on as many CPUs as it has parts.
func runRW(t *testing.T, steps [][]rwStep, engine sim.Config) *rwRun {
	r := newRWRun(cpu.Config{CPUs: len(steps), Engine: engine})
	var tasks []*sched.Task
	for i := range steps {
		tasks = append(tasks, r.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, []int{i}, func(x *cpu.Exec) {
			for _, s := range steps[i] {
				r.step(x, s)
			}
		}))
	}
	if end := r.run(t, tasks...); end != sim.EndStopped {
		r.twin.trouble += fmt.Sprintf("ended with %v\n", end)
	}
	for _, task := range tasks {
		if !task.Exited {
			r.twin.trouble += task.Comm + " has not ended\n"
		}
	}
	return r
}

// TestRWLockTwin: on four CPUs, with interrupts that read while their CPU
// waits or reads, the lock goes to whom the rules give it, at every operation.
func TestRWLockTwin(t *testing.T) {
	waited := 0
	rapid.Check(t, func(rt *rapid.T) {
		steps := drawRWSteps(rt, 4)
		seed := rapid.Uint64Range(0, 1<<20).Draw(rt, "seed")
		r := runRW(t, steps, sim.Config{Seed: seed, Stalls: seed%2 == 1})
		if r.twin.trouble != "" || r.l.Readers() != 0 || r.l.Waiters() != 0 {
			rt.Fatalf("%s%s\n%s", r.twin.trouble, rwState(&r.l), r.verdicts())
		}
		waited += int(r.l.LockState().Contended)
	})
	if waited < 100 {
		t.Errorf("in all programs together only %d acquisitions waited", waited)
	}
}

// TestRWLockRunAhead: how the run is executed changes nothing.
func TestRWLockRunAhead(t *testing.T) {
	steps := [][]rwStep{}
	for i := range 4 {
		var mine []rwStep
		for k := range 12 {
			kind := []string{"read", "write", "call", "read-bh", "try-write"}[(i+2*k)%5]
			mine = append(mine, rwStep{kind: kind, gap: 50 * (i + k), hold: 300 + 70*k, cpu: (i + k) % 4})
		}
		steps = append(steps, mine)
	}
	for seed := range uint64(60) {
		var got [2]outcome
		for i := range got {
			r := newRWRun(cpu.Config{CPUs: 4, Engine: sim.Config{Seed: seed, Stalls: seed%2 == 1, NoRunAhead: i == 1}})
			r.m.E.OnOp(nil)
			var tasks []*sched.Task
			for k := range steps {
				tasks = append(tasks, r.s.NewTask(fmt.Sprintf("t%d", k), 100+k, 0, []int{k}, func(x *cpu.Exec) {
					for _, s := range steps[k] {
						r.step(x, s)
					}
				}))
			}
			r.run(t, tasks...)
			got[i] = outcome{r.m.E.Hash(), r.m.E.Steps(), r.m.E.Now(), r.verdicts()}
		}
		if got[0] != got[1] || got[0].found != "" {
			t.Fatalf("seed %d:\nahead   %+v\nstepped %+v", seed, got[0], got[1])
		}
	}
}

// recursion is a task that reads, lets a writer queue, and reads again: as it
// is, or in an interrupt that hits it.
func recursion(t *testing.T, inIrq bool, rules lockdep.Rules) *box {
	b := newBox(cpu.Config{
		CPUs: 3, Engine: sim.Config{NoRunAhead: true}, // the tasks look at the queue without an operation
		Lockdep: &lockdep.Config{Rules: rules},
	})
	var l lock.RW
	l.Init(b.m, "rw", &rwKey)
	done := false
	reader := b.s.NewTask("reader", 100, 0, []int{0}, func(x *cpu.Exec) {
		l.ReadLock(x)
		for l.Waiters() == 0 {
			x.Delay(100)
		}
		if inIrq {
			for !done {
				x.Delay(100)
			}
		} else {
			l.ReadLock(x)
			l.ReadUnlock(x)
		}
		l.ReadUnlock(x)
	})
	writer := b.s.NewTask("writer", 101, 0, []int{1}, func(x *cpu.Exec) {
		for l.Readers() == 0 {
			x.Delay(100)
		}
		l.WriteLockIrq(x)
		l.WriteUnlockIrq(x)
	})
	caller := b.s.NewTask("caller", 102, 0, []int{2}, func(x *cpu.Exec) {
		for l.Waiters() == 0 {
			x.Delay(100)
		}
		if !inIrq {
			return
		}
		if err := b.ic.CallFunctionSingle(x, 0, func(x *cpu.Exec) {
			l.ReadLock(x)
			l.ReadUnlock(x)
			done = true
		}, false); err != nil {
			t.Error(err)
		}
	})
	b.run(t, reader, writer, caller)
	return b
}

// TestRWLockRecursion: a second read_lock() behind a queued writer deadlocks
// in process context, and the report names both edges. v4.4's validator, for
// which every reader is recursive, is silent; the newer rules know better. An
// interrupt passes the writer, under any rules.
func TestRWLockRecursion(t *testing.T) {
	want := `deadlock: deadlock
  CPU0 reader/100 waits for rwlock rw, queued for earlier by CPU1 writer/101
  CPU1 writer/101 waits for rwlock rw, held for reading by CPU0 reader/100
`
	if got := recursion(t, false, lockdep.RulesV44).verdicts(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	want = "lockdep: WARNING: possible recursive locking detected\n" + want
	for _, rules := range []lockdep.Rules{lockdep.RulesNew, lockdep.RulesExact} {
		if got := recursion(t, false, rules).verdicts(); got != want {
			t.Errorf("rules %d: got\n%swant\n%s", rules, got, want)
		}
	}
	for _, rules := range []lockdep.Rules{lockdep.RulesV44, lockdep.RulesNew} {
		if got := recursion(t, true, rules).verdicts(); got != "" {
			t.Errorf("rules %d, in an interrupt:\n%s", rules, got)
		}
	}
}

// TestRWLockAnyReader: the cycle goes through the second of two readers while
// the first runs on: a writer waits for all of them.
func TestRWLockAnyReader(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 3, Engine: sim.Config{NoRunAhead: true}})
	var l lock.RW
	var s lock.Raw
	l.Init(b.m, "rw", &rwKey)
	s.Init(b.m, "s", &testKey)
	first := b.s.NewTask("first", 100, 0, []int{0}, func(x *cpu.Exec) {
		l.ReadLock(x)
		for { // never lets go, never waits
			x.Delay(1000)
		}
	})
	second := b.s.NewTask("second", 101, 0, []int{1}, func(x *cpu.Exec) {
		for l.Readers() == 0 {
			x.Delay(100)
		}
		l.ReadLock(x)
		for l.Waiters() == 0 {
			x.Delay(100)
		}
		s.Lock(x)
	})
	writer := b.s.NewTask("writer", 102, 0, []int{2}, func(x *cpu.Exec) {
		s.Lock(x)
		for l.Readers() < 2 {
			x.Delay(100)
		}
		l.WriteLock(x)
	})
	b.run(t, first, second, writer)
	fs := b.m.Findings()
	if len(fs) == 0 || fs[len(fs)-1].Kind != "deadlock" {
		t.Fatalf("findings: %s", b.verdicts())
	}
	want := []string{
		"CPU1 second/101 waits for spinlock s, held by CPU2 writer/102",
		"CPU2 writer/102 waits for rwlock rw, held for reading by CPU1 second/101",
	}
	var got []string
	for _, e := range fs[len(fs)-1].Cycle {
		got = append(got, e.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("cycle\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
