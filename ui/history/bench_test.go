package history

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkBack is a hundred consecutive single steps back from step 1,000,000
// of the bundled long scenario: right behind the walk there, and once more
// from where they end. Reported are the median and the worst of a step.
func BenchmarkBack(b *testing.B) {
	for range b.N {
		s := open(b, "perf-soak", 1)
		begin := time.Now()
		if err := s.Goto(ctx, 1_000_000, nil); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(begin).Milliseconds()), "there-ms")
		for _, round := range []string{"first", "second", "third", "fourth"} {
			var took []time.Duration
			for range 100 {
				t := time.Now()
				if err := s.Goto(ctx, s.Step()-1, nil); err != nil {
					b.Fatal(err)
				}
				s.At()
				took = append(took, time.Since(t))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[50].Microseconds()), round+"-median-µs")
			b.ReportMetric(float64(took[99].Microseconds()), round+"-worst-µs")
		}
	}
}
