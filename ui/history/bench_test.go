package history

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkBack is consecutive single steps back from step 1,000,000 of the
// bundled long scenario, right behind the walk there and as fast as they go: a
// hundred, and then two thousand more, which leave the window twice. Reported
// are the median and the worst of a step.
func BenchmarkBack(b *testing.B) {
	for range b.N {
		s := open(b, "perf-soak", 1)
		begin := time.Now()
		if err := s.Goto(ctx, 1_000_000, nil); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(begin).Milliseconds()), "there-ms")
		stepsBack(b, s, 100, "hundred")
		stepsBack(b, s, 2000, "beyond")
	}
}

func stepsBack(b *testing.B, s *Session, n int, what string) {
	var took []time.Duration
	for range n {
		t := time.Now()
		if err := s.Goto(ctx, s.Step()-1, nil); err != nil {
			b.Fatal(err)
		}
		s.At()
		took = append(took, time.Since(t))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[n/2].Microseconds()), what+"-median-µs")
	b.ReportMetric(float64(took[n-1].Microseconds()), what+"-worst-µs")
}
