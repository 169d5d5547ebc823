package configs

import "testing"

// TestRCUBugs: the buggy form of each of RCU's old bugs shows within so many
// seeds, and the fixed one never (docs/kernel/bugs.md, families A to C).
func TestRCUBugs(t *testing.T) {
	for _, c := range []struct {
		name, verdict, fixed string
		seeds                uint64
	}{
		{"exp-wake-rnp", "deadlock", "clean", 30},           // BUG-A6
		{"rnp-wake-gpk", "deadlock", "clean", 5},            // BUG-B2
		{"irqexit-ttwu", "lockdep", "clean", 10},            // BUG-A3
		{"offline-mask", "hang", "clean", 2},                // BUG-C10
		{"callrcu-nocb-perf", "lockdep", "clean", 10},       // BUG-B1
		{"rcu-unlock-recursion", "lockdep", "clean", 20},    // BUG-A4
		{"rcu-note-under-rq", "lockdep", "clean", 5},        // BUG-A7
		{"rcuidle-tracepoint", "gp-too-short", "clean", 20}, // BUG-C2
		{"stall-print-lock", "deadlock", "rcu-stall", 2},    // BUG-C6
		{"mcstop-stall", "rcu-stall", "clean", 2},           // BUG-C7
		{"exp-hotplug", "deadlock", "clean", 20},            // BUG-C4
	} {
		if got := verdicts(t, prepared(t, c.name), c.seeds); got[c.verdict] == 0 {
			t.Errorf("%s: %d seeds: %v, want some %s", c.name, c.seeds, got, c.verdict)
		}
		if got := verdicts(t, variant(t, c.name, "fixed"), c.seeds); got[c.fixed] != int(c.seeds) {
			t.Errorf("%s fixed: %v, want %s only", c.name, got, c.fixed)
		}
	}
}
