package configs

import (
	"strings"
	"testing"
)

// tortured are mutations that rcutorture finds, with the settings that bring it
// to the place.
var tortured = []struct {
	mutation, types, variant, want string
	set                            []string
}{
	{"rcu.barrier-skips-cpus", "rcu", "", "warn", nil},
	{"rcu.batch-keeps-count", "rcu", "", "warn", nil},
	{"rcu.cond-sync-ignores-state", "rcu", "", "gp-too-short", []string{"rcutorture.gp_cond", "true"}},
	{"rcu.exp-does-not-wait", "rcu", "", "gp-too-short", nil},
	{"rcu.exp-ipi-ignores-nesting", "rcu", "", "gp-too-short", nil},
	{"rcu.exp-no-wake", "rcu", "", "hang", []string{"params.ms", "400"}},
	{"rcu.fqs-credits-everybody", "rcu", "", "gp-too-short", nil},
	{"rcu.gp-init-clears-inner", "rcu", "TREE02", "gp-too-short", nil},
	{"rcu.gp-init-clears-qsmask", "rcu", "", "gp-too-short", nil},
	{"rcu.gp-init-forgets-blocked", "rcu", "", "gp-too-short", []string{"rcutorture.nreaders", "16", "params.ms", "1000"}},
	{"rcu.gp-kthread-not-woken", "rcu", "", "hang", []string{"params.ms", "400"}},
	{"rcu.nested-irq-exit-idles", "rcu", "", "gp-too-short", []string{"params.ms", "400"}},
	{"rcu.nocb-does-not-wait", "rcu_bh", "TREE04", "gp-too-short", nil},
	{"rcu.note-clears-qs-pending", "rcu", "", "hang", unforced},
	{"rcu.note-reports-qs", "rcu", "", "gp-too-short", nil},
	{"rcu.preempt-qs-not-recorded", "rcu", "", "hang", unforced},
	{"rcu.queue-keeps-exp-flag", "rcu", "", "warn", nil},
	{"rcu.report-dropped", "rcu", "", "hang", unforced},
	{"rcu.report-ignores-siblings", "rcu", "TREE02", "gp-too-short", nil},
	{"rcu.sched-exp-ipi-reports", "sched", "", "gp-too-short", nil},
	{"rcu.sched-qs-not-recorded", "sched", "", "hang", []string{"params.ms", "400"}},
	{"rcu.switch-queues-nobody", "rcu", "", "gp-too-short", []string{"params.ms", "400"}},
	{"rcu.sync-returns-at-once", "rcu", "", "gp-too-short", nil},
	{"rcu.unlock-keeps-gp-tasks", "rcu", "", "hang", []string{"params.ms", "1000"}},
	{"rcu.unlock-skips-special", "rcu", "", "hang", []string{"params.ms", "400"}},
}

// unforced are settings without forcing, which hides some that make a grace
// period endless.
var unforced = []string{"params.ms", "1000", "machine.rcu.jiffies_till_first_fqs", "1000", "machine.nohz", "off"}

// untortured are mutations that make grace periods too short and that this load
// hides, and why.
var untortured = map[string]string{
	"rcu.sched-reader-preemptible": "the test's readers are preempt_disable() and nothing else",
	"rcu.offline-forgets-blocked":  "a grace period has to begin while a reader that was preempted on the last CPU of a leaf goes on",
}

// TestRCUTortureFindsMutations: what breaks grace periods is found by the test
// within two virtual seconds, one way or the other in six seeds. What makes
// grace periods too short is here without exception. Others are hidden too: CPUs
// are always found outside of readers by the next tick (tick-need-qs-lost) and
// never idle for long (idle-forgets-callbacks); lockdep's wake-under-rnp has the
// scenario exp-wake-rnp.
func TestRCUTortureFindsMutations(t *testing.T) {
	here := map[string]bool{}
	for _, c := range tortured {
		here[c.mutation] = true
		s := opened(t, "rcutorture", c.variant)
		p := changed(t, s, append([]string{"machine.time_limit_ms", "2000", "params.types", c.types, "params.ms", "120", "rcutorture.verbose", "false"}, c.set...)...)
		found := false
		for seed := uint64(1); seed <= 6 && !found; seed++ {
			r := tryRun(t, p, Options{Seed: seed, Mutations: []string{c.mutation}})
			found = r.Verdict == c.want
		}
		if !found {
			t.Errorf("%s: no %s in 6 seeds", c.mutation, c.want)
		}
	}
	for _, m := range Mutations() {
		if why, hidden := untortured[m.Name]; strings.HasPrefix(m.Oracle, "gp-too-short") && here[m.Name] == hidden {
			t.Errorf("%s: tried %t, hidden %t (%s)", m.Name, here[m.Name], hidden, why)
		}
	}
}
