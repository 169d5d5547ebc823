package configs

import (
	"slices"
	"strings"
	"testing"
)

// TestHotplugScenario: nothing that lived on CPU 1 is lost, whatever the seed
// and the chooser; and each path that brings it to safety, broken, shows as the
// list of mutations says, and at the place it should.
func TestHotplugScenario(t *testing.T) {
	p := prepared(t, "cpu-hotplug")
	for seed := uint64(1); seed <= 8; seed++ {
		if r := tryRun(t, p, Options{Seed: seed, Chooser: []string{"timed", "random"}[seed%2]}); !r.Expected {
			t.Errorf("seed %d: %s\n%v", seed, r.Unmet, r.Findings)
		}
	}
	for _, c := range []struct{ mutation, text string }{
		{"sched.dying-keeps-tasks", "more than its stopper"},
		{"softirq.dead-keeps-tasklets", "the tasklet runs on who took CPU 1 down"},
		{"workqueue.online-leaves-workers", "raw_smp_processor_id() != pool->cpu"},
	} {
		i := slices.IndexFunc(mutations, func(m Mutation) bool { return m.Name == c.mutation })
		want, _, _ := strings.Cut(mutations[i].Oracle, ":")
		seen := false
		for seed := uint64(1); seed <= 12 && !seen; seed++ {
			r := tryRun(t, p, Options{Seed: seed, Mutations: []string{c.mutation}})
			if r.Verdict == want {
				seen = strings.Contains(r.Findings[0].Title+r.Findings[0].Text, c.text)
			} else if r.Verdict != "clean" {
				t.Errorf("%s, seed %d: %s: %s", c.mutation, seed, r.Verdict, r.Findings[0].Title+r.Findings[0].Text)
			}
		}
		if !seen {
			t.Errorf("%s shows in no seed", c.mutation)
		}
	}
}

// runOnCPU0 runs one body on the first of two CPUs; "seen" is a variable.
func runOnCPU0(t *testing.T, body string) *Result {
	t.Helper()
	p := inline(t, "[machine]\ncpus = 2\n[[shared]]\nvar = \"seen\"\n[[task]]\nname = \"t\"\ncpus = [0]\nbody = '''\n"+body+"\n'''\n")
	return tryRun(t, p, Options{Seed: 1})
}

// TestCPUNotifier: a body's notifier is told everything in the kernel's order,
// by its names and of the right CPU, and refuses by an error number; who had
// agreed before is then told that it failed.
func TestCPUNotifier(t *testing.T) {
	if r := runOnCPU0(t, `
names = ["", "CPU_DOWN_PREPARE", "CPU_DYING", "CPU_DEAD", "CPU_POST_DEAD", "CPU_UP_PREPARE", "CPU_STARTING", "CPU_ONLINE", "CPU_DOWN_FAILED"]

def told(action, cpu):
    assert_(cpu == 1)
    WRITE_ONCE("seen", READ_ONCE("seen") * 10 + names.index(action))

def refuse(action, cpu):
    if action == "CPU_DOWN_PREPARE" and READ_ONCE("seen") < 10:
        return -EBUSY

register_cpu_notifier(told)
register_cpu_notifier(refuse)
assert_(cpu_down(1) == -EBUSY and cpu_online(1), "it is refused")
assert_(READ_ONCE("seen") == 18, "the first is told that it failed")
assert_(cpu_down(1) == 0, "it is not refused again")
assert_(READ_ONCE("seen") == 181234, "going")
assert_(cpu_up(1) == 0)
assert_(READ_ONCE("seen") == 181234567, "coming")
`); r.Verdict != "clean" {
		t.Errorf("%s: %v", r.Verdict, r.Findings)
	}
}

// TestHotplugErrors: what cannot be is said as the kernel says it, and in
// atomic context it is said that it must not be tried.
func TestHotplugErrors(t *testing.T) {
	if r := runOnCPU0(t, `
assert_(cpu_up(1) == -EINVAL, "it runs")
assert_(cpu_down(1) == 0, "it goes")
assert_(cpu_down(0) == -EBUSY, "the last one stays")
assert_(cpu_up(1) == 0 and cpu_online(1), "it comes")
assert_(cpu_down(0) == 0, "so this one may go, and the task with it")
`); r.Verdict != "clean" {
		t.Errorf("%s: %v", r.Verdict, r.Findings)
	}
	if r := runOnCPU0(t, "preempt_disable()\ncpu_down(1)"); r.Verdict != "sleep-in-atomic" {
		t.Errorf("in atomic context: %s: %v", r.Verdict, r.Findings)
	}
}
