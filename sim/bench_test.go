package sim

import (
	"container/heap"
	"fmt"
	"testing"
)

// The engines' common workload: every actor draws a pseudo-random cost and
// performs an operation, of which one in global is an ordering point.

type xorshift uint64

func (x *xorshift) next() uint64 {
	v := uint64(*x)
	v ^= v << 13
	v ^= v >> 7
	v ^= v << 17
	*x = xorshift(v)
	return v
}

// closureHeap is the baseline: container/heap, a closure allocated per event.
type closureEvent struct {
	at  uint64
	id  int
	run func()
}
type closureHeap []closureEvent

func (h closureHeap) Len() int { return len(h) }
func (h closureHeap) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].id < h[j].id
}
func (h closureHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *closureHeap) Push(x any)   { *h = append(*h, x.(closureEvent)) }
func (h *closureHeap) Pop() any {
	old := *h
	n := len(old) - 1
	ev := old[n]
	*h = old[:n]
	return ev
}

func benchHeap(b *testing.B, procs int) {
	var h closureHeap
	var now, done uint64
	rnd := make([]xorshift, procs)
	var schedule func(id int)
	schedule = func(id int) {
		at := now + 1 + rnd[id].next()&1023
		heap.Push(&h, closureEvent{at, id, func() { done++; schedule(id) }})
	}
	for i := range rnd {
		rnd[i] = xorshift(i + 1)
		schedule(i)
	}
	b.ResetTimer()
	for done < uint64(b.N) {
		ev := heap.Pop(&h).(closureEvent)
		now = ev.at
		ev.run()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mops/s")
}

func benchEngine(b *testing.B, procs, global int) {
	e := New(Config{Procs: procs, MinLatency: 400})
	defer e.Close()
	left := b.N
	for i := range procs {
		p := e.Proc(i)
		rnd := xorshift(i + 1)
		p.Bind(e.NewFiber(func() {
			for n := 1; ; {
				c := Time(1 + rnd.next()&1023)
				var s *Seat
				if n--; n == 0 {
					n = global
					s = p.Global(Op{Kind: KindUser, Obj: 1, Access: AccessWrite}, c)
				} else {
					s = p.Local(Op{Kind: KindUser}, c)
				}
				for ; s != nil; s = p.Resume() {
					if s.Taken {
						s.Taken = false
						s.Yield(struct{}{})
					} else {
						s.Taken = true
						s.Next()
					}
				}
				if left--; left <= 0 {
					e.Stop()
				}
			}
		}))
	}
	b.ResetTimer()
	e.Run()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mops/s")
}

// BenchmarkOrdering sets the engine beside the heap with one closure per
// event, with every operation global and with one in sixteen.
func BenchmarkOrdering(b *testing.B) {
	b.Run("heap/procs=8", func(b *testing.B) { benchHeap(b, 8) })
	for _, g := range []int{1, 16} {
		b.Run(fmt.Sprintf("engine/procs=8/global=1in%d", g), func(b *testing.B) { benchEngine(b, 8, g) })
	}
}

// BenchmarkTree is the ordering structure's own share: one processor's key put
// in and the next one taken out, without a fiber. It may grow with log2 of the
// processors; what BenchmarkScale grows beyond it are the fibers' stacks
// falling out of the cache.
func BenchmarkTree(b *testing.B) {
	for _, n := range []int{8, 64, 1024, 4096} {
		b.Run(fmt.Sprintf("procs=%d", n), func(b *testing.B) {
			t := newWinnerTree(n)
			rnd := xorshift(1)
			for i := range n {
				t.set(i, keyOf(Time(rnd.next()&1023), i))
			}
			cur := procOf(t.root)
			now := timeOf(t.root)
			t.set(cur, never)
			b.ResetTimer()
			for range b.N {
				k := keyOf(now+Time(1+rnd.next()&1023), cur)
				first := t.root
				t.exchange(cur, k, procOf(first))
				cur, now = procOf(first), timeOf(first)
			}
		})
	}
}

// BenchmarkScale is the whole engine with every operation global.
func BenchmarkScale(b *testing.B) {
	for _, n := range []int{2, 8, 64, 1024, 4096} {
		b.Run(fmt.Sprintf("procs=%d", n), func(b *testing.B) { benchEngine(b, n, 1) })
	}
}
