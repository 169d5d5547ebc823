package configs

import (
	"strings"
	"testing"
)

// TestTimeScenarios: the buggy form of each reaches its deadlock within so many
// seeds and the fixed one never does; the report names who waits for what.
func TestTimeScenarios(t *testing.T) {
	for _, c := range []struct {
		name  string
		seeds uint64
		waits string
	}{
		{"del-timer-sync", 100, "waits for timer timer_base1->running_timer, running its function by CPU1"},
		{"hrtimer-base", 150, "waits for spinlock hrtimer_bases1.lock"},
		{"nmi-seqcount", 60, "waits for seqcount tk_core.seq, being written by"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, found := prepared(t, c.name), false
			for seed := uint64(1); seed <= c.seeds && !found; seed++ {
				r := tryRun(t, p, Options{Seed: seed})
				if !r.Expected {
					t.Fatalf("seed %d: %s", seed, r.Unmet)
				}
				for _, f := range r.Findings {
					if found = f.Kind == "deadlock"; found && !strings.Contains(f.Text, c.waits) {
						t.Errorf("seed %d: the report does not say %q:\n%s", seed, c.waits, f.Text)
					}
				}
			}
			if !found {
				t.Errorf("no deadlock in %d seeds", c.seeds)
			}
			if got := verdicts(t, variant(t, c.name, "fixed"), c.seeds); got["clean"] != int(c.seeds) {
				t.Errorf("fixed: %v", got)
			}
		})
	}
}

// TestTimerBuiltins: timers of both kinds as bodies use them.
func TestTimerBuiltins(t *testing.T) {
	const text = `
title = "Timers"
story = "Each builtin once."
[[shared]]
var = "ran"
[[shared]]
var = "again"
[[timer]]
name = "w"
body = "WRITE_ONCE('ran', READ_ONCE('ran') + 1)"
[[timer]]
name = "lazy"
deferrable = true
irqsafe = true
body = "assert_(in_softirq() and irqs_disabled())"
[[timer]]
name = "h"
kind = "hr"
body = """
n = READ_ONCE("again") + 1
WRITE_ONCE("again", n)
assert_(in_irq())
if n < 3:
    hrtimer_forward_now("h", 100000)
    ret = HRTIMER_RESTART
"""
[[task]]
name = "t"
cpus = [0]
body = """
assert_(not mod_timer("w", jiffies() + 2) and timer_pending("w"))
assert_(mod_timer("w", jiffies() + 3))
assert_(del_timer("w") and not del_timer("w"))
add_timer_on("w", jiffies() + 2, 1)
mod_timer_pinned("lazy", jiffies() + 1)
msleep(5)
assert_(READ_ONCE("ran") == 1 and not del_timer_sync("w"))
assert_(try_to_del_timer_sync("w") == 0)
hrtimer_start("h", 200000)
assert_(hrtimer_active("h"))
before = ktime_get()
usleep_range(1000, 1100)
nanosleep(1000)
assert_(ktime_get() - before >= 1001000 and ktime_get_mono_fast_ns() > before)
assert_(READ_ONCE("again") == 3 and not hrtimer_active("h"))
hrtimer_start("h", 200000)
assert_(hrtimer_cancel("h") and hrtimer_try_to_cancel("h") == 0)
assert_(schedule_timeout_uninterruptible(2) == 0)
"""
`
	s, ds := Load("timers.toml", []byte(text))
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	if r := tryRun(t, prepare(t, s, nil), Options{Seed: 1}); r.Verdict != "clean" {
		t.Errorf("%s: %v", r.Verdict, r.Findings[0].Title)
	}
	if ds := s.Set("machine.hrtimers", "false"); !strings.Contains(ds.String(), "an hr timer needs machine.hrtimers") {
		t.Errorf("without hrtimers: %s", ds)
	}
}
