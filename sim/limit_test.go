package sim

import (
	"iter"
	"testing"
)

// bare is a coroutine of BenchmarkLimit.
type bare struct {
	next   func() (struct{}, bool)
	active bool
}

// BenchmarkLimit is what BenchmarkOrdering's engine could reach at best with
// every operation global: the same workload, winner tree and resume stack in
// one loop, without kinds, hash, devices, interrupts or limits, and without a
// frame between a switch and the loop.
func BenchmarkLimit(b *testing.B) {
	const procs = 8
	tree := newWinnerTree(procs)
	var fibers [procs]bare
	left, stopped := b.N, false
	cur := func() int { return procOf(tree.min()) }
	for id := range fibers {
		tree.set(id, keyOf(0, id))
		rnd := xorshift(id + 1)
		var now Time
		next, stop := iter.Pull(func(yield func(struct{}) bool) {
			for {
				now += Time(1 + rnd.next()&1023)
				tree.set(id, keyOf(now, id))
				if left--; left <= 0 {
					stopped = true
				}
				for stopped || cur() != id {
					if f := &fibers[cur()]; !stopped && !f.active {
						f.active = true
						f.next()
						f.active = false
					} else if !yield(struct{}{}) {
						return
					}
				}
			}
		})
		defer stop()
		fibers[id].next = next
	}
	b.ResetTimer()
	for !stopped {
		f := &fibers[cur()]
		f.active = true
		f.next()
		f.active = false
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mops/s")
}
