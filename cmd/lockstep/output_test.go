package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/configs"
	"lockstep/configs/configstest"
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/printk"
	"lockstep/sim"
)

var update = flag.Bool("update", false, "rewrite testdata/golden; read the diff")

// golden compares text with a file of testdata/golden.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// madeUp is a run with a finding of each shape. It is made by hand, so that
// the golden files change when the writers do and not when a kernel path does.
func madeUp(t *testing.T) *execution {
	t.Helper()
	s := configstest.Open(t, "abba", "machine.cpus", "3", "kernel.rcu.expedited", "normal").Scenario()
	report := &lockdep.Report{Kind: lockdep.Circular, Title: "INFO: possible circular locking dependency detected",
		Classes: []string{"rcu_node_0", "&p->pi_lock", "&ctx->lock"}, Lines: []lockdep.Line{{Text: ""}, {Text: "======"}}}
	r := &configs.Result{
		Scenario: "abba", Seed: 7, Verdict: "deadlock", Unmet: "the verdict is deadlock, expected is clean",
		Dmesg: []printk.Record{{Time: 4711 * sim.Microsecond, Text: ""}, {Time: 4712 * sim.Microsecond, Text: "two\nlines"}},
		Steps: 4567, Time: 21 * sim.Millisecond, Hash: 0x0123456789abcdef,
		Token: sim.Token{Version: sim.TokenVersion, Scenario: "abba", Fingerprint: 0xc0ffee, Settings: []string{"machine.cpus=3"}, Chooser: "timed", Seed: 7},
		CPUs: []configs.CPUState{
			{CPU: 0, Task: "monitor/101", State: "irqs off, preempt_count 0x2", Waits: "spinlock rcu_node_0", Held: []string{"&ctx->lock"}, Stack: []string{"[<1>] f+0x1/0x2", "abba.toml:7 (task monitor)"}},
			{CPU: 1, Task: "swapper/1/0", State: "irqs on, preempt_count 0x1"},
		},
	}
	r.Findings = []*cpu.Finding{
		{Kind: "warn", Title: "WARNING: odd at kernel/x.c", Text: "odd", CPUs: []int{1}, CPU: 1, Step: 9, Time: 17},
		{Kind: "gp-too-short", Title: "a grace period ended too early", Text: "  reader t/1\n  began before\n", CPUs: []int{0}, Step: 10, Time: 18},
		{Kind: "lockdep", Title: report.Title, Classes: report.Classes, Report: report, CPUs: []int{0}, Step: 3124, Time: 4711 * sim.Microsecond},
		{Kind: "deadlock", Title: "deadlock", Text: "  the cycle\n", Classes: []string{"A", "B"}, CPUs: []int{0, 1}, Step: 4567, Time: 21 * sim.Millisecond,
			Cycle: []cpu.Edge{{Waiter: "CPU0 a/1", Kind: cpu.WaitSpinlock, On: "A", Holder: "held by CPU1 b/2"}, {Waiter: "task b/2", CPU: -1, Kind: cpu.WaitMutex, On: "m", Holder: "held by CPU0 a/1"}}},
	}
	return &execution{
		scenario: s, options: configs.Options{Seed: 7, Chooser: "timed", Mutations: []string{"rcu.exp-no-wake"}},
		machine: &configs.Machine{CPU: new(cpu.Machine)}, result: r,
	}
}

// TestRunGolden fixes both forms of a single run.
func TestRunGolden(t *testing.T) {
	e := madeUp(t)
	var text, obj bytes.Buffer
	e.text(&text)
	golden(t, "run.txt", text.Bytes())
	if err := writeJSON(&obj, e.json()); err != nil {
		t.Fatal(err)
	}
	golden(t, "run.json", obj.Bytes())
}

// TestTallyGolden fixes both forms of a batch.
func TestTallyGolden(t *testing.T) {
	e := madeUp(t)
	tally := &configs.Tally{
		Scenario: "abba", First: 1, Last: 2000, Done: 1500, Allowed: []string{"deadlock", "lockdep"}, Search: "hang",
		Counts: []configs.VerdictCount{
			{Verdict: "deadlock", Expected: true, Count: 1, First: e.result.Token, Median: 17},
			{Verdict: "lockdep", Unmet: "the report's cycle does not contain A", Count: 3, First: e.result.Token, Median: 21 * sim.Millisecond},
			{Verdict: "lockdep", Expected: true, Count: 1496, First: e.result.Token, Median: 2100 * sim.Millisecond},
		},
	}
	var text, obj bytes.Buffer
	writeTally(&text, e.scenario, e.options, tally)
	golden(t, "runs.txt", text.Bytes())
	if err := writeJSON(&obj, tallyJSON(e.scenario, e.options, tally)); err != nil {
		t.Fatal(err)
	}
	golden(t, "runs.json", obj.Bytes())
}

// TestShellWord: a shell reads back what was meant; what needs no quotes has
// none.
func TestShellWord(t *testing.T) {
	for in, want := range map[string]string{
		"lockstep/3/abba/timed/1/00":         "lockstep/3/abba/timed/1/00",
		"lockstep/3/%2ftmp%2fa.toml/timed/1": "lockstep/3/%2ftmp%2fa.toml/timed/1",
		"a?b=c&d":                            "'a?b=c&d'",
		"it's":                               `'it'\''s'`,
	} {
		if got := shellWord(in); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

// TestDuration covers each unit.
func TestDuration(t *testing.T) {
	for in, want := range map[sim.Time]string{0: "0 ns", 999: "999 ns", 1500: "1.5 us", 21 * sim.Millisecond: "21.0 ms", 61500 * sim.Millisecond: "61.5 s"} {
		if got := duration(in); got != want {
			t.Errorf("%d: got %s, want %s", in, got, want)
		}
	}
}
