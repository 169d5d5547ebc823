package configs

import (
	"fmt"
	"testing"
	"time"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/irq"
	"lockstep/sim"
)

var busyKey = lockdep.Key{Name: "busy.lock"}

// busySizes are the machines whose CPUs are all busy: sockets of 32 cores with
// two threads each, but for the smallest.
var busySizes = []struct{ cpus, sockets, cores int }{{8, 1, 4}, {64, 1, 32}, {512, 8, 32}, {4096, 64, 32}}

// busy is a machine of that size; every CPU has a task that computes and takes
// its own lock, and now and then calls its neighbour.
func busy(tb testing.TB, cpus, sockets, cores, rounds int) *Machine {
	m := bare(tb, fmt.Sprintf("cpus = %d\ntopology = {sockets = %d, cores = %d, threads = 2}", cpus, sockets, cores)).Boot(Options{Seed: 1})
	locks := make([]lock.Spin, cpus)
	for c := range cpus {
		locks[c].Init(m.CPU, fmt.Sprintf("busy%d", c), &busyKey)
		m.goTask(fmt.Sprintf("busy%d", c), []int{c}, func(x *cpu.Exec) {
			for n := range rounds {
				x.Delay(10 * sim.Microsecond)
				locks[c].Lock(x)
				x.Delay(sim.Microsecond)
				locks[c].Unlock(x)
				if n%32 == c%32 {
					m.IRQ.CallFunctionSingle(x, c^1, func(*cpu.Exec) {}, true)
				}
			}
		})
	}
	return m
}

// TestBusyCPUs: the load is on every CPU, and each of them ticks.
func TestBusyCPUs(t *testing.T) {
	m := busy(t, 8, 1, 4, 400)
	cleanRun(t, m)
	for c := range 8 {
		if ticks, calls := m.IRQ.Taken(c, irq.LocalTimer), m.IRQ.Taken(c, irq.CallFunctionSingle); ticks < 4 || calls == 0 {
			t.Errorf("CPU %d took %d timer interrupts and %d calls", c, ticks, calls)
		}
	}
}

// BenchmarkBusyCPUs is the time of an operation on machines of growing size.
// The aim is at most 8 times that of the smallest machine.
func BenchmarkBusyCPUs(b *testing.B) {
	for _, s := range busySizes {
		b.Run(fmt.Sprint(s.cpus), func(b *testing.B) {
			rounds := max(256, 100_000/s.cpus)
			var took time.Duration
			var steps uint64
			for b.Loop() {
				m := busy(b, s.cpus, s.sockets, s.cores, rounds)
				begin := time.Now()
				r := cleanRun(b, m)
				took, steps = took+time.Since(begin), steps+r.Steps
			}
			b.ReportMetric(float64(took.Nanoseconds())/float64(steps), "ns/step")
			b.ReportMetric(float64(steps)/float64(b.N), "steps")
		})
	}
}
