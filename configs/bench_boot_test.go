package configs

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"lockstep/cpu"
	"lockstep/cpu/timer"
	"lockstep/irq"
	"lockstep/sim"
)

// everyCPU is a whole machine on which one task calls every other CPU; the
// call starts a timer that stays there, although the CPU is idle.
func everyCPU(tb testing.TB, cpus int) *Machine {
	m := bare(tb, fmt.Sprintf("cpus = %d", cpus)).Boot(Options{Seed: 1})
	timers := make([]timer.HRTimer, cpus)
	for c := range timers {
		timers[c].InitPinned(m.HRTimers, m.CPU.CPUs[c], timer.Monotonic, func(*cpu.Exec, *timer.HRTimer) timer.Restart { return timer.NoRestart })
	}
	m.goTask("caller", []int{0}, func(x *cpu.Exec) {
		for c := range timers {
			m.IRQ.CallFunctionSingle(x, c, func(x *cpu.Exec) {
				m.HRTimers.Start(x, &timers[c], x.Now()+sim.Millisecond, timer.AbsPinned)
			}, true)
		}
		m.Timers.Msleep(x, 5) // the run is not over before the last timer
	})
	return m
}

// tookAll wants every CPU to have taken a call, but for the caller, and a
// timer interrupt.
func tookAll(tb testing.TB, m *Machine) {
	tb.Helper()
	for c := range m.CPU.CPUs {
		if m.IRQ.Taken(c, irq.LocalTimer) == 0 || c > 0 && m.IRQ.Taken(c, irq.CallFunctionSingle) != 1 {
			tb.Fatalf("CPU %d took %d timer interrupts and %d calls", c, m.IRQ.Taken(c, irq.LocalTimer), m.IRQ.Taken(c, irq.CallFunctionSingle))
		}
	}
}

// TestEveryCPU: on a whole machine of 256 CPUs each takes a call and a timer.
func TestEveryCPU(t *testing.T) {
	m := everyCPU(t, 256)
	cleanRun(t, m)
	tookAll(t, m)
}

// BenchmarkBootMany makes whole machines of growing size and runs them until
// every CPU has taken a call and a timer interrupt. The aims for 4096 CPUs are
// 2 s and 384 MiB.
func BenchmarkBootMany(b *testing.B) {
	for _, cpus := range []int{8, 512, 4096} {
		b.Run(fmt.Sprint(cpus), func(b *testing.B) {
			for b.Loop() {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				begin := time.Now()
				m := everyCPU(b, cpus)
				if _, err := m.RunTo(^uint64(0)); err != nil {
					b.Fatal(err)
				}
				took := time.Since(begin)
				runtime.ReadMemStats(&after)
				tookAll(b, m)
				m.Close()
				b.ReportMetric(took.Seconds(), "s/boot")
				b.ReportMetric(float64(after.Sys-before.Sys)/(1<<20), "MiB")
			}
		})
	}
}
