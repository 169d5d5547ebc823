package configs

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lockstep/irq"
)

// idlers is a machine on which one task sleeps for so many seconds.
func idlers(tb testing.TB, cpus, seconds int, set ...string) *Program {
	text := fmt.Sprintf(`
title = "Nearly nothing"
story = "One task sleeps."
[machine]
cpus = %d
time_limit_ms = 100_000_000
[[task]]
name = "sleeper"
body = "msleep(%d)"
`, cpus, seconds*1000)
	return loaded(tb, "idle.toml", text, set...)
}

// TestIdleCostsNothing: of 256 CPUs that stop their ticks hardly anything is
// heard for ten seconds, and the sleep ends in time; where ticks go on they
// are all there.
func TestIdleCostsNothing(t *testing.T) {
	m := idlers(t, 256, 10).Boot(Options{Seed: 1})
	r, err := m.Run()
	if err != nil {
		t.Fatal(err)
	}
	ticks := uint64(0)
	for c := range 256 {
		ticks += m.IRQ.Taken(c, irq.LocalTimer)
	}
	if r.Verdict != "clean" || ticks > 1000 || r.Time < 10_000_000_000 || r.Time > 10_010_000_000 {
		t.Errorf("%s, %d ticks in %v", r.Verdict, ticks, r.Time)
	}
	m = idlers(t, 8, 1, "machine.nohz", "off").Boot(Options{Seed: 1})
	if _, err = m.Run(); err != nil {
		t.Fatal(err)
	}
	for c := range 8 {
		if n := m.IRQ.Taken(c, irq.LocalTimer); n < 995 || n > 1005 {
			t.Errorf("CPU %d ticked %d times in a second", c, n)
		}
	}
}

// TestIdleKeepsCallbacks: a CPU with nothing to do but an RCU callback keeps
// its tick, so the callback comes; without that nobody looks after it.
func TestIdleKeepsCallbacks(t *testing.T) {
	const text = `
title = "A callback on an idle CPU"
story = "Somebody waits for it."
[[shared]]
completion = "called"
[[task]]
name = "waits"
cpus = [1]
body = """
call_rcu(lambda: complete("called"))
wait_for_completion("called")
"""
`
	s, ds := Load("callback.toml", []byte(text))
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	for mutation, want := range map[string]string{"": "clean", "rcu.idle-forgets-callbacks": "limit"} {
		r := tryRun(t, prepare(t, s.Clone(), nil), Options{Seed: 1, Mutations: strings.Fields(mutation)})
		if r.Verdict != want {
			t.Errorf("mutation %q: %s, want %s", mutation, r.Verdict, want)
		}
	}
}

// BenchmarkIdleHour: 4096 idle CPUs for one virtual hour. The aim is 2 s.
func BenchmarkIdleHour(b *testing.B) {
	p := idlers(b, 4096, 3600)
	for b.Loop() {
		m := p.Boot(Options{Seed: 1})
		begin := time.Now()
		r, err := m.Run()
		if err != nil || r.Verdict != "clean" {
			b.Fatal(r, err)
		}
		b.ReportMetric(time.Since(begin).Seconds(), "s/hour")
		b.ReportMetric(float64(r.Steps), "steps")
	}
}
