package irq

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"lockstep/cpu"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// everyCPU makes a machine on which CPU 0 calls every CPU, and each of them
// starts a timer of its own then. What is counted is their interrupts.
func everyCPU(cpus int) (*hrBox, func(x *cpu.Exec), *int) {
	b := newNoHZBox(cpu.Config{CPUs: cpus})
	expired := 0
	timers := make([]timer.HRTimer, cpus)
	return b, func(x *cpu.Exec) {
		x.Kmalloc()
		for i := range timers {
			timers[i].Init(b.hr, "timer", timer.Monotonic, func(x *cpu.Exec, _ *timer.HRTimer) timer.Restart {
				x.RecordOp() // the count is everybody's
				expired++
				return timer.NoRestart
			})
		}
		b.ic.OnEachCPU(x, func(x *cpu.Exec) {
			b.hr.Start(x, &timers[x.CPU().ID], 100*sim.Microsecond, timer.Rel)
		}, true)
		x.Delay(3 * sim.Millisecond)
	}, &expired
}

// TestEveryCPU: of 256 CPUs each takes an IPI and a timer interrupt, and csds
// of one row only have been made for it.
func TestEveryCPU(t *testing.T) {
	b, body, expired := everyCPU(256)
	b.run(t, b.s.NewTask("t", 100, 0, []int{0}, body))
	for c := range 256 {
		if c > 0 && b.ic.Taken(c, CallFunction) != 1 || b.ticks(c) == 0 {
			t.Errorf("CPU %d took %d calls and %d timer interrupts", c, b.ic.Taken(c, CallFunction), b.ticks(c))
		}
		if made := b.ic.many.rows[c] != nil; made != (c == 0) {
			t.Errorf("CPU %d's csds were made: %t", c, made)
		}
	}
	if *expired != 256 || b.verdicts() != "" {
		t.Errorf("%d timers expired\n%s", *expired, b.verdicts())
	}
	if got := b.m.ObjName(b.ic.many.of(3, 5).flags.Obj().ID); got != "cfd3.5" {
		t.Errorf("a csd is called %s", got)
	}
}

// BenchmarkBoot is machines of growing size, booted until every CPU has taken
// a call and a timer interrupt and gone idle again. The aims for 4096 are 2 s and 384 MiB.
func BenchmarkBoot(b *testing.B) {
	for _, cpus := range []int{8, 64, 512, 4096} {
		b.Run(fmt.Sprint(cpus), func(b *testing.B) {
			for b.Loop() {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				begin := time.Now()
				m, body, expired := everyCPU(cpus)
				task := m.s.NewTask("t", 100, 0, []int{0}, body)
				m.s.OnBoot(func(x *cpu.Exec) { m.s.WakeUpNewTask(x, task) })
				if _, err := m.m.E.Run(); err != nil || *expired != cpus {
					b.Fatal(err, *expired)
				}
				took := time.Since(begin)
				runtime.ReadMemStats(&after)
				m.m.E.Close()
				b.ReportMetric(took.Seconds(), "s/boot")
				b.ReportMetric(float64(after.Sys-before.Sys)/(1<<20), "MiB")
			}
		})
	}
}
