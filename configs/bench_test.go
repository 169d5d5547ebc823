package configs

import (
	"fmt"
	"runtime/debug"
	"strings"
	"testing"
)

func prepared(tb testing.TB, name string, set ...string) *Program {
	tb.Helper()
	return changed(tb, mustOpen(tb, name), set...)
}

// loaded prepares a scenario from its text, with other settings.
func loaded(tb testing.TB, file, text string, set ...string) *Program {
	tb.Helper()
	s, ds := Load(file, []byte(text))
	if len(ds) > 0 {
		tb.Fatal(ds)
	}
	return changed(tb, s, set...)
}

// changed prepares a scenario with other settings.
func changed(tb testing.TB, s *Scenario, set ...string) *Program {
	tb.Helper()
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
	benchProgram(b, prepared(b, name, set...))
}

func benchProgram(b *testing.B, p *Program) {
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

// lockHeavy is a scenario of eight CPUs that do nothing but lock: each in its own
// order upwards through 24 spinlocks, two or three at a time, mostly contended
// by one other CPU. Nothing in it is reported.
func lockHeavy(tb testing.TB, set ...string) *Program {
	var b strings.Builder
	b.WriteString("title = \"lock heavy\"\nstory = \"Nothing but locks.\"\n[machine]\ncpus = 8\ncosts.preset = \"prove-locking\"\n")
	for i := range 24 {
		fmt.Fprintf(&b, "[[shared]]\nlock = \"L%02d\"\n", i)
	}
	for cpu := range 8 {
		fmt.Fprintf(&b, "[[task]]\nname = \"t%d\"\ncpus = [%[1]d]\nbody = \"\"\"\nstart_line()\nfor n in range(60):\n", cpu)
		for i := range 8 {
			first := (cpu*3 + i*5) % 20
			for k := range 3 {
				fmt.Fprintf(&b, "    raw_spin_lock(\"L%02d\")\n", first+k*(1+i%2))
			}
			for k := 2; k >= 0; k-- {
				fmt.Fprintf(&b, "    raw_spin_unlock(\"L%02d\")\n", first+k*(1+i%2))
			}
		}
		b.WriteString("\"\"\"\n")
	}
	return loaded(tb, "lock-heavy.toml", b.String(), set...)
}

// TestLockHeavy: the benchmark measures the validator to the end, and with and
// without it nearly as many operations.
func TestLockHeavy(t *testing.T) {
	var steps [2]uint64
	for i, off := range []string{"false", "true"} {
		r, err := lockHeavy(t, "lockdep.off", off).Boot(Options{Seed: 1}).Run()
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != "clean" {
			t.Fatalf("lockdep.off=%s: %s", off, r.Verdict)
		}
		steps[i] = r.Steps
	}
	if d := int64(steps[0] - steps[1]); max(d, -d) > int64(steps[1]/100) {
		t.Errorf("%d steps with the validator, %d without", steps[0], steps[1])
	}
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
	heavy := lockHeavy(b)
	b.Run("lock-heavy-8cpu", func(b *testing.B) { benchProgram(b, heavy) })
	b.Run("lock-heavy-8cpu/lockdep-off", func(b *testing.B) { benchProgram(b, lockHeavy(b, "lockdep.off", "true")) })
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
	p := loaded(b, "boot.toml", empty)
	b.Run("make", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.Boot(Options{Seed: 1}).CPU.E.Close()
		}
	})
	run := func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := p.Boot(Options{Seed: 1}).Run(); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("make-and-run", run)
	b.Run("make-and-run/as-in-batches", func(b *testing.B) {
		defer debug.SetGCPercent(debug.SetGCPercent(400)) // see batchGC in cmd/lockstep
		run(b)
	})
}

// BenchmarkRCUTorture is half a virtual second of rcutorture on 8 CPUs, the
// validator on.
func BenchmarkRCUTorture(b *testing.B) {
	benchRuns(b, "rcutorture", "params.ms", "500", "rcutorture.verbose", "false")
}
