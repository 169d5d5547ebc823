package irq

import (
	"testing"

	"lockstep/cpu"
	"lockstep/sim"
)

// TestCyclesWhileHalted: a counter that has little left to count when its CPU
// halts is not looked at all the time, and still overflows when that has been
// counted: early never, late by a part of a period at most.
func TestCyclesWhileHalted(t *testing.T) {
	const period = 700 * sim.Microsecond
	// So much is left when the task goes to sleep; on its way the CPU counts most of it.
	for left := 30 * sim.Microsecond; left < 50*sim.Microsecond; left += 77 {
		var overflows []sim.Time // in unhalted time
		b := newBox(cpu.Config{CPUs: 1}, func(b *box) {
			b.ic.InitCycles(func(x *cpu.Exec) { overflows = append(overflows, x.CPU().Unhalted(x.Now())) })
		})
		looks := 0
		b.m.E.OnPick(func(_ *sim.Proc, s *sim.Source) {
			if s == b.ic.pmus[0].overflow {
				looks++
			}
		})
		var began sim.Time
		b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
			b.ic.StartCycles(x, period)
			began = x.CPU().Unhalted(x.Now())
			x.Delay(period - left)
			b.tm.Msleep(x, 20)
			x.Delay(period)
		}))
		if len(overflows) == 0 {
			t.Fatal("the counter has not overflowed")
		}
		if late := overflows[0] - began - period; late < 0 || late > period/8 {
			t.Errorf("the overflow is late by %s", late)
		}
		if looks > 1000 {
			t.Errorf("with %s left the counter was looked at %d times", left, looks)
		}
	}
}
