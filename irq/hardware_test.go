package irq

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"lockstep/cpu"
	"lockstep/cpu/cputest"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/sim"
)

// newHardware makes a machine without ticks, so that the local timers are the
// test's.
func newHardware(cpus int, e sim.Config) *box {
	e.Jitter = 0.2
	b := &box{m: cputest.New(cpu.Config{CPUs: cpus, Engine: e})}
	b.s = sched.New(b.m)
	b.sq = softirq.New(b.m, b.s)
	b.ic = New(b.m, b.s, b.sq)
	b.m.Start()
	return b
}

// ticks lets a task program its CPU's timer and then compute for a while; it
// returns how long after the programming each interrupt was taken.
func ticks(t *testing.T, during sim.Time, program func(ic *Controller, x *cpu.Exec)) []sim.Time {
	t.Helper()
	b := newHardware(1, sim.Config{})
	var at []sim.Time
	var from sim.Time
	b.ic.OnLocalTimer(func(x *cpu.Exec) { at = append(at, x.Now()-from) })
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		from = x.Now()
		program(b.ic, x)
		for x.Now() < from+during {
			x.Delay(100)
		}
	}))
	return at
}

// TestTimerModes: a count is run down once or for ever, a deadline once, at
// once if it has passed; what is late does not add up; masked expiries are
// lost; registers of the other mode do nothing.
func TestTimerModes(t *testing.T) {
	const us = sim.Microsecond
	for _, c := range []struct {
		what    string
		program func(ic *Controller, x *cpu.Exec)
		want    []sim.Time
	}{
		{"one-shot", func(ic *Controller, x *cpu.Exec) { ic.WriteTimerCount(x, 50*us) }, []sim.Time{50 * us}},
		{"periodic", func(ic *Controller, x *cpu.Exec) {
			ic.SetTimer(x, Periodic, false)
			ic.WriteTimerCount(x, 70*us)
		}, []sim.Time{70 * us, 140 * us, 210 * us, 280 * us}},
		{"stopped", func(ic *Controller, x *cpu.Exec) {
			ic.SetTimer(x, Periodic, false)
			ic.WriteTimerCount(x, 70*us)
			x.Delay(100 * us)
			ic.WriteTimerCount(x, 0)
		}, []sim.Time{70 * us}},
		{"deadline", func(ic *Controller, x *cpu.Exec) {
			ic.SetTimer(x, TSCDeadline, false)
			ic.WriteTSCDeadline(x, x.Now()+80*us)
			ic.WriteTimerCount(x, 10*us)
		}, []sim.Time{80 * us}},
		{"past", func(ic *Controller, x *cpu.Exec) {
			ic.SetTimer(x, TSCDeadline, false)
			ic.WriteTSCDeadline(x, 1)
		}, []sim.Time{0}},
		{"disarmed", func(ic *Controller, x *cpu.Exec) {
			ic.SetTimer(x, TSCDeadline, false)
			ic.WriteTSCDeadline(x, x.Now()+80*us)
			ic.WriteTSCDeadline(x, 0)
		}, nil},
		{"no deadline", func(ic *Controller, x *cpu.Exec) { ic.WriteTSCDeadline(x, x.Now()+80*us) }, nil},
		{"mode changed", func(ic *Controller, x *cpu.Exec) {
			ic.WriteTimerCount(x, 50*us)
			ic.SetTimer(x, TSCDeadline, false)
		}, nil},
		{"masked", func(ic *Controller, x *cpu.Exec) {
			ic.SetTimer(x, OneShot, true)
			ic.WriteTimerCount(x, 50*us)
		}, nil},
	} {
		got := ticks(t, 300*us, c.program)
		ok := len(got) == len(c.want)
		for i := range min(len(got), len(c.want)) {
			ok = ok && got[i] >= c.want[i] && got[i] <= c.want[i]+2*us
		}
		if !ok {
			t.Errorf("%s: interrupts at %v, want %v", c.what, got, c.want)
		}
	}
}

// TestDestinations: each kind of destination has the CPUs that its definition
// says, and these get the vector, nobody else.
func TestDestinations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "cpus")
		from := rapid.IntRange(0, n-1).Draw(t, "from")
		to := rapid.IntRange(0, n-1).Draw(t, "to")
		cluster := rapid.IntRange(0, (n-1)/16).Draw(t, "cluster")
		bits := rapid.Uint16().Draw(t, "bits")
		kind := rapid.SampledFrom([]string{"physical", "logical", "self", "all", "others", "mask"}).Draw(t, "kind")
		mask := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "mask")
		v := rapid.SampledFrom([]Vector{IrqWork, NMI}).Draw(t, "vector")

		b := newHardware(n, sim.Config{})
		nmis := make([]uint64, n)
		b.ic.OnNMI(func(x *cpu.Exec) bool {
			nmis[x.CPU().ID]++
			return true
		})
		b.run(t, b.s.NewTask("t", 100, 0, []int{from}, func(x *cpu.Exec) {
			switch kind {
			case "physical":
				b.ic.WriteICR(x, Physical(to), v)
			case "logical":
				b.ic.WriteICR(x, Logical(cluster, bits), v)
			case "self":
				b.ic.WriteICR(x, ToSelf, v)
			case "all":
				b.ic.WriteICR(x, ToAll, v)
			case "others":
				b.ic.WriteICR(x, ToAllButSelf, v)
			case "mask":
				b.ic.SendMask(x, mask, v)
			}
			x.Delay(10 * sim.Microsecond)
		}))
		for c := range n {
			want := map[string]bool{
				"physical": c == to, "logical": c/16 == cluster && bits>>(c%16)&1 == 1,
				"self": c == from, "all": true, "others": c != from, "mask": mask[c],
			}[kind]
			got := b.ic.Taken(c, v) + nmis[c]
			if want != (got == 1) || got > 1 {
				t.Fatalf("CPU %d got %d of %s, wanted: %t", c, got, v, want)
			}
		}
	})
}

// TestExponential: the integer logarithm is that of the mathematicians, to a
// millionth, and the draws have mean and spread of their distribution.
func TestExponential(t *testing.T) {
	const n, mean = 20000, sim.Millisecond
	r := sim.NewRand(7, 1)
	sum, squares := 0.0, 0.0
	for range n {
		twin := r
		u := float64(twin.Uint64()|1) / math.Pow(2, 64)
		got, want := float64(exponential(&r, mean)), -math.Log(u)*float64(mean)
		if math.Abs(got-want) > 1+float64(mean)*1e-6 {
			t.Fatalf("u %g: %g, want %g", u, got, want)
		}
		sum += got
		squares += got * got
	}
	average := sum / n
	spread := math.Sqrt(squares/n - average*average)
	if math.Abs(average/float64(mean)-1) > 0.03 || math.Abs(spread/float64(mean)-1) > 0.05 {
		t.Errorf("mean %g and spread %g of %d", average, spread, mean)
	}
}
