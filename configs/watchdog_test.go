package configs

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"lockstep/sim"
)

// alarms is the log of a run from its first alarm on, the first line of each
// message. The line numbers of places in our own source are left out.
func alarms(r *Result) string {
	var b strings.Builder
	for _, rec := range r.Dmesg {
		if rec.Time < r.Findings[0].Time {
			continue
		}
		text, _, _ := strings.Cut(rec.Text, "\n")
		if place, _, ok := strings.Cut(text, ".c:"); ok {
			text = place + ".c:…"
		}
		fmt.Fprintf(&b, "%5.1f cpu%d %s\n", float64(rec.Time)/float64(sim.Second), rec.CPU, text)
	}
	return b.String()
}

// TestAlarms compares what the detectors say with testdata/alarms. Run with
// -rewrite behind a wanted change, and read the diff; the order above the
// lines stays as it is.
func TestAlarms(t *testing.T) {
	datadriven.RunTest(t, "testdata/alarms/alarms", func(t *testing.T, d *datadriven.TestData) string {
		var name, v string
		d.ScanArgs(t, "scenario", &name)
		s, diags := Open(name)
		if d.HasArg("variant") {
			d.ScanArgs(t, "variant", &v)
			diags = append(diags, s.Apply(v)...)
		}
		for _, arg := range d.CmdArgs {
			if arg.Key == "set" {
				var kvs []KV
				for _, kv := range arg.Vals {
					key, value, _ := strings.Cut(kv, "=")
					kvs = append(kvs, KV{key, value})
				}
				diags = append(diags, s.Override(kvs)...)
			}
		}
		if len(diags) > 0 {
			t.Fatalf("%s: %v", d.Pos, diags)
		}
		r := tryRun(t, prepare(t, s, nil), Options{Seed: 1})
		if !r.Expected {
			t.Errorf("%s: %s", d.Pos, r.Unmet)
		}
		told := alarms(r)
		lines, at := strings.Split(told, "\n"), 0
		for _, want := range strings.Split(strings.TrimSuffix(d.Input, "\n"), "\n") {
			n := slices.IndexFunc(lines[at:], func(l string) bool { return strings.Contains(l, want) })
			if n < 0 {
				t.Errorf("%s: %q does not come behind line %d", d.Pos, want, at)
				continue
			}
			at += n + 1
		}
		return told
	})
}

// watched is a scenario of one task on CPU 0 of a machine with every detector
// and a console of the given speed.
func watched(baud int, body string) string {
	return `
title = "Watched"
story = "The detectors look at a task."
[machine]
cpus = 2
hz = 100
time_limit_ms = 100_000
watchdog = {soft = true, hard = true, hung_task = true, hung_timeout = 20}
console = {baud = ` + fmt.Sprint(baud) + `, loglevel = 6}
[[shared]]
completion = "C"
[[task]]
name = "t1"
cpus = [0]
body = """
start_line()
msleep(3000)
` + body + `"""
`
}

// TestTouch: a console as slow as this one keeps a CPU for longer than either
// lockup takes, and touches the watchdogs; if touching does nothing it is
// taken for a lockup.
func TestTouch(t *testing.T) {
	// One line takes more than 20 s with interrupts off. The counter stood for
	// three seconds, so an NMI at 13 s and a timer at 16 s come before it,
	// the NMIs at 23 and 33 s inside it, and the next behind it.
	line := `printk("` + strings.Repeat("slow", 50) + `")` + "\n"
	for _, c := range []struct{ body, want string }{
		{"for i in range(18):\n    udelay(800000)\n" + line, "hard-lockup"},
		{"preempt_disable()\nfor i in range(20):\n    printk(\"slow\")\npreempt_enable()\n", "soft-lockup"},
	} {
		s, diags := Load("watched.toml", []byte(watched(100, c.body)))
		p := prepare(t, s, diags)
		if r := tryRun(t, p, Options{Seed: 1}); r.Verdict != "clean" {
			t.Errorf("touched: %s\n%s", r.Verdict, findingsText(r))
		}
		if r := tryRun(t, p, Options{Seed: 1, Mutations: []string{"watchdog.no-touch"}}); !strings.Contains(findingsText(r), c.want+": ") {
			t.Errorf("not touched: %s, want %s\n%s", r.Verdict, c.want, findingsText(r))
		}
	}
}

// TestWatchedMachineEnds: that detectors will look again keeps no machine
// going, but a task that khungtaskd is going to report does: then it is a hung
// task before it is a hang.
func TestWatchedMachineEnds(t *testing.T) {
	for body, want := range map[string]string{
		"udelay(1)\n":                  "clean 3",
		"wait_for_completion(\"C\")\n": "hung-task hang 40",
	} {
		s, diags := Load("watched.toml", []byte(watched(115200, body)))
		r := tryRun(t, prepare(t, s, diags), Options{Seed: 1})
		got := ""
		for _, f := range r.Findings {
			got += f.Kind + " "
		}
		if got == "" {
			got = r.Verdict + " "
		}
		if got += fmt.Sprint(int64(r.Time / sim.Second)); !strings.HasPrefix(got, want) {
			t.Errorf("%q: %s, want %s", body, got, want)
		}
	}
}

