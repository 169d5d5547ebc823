package sim

import (
	"iter"
	"testing"
)

// BenchmarkLimit is what BenchmarkOrdering's engine could reach at best with
// every operation global: the same workload with winner tree and seats in one
// loop, without kinds, hash, devices, interrupts or limits, and without a
// frame between a switch and the loop.
func BenchmarkLimit(b *testing.B) {
	const procs = 8
	tree := newWinnerTree(procs)
	var fibers [procs]Fiber
	var hub Fiber
	left := b.N
	for id := range fibers {
		tree.set(id, keyOf(0, id))
		rnd := xorshift(id + 1)
		var now Time
		f := &fibers[id]
		f.in = &f.seat
		f.next, f.stop = iter.Pull(func(yield func(struct{}) bool) {
			f.yield = yield
			for {
				now += Time(1 + rnd.next()&1023)
				tree.set(id, keyOf(now, id))
				to := &fibers[procOf(tree.min())]
				if left--; left <= 0 {
					to = &hub
				}
				if to == f {
					continue
				}
				if s := f.take(to); s.taken {
					s.next()
				} else {
					s.yield(struct{}{})
				}
			}
		})
	}
	b.ResetTimer()
	hub.take(&fibers[0]).next()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mops/s")
}
