package rcu

import (
	"testing"

	"lockstep/cpu"
	"lockstep/sim"
)

// TestReadSideAllocatesNothing: not the readers, nor the expedited handler
// and the report that ends in the reader's unlock.
func TestReadSideAllocatesNothing(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2}, Config{Expedited: true})
	rsp := b.r.Preempt()
	allocs := -1.0
	b.run(t, b.task("reader", 0, func(x *cpu.Exec) {
		once := func() {
			b.r.ReadLock(x)
			b.r.ReadLock(x)
			f := cpu.LocalIrqSave(x)
			rsp.syncRCUExpHandler(x)
			cpu.LocalIrqRestore(x, f)
			b.r.ReadUnlock(x)
			b.r.ReadUnlock(x)
		}
		once()
		allocs = testing.AllocsPerRun(50, once)
	}))
	if allocs != 0 {
		t.Errorf("%v allocations per reader", allocs)
	}
}

// BenchmarkReader is a lock and unlock pair with interrupts on.
func BenchmarkReader(b *testing.B) {
	bx := newBox(cpu.Config{CPUs: 1, Engine: sim.Config{TimeLimit: sim.Forever / 4}}, Config{})
	onBoot(b, bx, func(x *cpu.Exec) {
		for b.Loop() {
			bx.r.ReadLock(x)
			bx.r.ReadUnlock(x)
		}
	})
}
