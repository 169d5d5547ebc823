package configs

import (
	"testing"
)

func prepared(tb testing.TB, name string, set ...string) *Program {
	tb.Helper()
	s, ds := Open(name)
	if len(ds) > 0 {
		tb.Fatal(ds)
	}
	for i := 0; i < len(set); i += 2 {
		if ds := s.Set(set[i], set[i+1]); len(ds) > 0 {
			tb.Fatal(ds)
		}
	}
	p, ds := Prepare(s)
	if len(ds) > 0 {
		tb.Fatal(ds)
	}
	return p
}

// benchRuns runs whole scenarios, boot to verdict, with another seed each.
func benchRuns(b *testing.B, name string, set ...string) {
	p := prepared(b, name, set...)
	b.ReportAllocs()
	var steps uint64
	b.ResetTimer()
	for seed := range b.N {
		r, err := p.Boot(Options{Seed: uint64(seed + 1)}).Run()
		if err != nil {
			b.Fatal(err)
		}
		steps += r.Steps
	}
	b.ReportMetric(float64(steps)/b.Elapsed().Seconds()/1e6, "Mops/s")
	b.ReportMetric(float64(steps)/float64(b.N), "steps/run")
}

// BenchmarkRun is the time of whole runs.
func BenchmarkRun(b *testing.B) {
	b.Run("perf-deadlock-2cpu", func(b *testing.B) { benchRuns(b, "perf-deadlock-2cpu") })
	b.Run("perf-lockdep", func(b *testing.B) { benchRuns(b, "perf-lockdep") })
	b.Run("perf-lockdep/lockdep-off", func(b *testing.B) { benchRuns(b, "perf-lockdep", "lockdep.off", "true") })
	// The fixed form never reports, so the validator judges to the end; its
	// baseline is the same without the validator.
	fixed := []string{"kernel.perf.lock_task_context", "irqs-off"}
	b.Run("perf-lockdep/fixed", func(b *testing.B) { benchRuns(b, "perf-lockdep", fixed...) })
	b.Run("perf-lockdep/fixed/lockdep-off", func(b *testing.B) {
		benchRuns(b, "perf-lockdep", append(fixed, "lockdep.off", "true")...)
	})
	b.Run("abba", func(b *testing.B) { benchRuns(b, "abba") })
}

// BenchmarkBoot makes a machine of four CPUs and lets it come up: no tasks
// but one that ends at once.
func BenchmarkBoot(b *testing.B) {
	const empty = `title = "boot"
story = "nothing"
[machine]
cpus = 4
[[task]]
name = "init"
body = "0"
`
	s, ds := Load("boot.toml", []byte(empty))
	if len(ds) > 0 {
		b.Fatal(ds)
	}
	p, _ := Prepare(s)
	b.Run("make", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.Boot(Options{Seed: 1}).CPU.E.Close()
		}
	})
	b.Run("make-and-run", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := p.Boot(Options{Seed: 1}).Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
