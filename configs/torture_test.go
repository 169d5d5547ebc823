package configs

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/cpu/cputest"
)

var rewriteTorture = flag.Bool("rewrite-torture", false, "rewrite the transcript of rcutorture")

// TestRCUTorture: two virtual seconds on 8 CPUs, all flavours: no finding, and
// the test was one: versions went up, and readers held elements that were
// replaced meanwhile.
func TestRCUTorture(t *testing.T) {
	r := tryRun(t, prepared(t, "rcutorture"), Options{Seed: 3})
	if r.Verdict != "clean" || len(r.Findings) > 0 {
		t.Fatalf("%s: %v", r.Verdict, r.Findings)
	}
	for _, name := range []string{"rcu", "rcu_bh", "sched"} {
		lines := dmesgOf(r, name+"-torture:")
		last := lines[len(lines)-1]
		if !strings.Contains(last, "--- End of test: SUCCESS: ") {
			t.Errorf("%s ends with %s", name, last)
		}
		pipe := strings.Fields(lines[len(lines)-4])
		if at := slices.Index(pipe, "Pipe:"); at < 0 || len(pipe[at+1]) < 4 || pipe[at+2] == "0" {
			t.Errorf("%s: a run without readers of replaced elements says nothing: %v", name, pipe)
		}
	}
}

// dmesgOf returns the lines of the log that contain a text.
func dmesgOf(r *Result, text string) []string {
	var out []string
	for _, rec := range r.Dmesg {
		if strings.Contains(rec.String(), text) {
			out = append(out, rec.String())
		}
	}
	return out
}

// TestRCUTortureVariants: the machines of the kernel's scripts.
func TestRCUTortureVariants(t *testing.T) {
	for _, v := range openVariants(t, "rcutorture") {
		r := tryRun(t, changed(t, opened(t, "rcutorture", v), "params.ms", "150", "rcutorture.verbose", "false"), Options{Seed: 1})
		if !r.Expected {
			t.Errorf("%s: %s: %v", v, r.Unmet, r.Findings)
		}
	}
}

// TestDeadCPUsSoftirq: a CPU may go with RCU's softirq pending, which nobody
// serves then; the machine does not wait for it when all else is over.
func TestDeadCPUsSoftirq(t *testing.T) {
	p := changed(t, opened(t, "rcutorture", "TREE02"), "params.types", "rcu", "params.ms", "300", "rcutorture.verbose", "false",
		"rcutorture.onoff_interval", "1", "rcutorture.onoff_holdoff", "1", "machine.time_limit_ms", "2000")
	met := false
	for seed := uint64(1); seed <= 24 && !met; seed++ {
		m := p.Boot(Options{Seed: seed})
		r, err := m.Run()
		if err != nil || r.Verdict != "clean" {
			t.Fatalf("seed %d: %s, %v", seed, r.Verdict, err)
		}
		for c := range m.CPU.CPUs {
			met = met || m.Softirq.Pending(c) != 0 && !m.CPU.Online.Peek().Has(c)
		}
	}
	if !met {
		t.Error("no CPU went with a softirq pending")
	}
}

// opened is a bundled scenario with a variant of it.
func opened(t *testing.T, name, v string) *Scenario {
	t.Helper()
	s := mustOpen(t, name)
	if v != "" {
		if ds := s.Apply(v); len(ds) > 0 {
			t.Fatal(ds)
		}
	}
	return s
}

// TestRCUTortureTranscript: a small run letter by letter, and the order of what
// it says, by hand.
func TestRCUTortureTranscript(t *testing.T) {
	p := prepared(t, "rcutorture", "machine.cpus", "2", "params.types", "rcu", "params.ms", "330",
		"rcutorture.nfakewriters", "1", "rcutorture.n_barrier_cbs", "1", "rcutorture.stat_interval", "8")
	r := tryRun(t, p, Options{Seed: 7})
	var b strings.Builder
	for _, rec := range r.Dmesg {
		b.WriteString(rec.String() + "\n")
	}
	got, file := b.String(), filepath.Join("testdata", "rcutorture", "2cpu.txt")
	if *rewriteTorture {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("transcript (-want +got); rewrite with -rewrite-torture:\n%s", diff)
	}
	if part := cputest.OutOfOrder(got,
		"rcu-torture:--- Start of test: nreaders=1 nfakewriters=1 ",
		"rcu-torture: Creating rcu_torture_writer task", "rcu-torture: Creating rcu_torture_fakewriter task",
		"rcu-torture: Creating rcu_torture_reader task", "rcu-torture: Creating rcu_torture_stats task",
		"rcu-torture: Creating torture_shuffle task", "rcu-torture: Creating torture_stutter task",
		"rcu-torture: Creating rcu_torture_barrier_cbs task", "rcu-torture: Creating rcu_torture_barrier task",
		"rcu-torture: Creating rcu_torture_cbflood task",
		"rcu-torture: rtc: ffff", "rcu-torture: Reader Pipe: ", "rcu-torture: Reader Batch: ", "rcu-torture: Free-Block Circulation: ",
		"rcu-torture: Stopping torture_shuffle task", "rcu-torture: Stopping torture_stutter task",
		"rcu-torture: Stopping rcu_torture_barrier task", "rcu-torture: Stopping rcu_torture_barrier_cbs task",
		"rcu-torture: Stopping rcu_torture_writer task", "rcu-torture: Stopping rcu_torture_reader task",
		"rcu-torture: Stopping rcu_torture_fakewriter task", "rcu-torture: Stopping rcu_torture_stats task",
		"rcu-torture: Stopping rcu_torture_cbflood task",
		"rcu-torture: rtc: (null) ver: ", "rcu-torture: Reader Pipe: ",
		"rcu-torture:--- End of test: SUCCESS: nreaders=1 ",
	); part != "" {
		t.Errorf("%q does not come, or not behind those before it", part)
	}
}
