package rcu

import (
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/stop"
	"lockstep/sim"
)

// TestOfflineCPUHoldsNothingUp: grace periods of both kinds end while a CPU is
// gone, and when it has come again.
func TestOfflineCPUHoldsNothingUp(t *testing.T) {
	for seed := range uint64(10) {
		var st *stop.Stop
		b := newBoxWith(cpu.Config{CPUs: 3, Engine: sim.Config{Seed: seed}}, Config{}, func(b *box) { st = stop.New(b.m, b.s) })
		done := 0
		end := b.run(t, b.task("plug", 0, func(x *cpu.Exec) {
			for range 2 {
				if err := st.CPUDown(x, 2); err != nil {
					t.Errorf("cpu_down: %v", err)
				}
				b.r.Synchronize(x)
				b.r.SynchronizeExpedited(x)
				if err := st.CPUUp(x, 2); err != nil {
					t.Errorf("cpu_up: %v", err)
				}
				b.r.Synchronize(x)
				done++
			}
		}))
		if end != sim.EndStopped || done != 2 || b.kinds() != "" {
			t.Fatalf("seed %d: end %v, done %d, findings %s", seed, end, done, b.kinds())
		}
	}
}
