package configs

import (
	"strings"
	"testing"
)

const suspicious = `
title = "A grace period is waited for inside a reader"
story = "Which can never end: RCU's own lockdep says so first."

[machine]
cpus = 2

[[task]]
name = "waiter"
body = """
rcu_read_lock()
synchronize_rcu()
rcu_read_unlock()
"""
`

// TestSuspiciousRCU: an illegal use of RCU is the validator's report, in the
// kernel's shape, and silences it as any report does; without the validator
// nobody says it.
func TestSuspiciousRCU(t *testing.T) {
	for _, off := range []string{"false", "true"} {
		s, diags := Load("suspicious.toml", []byte(suspicious))
		if diags = append(diags, s.Override([]KV{{"lockdep.off", off}})...); len(diags) > 0 {
			t.Fatal(diags)
		}
		p, diags := Prepare(s)
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		r := tryRun(t, p, Options{Seed: 1, Capture: true})
		var log strings.Builder
		for _, rec := range r.Dmesg {
			log.WriteString(rec.Text + "\n")
		}
		reported := len(r.Findings) > 0 && r.Findings[0].Report != nil
		if reported != (off == "false") {
			t.Errorf("lockdep.off = %s: reported %v", off, reported)
		}
		for _, want := range []string{
			"===============================\n[ INFO: suspicious RCU usage. ]\n", "\n-------------------------------\n",
			"kernel/rcu/tree_plugin.h Illegal synchronize_rcu() in RCU read-side critical section!\n\nother info that might help us debug this:\n",
			"rcu_scheduler_active = 1, debug_locks = 0\n1 lock held by waiter/101:\n #0:  (rcu_read_lock){......}, at: ", "stack backtrace:\n",
		} {
			if strings.Contains(log.String(), want) != reported {
				t.Errorf("lockdep.off = %s: %q in the log is %v:\n%s", off, want, !reported, log.String())
			}
		}
	}
}
