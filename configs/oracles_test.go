package configs

import (
	"slices"
	"strings"
	"testing"
)

// oracle is one oracle seen at work: a scenario that is clean, and what makes
// it not clean, a mutation of the kernel or a setting of the scenario.
type oracle struct {
	kind     string // of the finding
	scenario string
	mutation string // breaks a path of the kernel, or
	set      string // makes the scenario's own code wrong, "key=value"
	says     string // what the finding's title, text or cycle contains
}

const twoTasks = `
title = "Two tasks"
story = "An oracle is to see what goes wrong here."
[machine]
cpus = 2
[params]
wrong = false
[[shared]]
lock = "A"
[[shared]]
lock = "B"
[[shared]]
semaphore = "S"
[[shared]]
semaphore = "T"
[[shared]]
completion = "C"
`

func tasks(t1, t2 string) string {
	return twoTasks + "[[task]]\nname = \"t1\"\ncpus = [0]\nbody = \"\"\"\nstart_line()\n" + t1 +
		"\"\"\"\n[[task]]\nname = \"t2\"\ncpus = [1]\nbody = \"\"\"\nstart_line()\n" + t2 + "\"\"\"\n"
}

// inOrder takes two locks, in the opposite order if the scenario is wrong.
func inOrder(take, give, first, second string, swapped bool) string {
	b := "a, b = \"" + first + "\", \"" + second + "\"\n"
	if swapped {
		b += "if param(\"wrong\"):\n    a, b = b, a\n"
	}
	return b + take + "(a)\nudelay(50)\n" + take + "(b)\n" + give + "(b)\n" + give + "(a)\n"
}

// callLoop calls a function on another CPU until both tasks do so at once.
func callLoop(cpu string) string {
	return "def f():\n    ndelay(50)\nfor i in range(100):\n    smp_call_function_single(" + cpu + ", f, True)\n"
}

const wrong = "params.wrong=true"