// TestPastDeadlock: a run that goes on behind a deadlock names it once, and
// both CPUs are soft lockups then.
func TestPastDeadlock(t *testing.T) {
	s, diags := Load("oracle.toml", []byte(tasks(inOrder("raw_spin_lock", "raw_spin_unlock", "A", "B", false), inOrder("raw_spin_lock", "raw_spin_unlock", "A", "B", true))))
	diags = append(diags, s.Override([]KV{
		{"params.wrong", "true"}, {"machine.on_deadlock", "continue"}, {"machine.watchdog.soft", "true"}, {"machine.time_limit_ms", "40_000"}, {"machine.hz", "100"},
	})...)
	r := tryRun(t, prepare(t, s, diags), Options{Seed: 1})
	count := map[string]int{}
	for _, f := range r.Findings {
		count[f.Kind]++
	}
	if r.Verdict != "deadlock" || count["deadlock"] != 1 || count["soft-lockup"] != 2 {
		t.Errorf("%s: %v\n%s", r.Verdict, count, findingsText(r))
	}
}

// TestWatchdogNeedsTime: a detector that cannot speak within the run is
// refused.
func TestWatchdogNeedsTime(t *testing.T) {
	for key, want := range map[string]string{
		"soft": "may need 26 s", "hard": "may need 20 s", "hung_task": "may need 240 s",
	} {
		s, _ := Open("abba")
		if diags := s.Set("machine.watchdog."+key, "true"); !strings.Contains(diags.String(), want) {
			t.Errorf("%s: %v, want %q", key, diags, want)
		}
		s, _ = Open("abba")
		if diags := s.Override([]KV{{"machine.watchdog." + key, "true"}, {"machine.time_limit_ms", "240_000"}}); len(diags) > 0 {
			t.Errorf("%s with time: %v", key, diags)
		}
		s, _ = Open("abba")
		diags := s.Override([]KV{{"machine.watchdog." + key, "true"}, {"machine.time_limit_ms", "240_000"}, {"machine.hrtimers", "false"}})
		if refused := strings.Contains(diags.String(), "needs machine.hrtimers"); refused != (key != "hung_task") {
			t.Errorf("%s without hrtimers: %v", key, diags)
		}
	}
}

// plugged is a scenario in which CPU 1 goes for nine seconds, more than twice
// what a soft lockup takes, and comes back; "last" is then bound to it and does
// what the body says, a second later: watchdog/1 is woken as an ordinary task,
// and who gets the CPU before it is not watched.
func plugged(nohz, body string) string {
	return `
title = "Plugged"
story = "A CPU that is watched goes, and comes back."
[machine]
cpus = 3
hz = 100
nohz = "` + nohz + `"
time_limit_ms = 60_000
console = {kind = "none"}
watchdog = {soft = true, hard = true, thresh = 2}
[[shared]]
completion = "back"
[[task]]
name = "plug"
cpus = [0]
body = """
for down, up in [(9000, 6000), (300, 700), (100, 300), (9000, 3000)]:
    msleep(up)
    assert_(cpu_down(1) == 0, "CPU 1 goes")
    msleep(down)
    assert_(cpu_up(1) == 0, "CPU 1 comes")
assert_(set_cpus_allowed_ptr("last", [1]) == 0, "last goes to CPU 1")
msleep(1000)
complete("back")
msleep(9000)
"""
[[task]]
name = "last"
cpus = [0]
body = """
wait_for_completion("back")
` + body + `"""
`
}

// TestWatchedCPUComesBack: that a CPU was gone for longer than a lockup takes
// is none, whether it ticks while it is idle or not. Without a new time stamp
// it would be taken for one: by the first timer, of whom it finds there.
func TestWatchedCPUComesBack(t *testing.T) {
	for _, nohz := range []string{"off", "idle"} {
		p := loaded(t, "plugged.toml", plugged(nohz, ""))
		for seed := uint64(1); seed <= 6; seed++ {
			opt := Options{Seed: seed, Chooser: []string{"timed", "random"}[seed%2]}
			slow := opt
			slow.NoRunAhead = true
			if r, o := tryRun(t, p, opt), tryRun(t, p, slow); r.Verdict != "clean" || r.Hash != o.Hash {
				t.Errorf("nohz %s, seed %d: %s, %x and without run-ahead %x\n%s", nohz, seed, r.Verdict, r.Hash, o.Hash, findingsText(r))
			}
			opt.Mutations = []string{"watchdog.enable-no-touch"}
			// An idle CPU that stops its tick touches the watchdog when it wakes.
			r, want := tryRun(t, p, opt), "soft-lockup"
			if nohz == "idle" {
				want = "clean"
			}
			if r.Verdict != want || want != "clean" && !strings.Contains(findingsText(r), "CPU#1 stuck for 11s! [swapper/1:0]") {
				t.Errorf("nohz %s, seed %d, no time stamp: %s\n%s", nohz, seed, r.Verdict, findingsText(r))
			}
		}
	}
}

// TestBackCPUIsWatched: both detectors watch a CPU that is back as they did
// before.
func TestBackCPUIsWatched(t *testing.T) {
	for body, want := range map[string]string{
		"preempt_disable()\nfor i in range(80):\n    udelay(100000)\npreempt_enable()\n":     "soft-lockup: NMI watchdog: BUG: soft lockup - CPU#1 stuck for",
		"local_irq_disable()\nfor i in range(60):\n    udelay(100000)\nlocal_irq_enable()\n": "hard-lockup: NMI watchdog: Watchdog detected hard LOCKUP on cpu 1",
	} {
		r := tryRun(t, loaded(t, "plugged.toml", plugged("idle", body)), Options{Seed: 1})
		if got := findingsText(r); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", r.Verdict, got, want)
		}
	}
}
