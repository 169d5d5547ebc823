package ui_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"lockstep/ui/history"
)

// sizes are those that every main screen is drawn at: the design size, a large
// and a very large terminal, the smallest with panes, and the smallest.
var sizes = [][2]int{{80, 24}, {120, 40}, {200, 60}, {40, 12}, {20, 5}}

// TestMainScreens draws what one sees first: a scenario at its start line, and
// a run at what was found in it.
func TestMainScreens(t *testing.T) {
	for name, s := range map[string]*history.Session{"abba": session(t, "abba", 1), "deadlock": found(t, "perf-deadlock-2cpu", 3)} {
		for _, size := range sizes {
			at(t, s, size[0], size[1]).golden(name)
		}
	}
}

// TestResize: a screen made larger and smaller keeps the essentials, and comes
// back as it was, but for how far the panes are scrolled.
func TestResize(t *testing.T) {
	s := found(t, "perf-deadlock-2cpu", 3)
	d := at(t, s, 80, 24)
	top := func() string { return strings.Join(strings.Split(d.text(), "\n")[:9], "\n") }
	before := top()
	for _, size := range sizes {
		d.size(size[0], size[1])
		d.has(fmt.Sprint("step ", s.Step()), "CPU0", "CPU1", "S ", "? help")
	}
	d.size(80, 24)
	if after := top(); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// TestViewScreens draws every view in the place of the locks, at the finding
// of a run in which the validator judges, and zoomed over the whole screen.
func TestViewScreens(t *testing.T) {
	s := found(t, "perf-lockdep", 1)
	for _, v := range []string{
		"source", "stack", "locks", "rcu", "callbacks", "tasks", "runqueues", "timers", "interrupts", "workqueues", "perf", "vars", "console", "findings", "events",
		"spacetime", "lockgraph", "why", "choices",
	} {
		d := at(t, s, 80, 24)
		if v != "source" {
			d.keys("tab")
		}
		d.command("view "+v).keys("+", "+")
		d.golden("view-" + v)
	}
	at(t, s, 120, 40).golden("lockdep")
	at(t, s, 120, 40).keys("tab").command("view spacetime").keys("+").golden("view-spacetime")
	at(t, s, 120, 40).keys("tab").command("view lockgraph").keys("+").golden("view-lockgraph")
	at(t, s, 40, 12).keys("tab").command("view locks").golden("view-locks")
	at(t, s, 40, 12).command("view rcu").golden("view-rcu")
	at(t, s, 40, 12).command("view spacetime").golden("view-spacetime")
}

// TestDeviceScreens draws the views of interrupts, timers, workqueues and
// runqueues where two CPUs meet in their stoppers and a worker works, zoomed
// and, on the larger screen, beside the others. What matters is in sight on
// both.
func TestDeviceScreens(t *testing.T) {
	s := session(t, "testdata/devices.toml", 1)
	meets := func() history.Stop { return history.OnFunc("multi_cpu_stop") }
	if err := s.Find(context.Background(), history.Forward, meets, nil); err != nil {
		t.Fatal(err)
	}
	for view, wants := range map[string][]string{
		"interrupts": {"serial", "→CPU0 0x41", "[acpi]", "eth0", "CPUs", "TSC-deadline"},
		"workqueues": {"runs first of one", "boss flushes", "second", "rendezvous of stopper/103", "to acknowledge"},
		"timers":     {"device events", "timers by CPU", "process_timeout kworker/0:0", "tick in"},
		"runqueues":  {"min_vruntime", "migration/"},
	} {
		d := at(t, s, 120, 40).keys("tab").command("view " + view)
		d.golden("devices-" + view)
		d.command("zoom half").has(wants...)
		d = at(t, s, 80, 24).keys("tab").command("view " + view).command("zoom half")
		d.has(wants...)
		d.golden("devices-" + view)
	}
}

// TestRCUScreens draws what there is of RCU, zoomed, where a stall has just been
// found and where a litmus test waits for a reader. What matters is in sight.
func TestRCUScreens(t *testing.T) {
	litmus := session(t, "rcu-litmus", 1)
	reports := func() history.Stop { return history.OnFunc("rcu_report_qs_rnp") }
	if err := litmus.Find(context.Background(), history.Forward, reports, nil); err != nil {
		t.Fatal(err)
	}
	for _, run := range []struct {
		name  string
		s     *history.Session
		wants map[string][]string
	}{
		{"stall", found(t, "rcu-stall", 1), map[string][]string{
			"rcu": {"in progress for", "gp thread", "stall report", "stalled by CPU1", "qs 1 of 0-1"}, "callbacks": {"preempt", "qs "},
		}},
		{"litmus", litmus, map[string][]string{
			"rcu": {"in progress for", "waits for quiescent states"}, "callbacks": {"sched", "wait 1@-299"},
		}},
	} {
		for view, wants := range run.wants {
			for _, size := range [][2]int{{80, 24}, {120, 40}} {
				d := at(t, run.s, size[0], size[1]).keys("tab").command("view " + view).keys("+")
				d.golden("rcu-" + run.name + "-" + view)
				d.has(wants...)
			}
		}
	}
}

// TestListScreens draws what lies above the panes.
func TestListScreens(t *testing.T) {
	s := found(t, "perf-deadlock-2cpu", 3)
	for name, keys := range map[string][]string{"toolbox": {"v"}, "help": {"?"}, "help-narrowed": {"?", "l", "o", "c", "k"}, "why": {"a"}, "command": {":", "b", "r", "e", "tab"}} {
		at(t, s, 80, 24).keys(keys...).golden("list-" + name)
	}
	at(t, s, 120, 40).keys("v").golden("list-toolbox")
	at(t, s, 120, 40).keys("?").golden("list-help")
	at(t, s, 40, 12).keys("?").golden("list-help")
	at(t, s, 40, 12).keys("a").golden("list-why")
	at(t, s, 20, 5).keys("a").golden("list-why")
	d := at(t, s, 80, 24)
	for _, where := range []string{"try_to_wake_up", "lock rq1->lock", "task monitor", "if held(\"ctx1->lock\") == 0", "kind irq-entry"} {
		d.command("break " + where)
	}
	d.keys("B", "down", "space").golden("list-breaks")
}

// TestLooks draws a screen in the other themes, and in ASCII.
func TestLooks(t *testing.T) {
	s := found(t, "perf-deadlock-2cpu", 3)
	for _, theme := range []string{"mono", "deutan"} {
		d := at(t, s, 80, 24)
		d.theme = theme
		d.golden("theme-" + theme)
	}
	ascii(t, s, 80, 24).golden("ascii")
	ascii(t, s, 80, 24).keys("tab").command("view spacetime").keys("+").golden("ascii-spacetime")
}