var oracles = []oracle{
	{
		kind: "deadlock", set: wrong, says: "spinlock B, held",
		scenario: tasks(inOrder("raw_spin_lock", "raw_spin_unlock", "A", "B", false), inOrder("raw_spin_lock", "raw_spin_unlock", "A", "B", true)),
	},
	{
		kind: "deadlock", set: wrong, says: "semaphore T, last taken by task t2",
		scenario: tasks(inOrder("down", "up", "S", "T", false), inOrder("down", "up", "S", "T", true)),
	},
	{
		kind: "deadlock", set: wrong, says: "spinlock A, held by CPU0 t1",
		scenario: tasks("raw_spin_lock(\"A\")\nif param(\"wrong\"):\n    raw_spin_lock(\"A\")\nraw_spin_unlock(\"A\")\n", "udelay(1)\n"),
	},
	{
		kind: "deadlock", mutation: "irq.csd-irqs-off", says: "csd the call on CPU1, not taken, interrupts off",
		scenario: tasks(callLoop("1"), callLoop("0")),
	},
	{
		kind: "hang", mutation: "sched.complete-no-wake", says: "t1/101 state D waits for completion C",
		scenario: tasks("wait_for_completion(\"C\")\n", "msleep(2)\ncomplete(\"C\")\n"),
	},
	{
		kind: "lockdep", mutation: "sched.task-rq-lock-inverted", says: "&p->pi_lock",
		scenario: tasks("msleep(1)\n", "f = task_rq_lock(\"t1\")\ntask_rq_unlock(\"t1\", f)\nmsleep(3)\n"),
	},
	{
		kind: "deadlock", mutation: "sched.task-rq-lock-inverted", says: "spinlock rq0->lock, held by CPU1 t2",
		scenario: tasks("for i in range(50):\n    msleep(1)\n", "for i in range(150000):\n    f = task_rq_lock(\"t1\")\n    task_rq_unlock(\"t1\", f)\n"),
	},
	{
		kind: "lockdep", set: wrong, says: "circular locking dependency",
		scenario: tasks(inOrder("raw_spin_lock", "raw_spin_unlock", "A", "B", false), "msleep(5)\n"+inOrder("raw_spin_lock", "raw_spin_unlock", "A", "B", true)),
	},
	{
		kind: "warn", mutation: "sched.leak-preempt-count", says: "timer left another preempt_count",
		scenario: tasks("msleep(2)\n", "udelay(10)\n"),
	},
	{
		kind: "sleep-in-atomic", mutation: "sched.leak-preempt-count", says: "scheduling while atomic: t2",
		scenario: tasks("set_current_state(\"TASK_UNINTERRUPTIBLE\")\nschedule()\n", "udelay(100)\nwake_up_process(\"t1\")\nmsleep(2)\n"),
	},
	{
		kind: "sleep-in-atomic", set: wrong, says: "scheduling while atomic: t1",
		scenario: tasks("if param(\"wrong\"):\n    raw_spin_lock(\"A\")\nmsleep(1)\nif param(\"wrong\"):\n    raw_spin_unlock(\"A\")\n", "udelay(1)\n"),
	},
	{
		kind: "sleep-in-atomic", set: wrong, says: "invalid context at kernel/sched/completion.c",
		scenario: tasks("if param(\"wrong\"):\n    rcu_read_lock()\nwait_for_completion(\"C\")\nif param(\"wrong\"):\n    rcu_read_unlock()\n", "msleep(2)\ncomplete(\"C\")\n"),
	},
	{
		kind: "sleep-in-atomic", set: wrong, says: "in_atomic(): 0, irqs_disabled(): 1, pid: 101, name: t1",
		scenario: tasks("complete(\"C\")\nif param(\"wrong\"):\n    local_irq_disable()\nwait_for_completion(\"C\")\nlocal_irq_enable()\n", "udelay(1)\n"),
	},
	{
		kind: "warn", set: wrong, says: "do not call blocking ops when !TASK_RUNNING; state=2 set",
		scenario: tasks("complete(\"C\")\nif param(\"wrong\"):\n    set_current_state(\"TASK_UNINTERRUPTIBLE\")\nwait_for_completion(\"C\")\nset_current_state(\"TASK_RUNNING\")\n", "udelay(1)\n"),
	},
	{
		kind: "warn", set: wrong, says: "B: its unlock enables interrupts that were off",
		scenario: tasks("if param(\"wrong\"):\n    local_irq_disable()\nraw_spin_lock_irq(\"B\")\nraw_spin_unlock_irq(\"B\")\nlocal_irq_enable()\n", "udelay(1)\n"),
	},
	{
		kind: "assert", set: wrong, says: "one is one",
		scenario: tasks("assert_(not param(\"wrong\"), \"one is one\")\n", "udelay(1)\n"),
	},
}

// TestOracles shows every oracle silent where nothing is wrong and speaking
// where something is. Those of RCU and perf, gp-too-short, rcu-stall and
// use-after-free, are shown in TestExpeditedMutationsShow and by the tests of
// these packages.
func TestOracles(t *testing.T) {
	for _, o := range oracles {
		name := o.kind + " " + o.mutation + o.set
		s, diags := Load("oracle.toml", []byte(o.scenario))
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		run := func(s *Scenario, diags Diagnostics, mutations ...string) *Result {
			r, err := prepare(t, s, diags).Boot(Options{Seed: 1, Mutations: mutations}).Run()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return r
		}
		if r := run(s.Clone(), nil); r.Verdict != "clean" || len(r.Findings) > 0 {
			t.Errorf("%s: before anything is wrong: %s\n%s", name, r.Verdict, findingsText(r))
		}
		var r *Result
		if c := s.Clone(); o.mutation != "" {
			r = run(c, nil, o.mutation)
		} else {
			key, value, _ := strings.Cut(o.set, "=")
			r = run(c, c.Set(key, value))
		}
		if text := findingsText(r); !slices.ContainsFunc(strings.Split(text, "\f"), func(one string) bool {
			return strings.HasPrefix(one, o.kind+": ") && strings.Contains(one, o.says)
		}) {
			t.Errorf("%s: verdict %s, no finding says %q:\n%s", name, r.Verdict, o.says, text)
		}
	}
}

// findingsText is all that the findings say, a form feed between them.
func findingsText(r *Result) string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, f.Kind+": "+f.Title+"\n"+f.Text+strings.Join(f.Classes, " "))
	}
	return strings.Join(all, "\f")
}
