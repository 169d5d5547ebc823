package irq

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/cputest"
	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// clockRun lets three CPUs ask for the time while one of them keeps it, and
// NMIs for the fast clock's.
type clockRun struct {
	*box
	tk    *timer.Timekeeper
	wrong []string
	reads int
}

func newClockRun(t *testing.T, engine sim.Config, mutations ...string) *clockRun {
	r := &clockRun{}
	r.box = newBox(cpu.Config{CPUs: 3, Engine: engine}, func(b *box) {
		cputest.Mutate(b.m, mutations...)
		r.tk = b.tm.NewTimekeeper()
	})
	nmi := r.m.E.NewSource("nmi", func(c uint64) { r.ic.RaiseNMI(int(c)) }).Unmaskable()
	r.ic.OnNMI(func(x *cpu.Exec) bool {
		r.ask(x, "the fast clock in an NMI", r.tk.GetMonoFast)
		return true
	})
	for tick := range sim.Time(6) {
		for n := range sim.Time(8) { // about when the tick updates the time
			r.m.E.At(nmi, (tick+1)*sim.Millisecond+300+n*130, uint64(n)%3)
		}
	}
	var tasks []*sched.Task
	for i := range 3 {
		tasks = append(tasks, r.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, []int{i}, func(x *cpu.Exec) {
			for x.Now() < 6*sim.Millisecond+500*sim.Microsecond {
				r.ask(x, "ktime_get", r.tk.Get)
				r.ask(x, "the fast clock", r.tk.GetMonoFast)
				if i > 0 && (x.Now()+10*sim.Microsecond)%sim.Millisecond > 15*sim.Microsecond {
					x.Delay(2 * sim.Microsecond)
				}
			}
		}))
	}
	r.run(t, tasks...)
	return r
}

// ask asks a clock: what it says was the time between the call and the return.
func (r *clockRun) ask(x *cpu.Exec, name string, clock func(*cpu.Exec) sim.Time) {
	before := x.Now()
	got := clock(x)
	if r.reads++; got < before || got > x.Now() {
		r.wrong = append(r.wrong, fmt.Sprintf("%s said %v at %v to %v", name, got, before, x.Now()))
	}
}

// TestTimekeeping: no clock is ever wrong, in any context, and how the run is
// executed changes nothing.
func TestTimekeeping(t *testing.T) {
	for seed := range uint64(6) {
		var got [2]outcome
		for i := range got {
			r := newClockRun(t, sim.Config{Seed: seed, Stalls: seed%2 == 1, NoRunAhead: i == 1})
			if len(r.wrong) > 0 || r.reads < 100 {
				t.Fatalf("seed %d: %d reads, %s", seed, r.reads, strings.Join(r.wrong, "\n"))
			}
			got[i] = outcome{r.m.E.Hash(), r.m.E.Steps(), r.m.E.Now(), r.verdicts()}
		}
		if got[0] != got[1] || got[0].found != "" {
			t.Fatalf("seed %d:\nahead   %+v\nstepped %+v", seed, got[0], got[1])
		}
	}
}

// TestKtimeRetry: without reading again a reader takes a base and a counter
// that do not fit.
func TestKtimeRetry(t *testing.T) {
	wrong := 0
	for seed := uint64(0); seed < 30 && wrong == 0; seed++ {
		wrong = len(newClockRun(t, sim.Config{Seed: seed, Stalls: true}, "timer.ktime-no-retry").wrong)
	}
	if wrong == 0 {
		t.Error("the seqcount could go and nobody would notice")
	}
}

// TestClockInNMI: an NMI inside the timekeeper's write section that asks for
// the time by ktime_get() waits for the writer it stands on. The fast clock's
// two copies were made for it: without them it waits likewise.
func TestClockInNMI(t *testing.T) {
	for _, c := range []struct {
		name      string
		unlatched bool
		clock     func(*timer.Timekeeper, *cpu.Exec) sim.Time
		want      string
	}{
		{"ktime_get", false, (*timer.Timekeeper).Get, "deadlock"},
		{"the fast clock", false, (*timer.Timekeeper).GetMonoFast, ""},
		{"the fast clock without a latch", true, (*timer.Timekeeper).GetMonoFast, "deadlock"},
	} {
		var tk *timer.Timekeeper
		b := newBox(cpu.Config{CPUs: 1, Engine: sim.Config{NoRunAhead: true}}, func(b *box) {
			tk = b.tm.NewTimekeeper()
			tk.NMIReadsSeqcount = c.unlatched
		})
		asked, inside := 0, 0
		b.m.E.OnOp(func(_ *sim.Proc, op sim.Op) {
			if asked == 0 && op.Kind == cpu.KindWrite && b.m.ObjName(op.Obj) == "tkr_mono.base" {
				inside++ // between the two stores of the writer
				b.ic.RaiseNMI(0)
			}
		})
		b.ic.OnNMI(func(x *cpu.Exec) bool {
			before := x.Now()
			if now := c.clock(tk, x); now < before || now > x.Now() {
				t.Errorf("%s: it was %v, not %v", c.name, x.Now(), now)
			}
			asked++
			return true
		})
		end := b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) { x.Delay(3 * sim.Millisecond) }))
		kinds := ""
		for _, f := range b.m.Findings() {
			kinds += f.Kind
		}
		if kinds != c.want || inside == 0 || (asked == 0) != (c.want != "") || end != sim.EndStopped {
			t.Errorf("%s: found %q, want %q; %d NMIs in the section, %d answers, end %v\n%s", c.name, kinds, c.want, inside, asked, end, b.verdicts())
		}
	}
}

// TestSetTime: CLOCK_REALTIME jumps, CLOCK_MONOTONIC does not.
func TestSetTime(t *testing.T) {
	var tk *timer.Timekeeper
	b := newBox(cpu.Config{CPUs: 1}, func(b *box) { tk = b.tm.NewTimekeeper() })
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		x.Delay(1700 * sim.Microsecond)
		if mono, real := tk.Get(x), tk.GetReal(x); real < mono || real > x.Now() {
			t.Errorf("before: monotonic %v, real %v", mono, real)
		}
		tk.SetTime(x, 1000*sim.Second)
		at := x.Now()
		x.Delay(2300 * sim.Microsecond)
		if mono := tk.Get(x); mono > x.Now() || mono < x.Now()-100 {
			t.Errorf("monotonic %v at %v", mono, x.Now())
		}
		if past := tk.GetReal(x) - 1000*sim.Second; past < x.Now()-at-100 || past > x.Now()-at+100 {
			t.Errorf("real %v behind, want %v", past, x.Now()-at)
		}
	}))
	if b.verdicts() != "" {
		t.Error(b.verdicts())
	}
}
