package threads

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// twinKeys are lock classes of the twin's works, one each.
var twinKeys = func() (keys [8]lockdep.Key) {
	for i := range keys {
		keys[i].Name = "(&w" + string(rune('0'+i)) + "->work)"
	}
	return keys
}()

// TestWorkqueueAgainstTwin: every queueing is one run, a work never runs beside
// itself, no workqueue runs more works than it may, and who flushes returns
// only behind what was queued.
func TestWorkqueueAgainstTwin(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(rt, name) }
		b := newBox(cpu.Config{CPUs: draw("cpus", 1, 4), Engine: sim.Config{Seed: uint64(draw("seed", 0, 1000)), Stalls: draw("stalls", 0, 1) == 1}})
		tw := newTwin(b, draw("works", 1, 6), draw)
		tw.load(t, b, draw)
		if len(tw.wrong) > 0 {
			rt.Fatal(strings.Join(tw.wrong, "\n"))
		}
	})
}

// seeded is a load made from a seed.
func seeded(t testing.TB, seed uint64, engine sim.Config, mutations ...string) (*box, *twin) {
	r := sim.NewRand(seed, 1<<30)
	draw := func(_ string, lo, hi int) int { return lo + int(r.Intn(int64(hi-lo+1))) }
	costs := cpu.ProductionCosts()
	if seed%3 == 0 {
		costs = cpu.ProveLockingCosts()
	}
	b := newBox(cpu.Config{CPUs: 1 + int(seed%4), Engine: engine, Costs: costs, PollIdle: seed%4 == 2}, mutations...)
	tw := newTwin(b, 6, draw)
	tw.load(t, b, draw)
	return b, tw
}

// TestWorkqueueRunAhead: what runs ahead of the others does so unnoticed.
func TestWorkqueueRunAhead(t *testing.T) {
	for seed := range uint64(100) {
		cfg := sim.Config{Seed: seed, Stalls: seed%2 == 1}
		b, tw := seeded(t, seed, cfg)
		ahead := b.outcome()
		cfg.NoRunAhead = true
		b, _ = seeded(t, seed, cfg)
		if stepped := b.outcome(); ahead != stepped {
			t.Fatalf("seed %d:\nahead   %+v\nstepped %+v", seed, ahead, stepped)
		}
		if len(tw.wrong) > 0 {
			t.Fatalf("seed %d: %s", seed, strings.Join(tw.wrong, "\n"))
		}
	}
}

// TestTwinSees: a pool that forgets where a work runs lets it run beside
// itself, and the twin notices.
func TestTwinSees(t *testing.T) {
	for seed := range uint64(100) {
		_, tw := seeded(t, seed, sim.Config{Seed: seed}, "workqueue.ignores-last-pool")
		for _, w := range tw.wrong {
			if strings.Contains(w, "beside itself") {
				return
			}
		}
	}
	t.Error("the twin saw nothing in 100 runs")
}
