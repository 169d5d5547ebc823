package configs

import (
	"strings"
	"testing"
)

// TestLitmus: the table of docs/kernel/tree-rcu-litmus.md §6.1, for v4.4. The
// base is clean and comes to its end, so grace periods do end; each break that
// makes them too short is seen, and each that keeps them from ending leaves
// the updater in a wait. (If the kthread happens to run on the reader's CPU,
// that CPU has a quiescent state by its counter, and the first grace period
// ends even if no context switch counts.)
func TestLitmus(t *testing.T) {
	for _, c := range []struct{ variant, mutation, verdict string }{
		{"", "", "clean"}, {"preemptible", "", "clean"}, {"two-levels", "", "clean"}, {"forcing", "", "clean"},
		{"forcing", "rcu.sched-reader-preemptible", "gp-too-short"},           // FF1
		{"", "rcu.sync-returns-at-once", "gp-too-short"},                      // FF2
		{"", "rcu.gp-init-clears-qsmask", "gp-too-short"},                     // FF3
		{"forcing", "rcu.fqs-credits-everybody", "gp-too-short"},              // FF4
		{"forcing", "rcu.note-reports-qs", "gp-too-short"},                    // FF5
		{"two-levels", "rcu.report-ignores-siblings", "gp-too-short or warn"}, // FF6
		{"two-levels", "rcu.gp-init-clears-inner", "gp-too-short"},
		{"", "rcu.note-clears-qs-pending", "limit"}, // LC1
		{"", "rcu.sched-qs-not-recorded", "limit"},  // LC2
		{"", "rcu.report-dropped", "limit"},         // LC3
		{"preemptible", "rcu.sync-returns-at-once", "gp-too-short"},
		{"preemptible", "rcu.switch-queues-nobody", "gp-too-short"},
		{"preemptible", "rcu.note-clears-qs-pending", "limit"},
		{"preemptible", "rcu.preempt-qs-not-recorded", "limit"},
		{"preemptible", "rcu.report-dropped", "limit"},
	} {
		t.Run(c.variant+"/"+c.mutation, func(t *testing.T) {
			p := prepared(t, "rcu-litmus")
			if c.variant != "" {
				p = variant(t, "rcu-litmus", c.variant)
			}
			opt := Options{Seed: 1}
			if c.mutation != "" {
				opt.Mutations = []string{c.mutation}
			}
			if strings.HasPrefix(c.verdict, "gp-too-short") {
				for ; opt.Seed <= 30; opt.Seed++ {
					if r := tryRun(t, p, opt); strings.Contains(c.verdict, r.Verdict) {
						return
					}
				}
				t.Fatalf("no %s in 30 seeds", c.verdict)
			}
			for ; opt.Seed <= 5; opt.Seed++ {
				m := p.Boot(opt)
				r, err := m.Run()
				if err != nil {
					t.Fatal(err)
				}
				if y := m.vars["y"].Peek(); r.Verdict != c.verdict || c.verdict == "limit" && y > 1 {
					t.Errorf("seed %d: verdict %s, want %s; the updater got behind its wait %d times", opt.Seed, r.Verdict, c.verdict, y)
				}
			}
		})
	}
}
