package configs

import (
	"slices"
	"strings"
	"testing"
)

// inline loads a scenario from its tables; title and story are added.
func inline(t *testing.T, tables string) *Program {
	t.Helper()
	return loaded(t, "inline.toml", "title = \"t\"\nstory = \"s\"\n"+tables)
}

// TestBugScenarios: the buggy form reaches the verdict that it is known for,
// and every other form is as its expectation says.
func TestBugScenarios(t *testing.T) {
	for _, c := range []struct {
		name, chooser string
		first, last   uint64
		verdict       string
	}{
		{"csd-irqs-off", "timed", 1, 20, "deadlock"},
		{"stop-two-cpus", "timed", 1, 40, "deadlock"},
		{"ksoftirqd", "timed", 1, 2, "assert"},
		{"cputimer-rq", "timed", 1, 20, "deadlock"},
		{"yield-to", "random", 361, 860, "warn"},
		{"do-exit-dead", "timed", 1, 200, "bug"},
		{"ttwu-oncpu", "random", 1, 40, "clean"},
		{"rtmutex-unlock", "timed", 6, 18, "hang"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := false
			for i, v := range append([]string{""}, openVariants(t, c.name)...) {
				p := prepared(t, c.name)
				if i > 0 {
					p = variant(t, c.name, v)
				}
				for seed := c.first; seed <= c.last && seed < c.first+40 || i == 0 && !found && seed <= c.last; seed++ {
					r := tryRun(t, p, Options{Seed: seed, Chooser: c.chooser})
					if !r.Expected {
						t.Fatalf("%s seed %d: %s", v, seed, r.Unmet)
					}
					found = found || i == 0 && r.Verdict == c.verdict
				}
			}
			if !found {
				t.Errorf("no %s in seeds %d to %d", c.verdict, c.first, c.last)
			}
		})
	}
}

// TestPartsAreLazy: who uses neither stoppers nor workqueues has no threads of
// theirs, and who mentions a builtin of theirs does, also in a handler.
func TestPartsAreLazy(t *testing.T) {
	const task = "[[task]]\nname = \"t\"\nbody = \"pass\"\n"
	plain := inline(t, task).Boot(Options{Seed: 1})
	if plain.Stop != nil || plain.Workqueues != nil || plain.Net != nil || len(plain.IRQ.Descs()) > 0 {
		t.Error("a machine has parts that its scenario does not use")
	}
	used := inline(t, "[[tasklet]]\nname = \"a\"\nbody = '''\nif False:\n    stop_machine(lambda: 0)\n    schedule_work('w')\n'''\n[[work]]\nname = \"w\"\nbody = \"pass\"\n"+task).Boot(Options{Seed: 1})
	if used.Stop == nil || used.Workqueues == nil {
		t.Error("a tasklet's program mentions what the machine does not have")
	}
}

// contexts are handlers and what becomes of the machine that runs them: a
// verdict, or an error at the handler's place in the file.
var contexts = []struct{ kind, handler, want string }{
	{"msi", `pass`, "clean"},
	{"nmi", `pass`, "clean"},
	{"msi", `msleep(1)`, "sleep-in-atomic"},
	{"nmi", `mutex_lock("M")`, "sleep-in-atomic"},
	{"msi", `wait_for_completion("C")`, "sleep-in-atomic"},
	{"msi", `flush_work("W")`, "sleep-in-atomic"},
	{"nmi", `stop_one_cpu(1, lambda: 1)`, "sleep-in-atomic"},
	{"msi", `tasklet_schedule("T")`, "sleep-in-atomic"}, // its function sleeps
	{"msi", `irq_work_queue("I")`, "sleep-in-atomic"},
	{"msi idle", `irq_work_queue("I")`, "sleep-in-atomic"}, // on top of the idle thread
	{"msi", `disable_irq("a")`, "deadlock"},                // waits for itself
	{"msi", `spin_lock("A")`, "warn"},                      // and never releases it
	{"nmi", `spin_lock("A")`, "sleep-in-atomic"},           // the preempt_count of a lock that nobody releases
	{"msi", `ret = IRQ_WAKE_THREAD`, "warn"},               // there is none
	{"msi", `on_each_cpu(lambda: 1, True)`, "warn"},        // interrupts are off
	{"msi", `while True: pass`, "inline.toml:15:6: error: Starlark computation cancelled"},
	{"msi", `while True: cpu_relax()`, "inline.toml:15:6: error: Starlark computation cancelled"},
	{"msi", `while True: udelay(1)`, "limit"},
	{"nmi", `disable_irq("a")`, "inline.toml:16:12: error: disable_irq: an nmi has no line"},
	{"msi", `ret = 7`, "inline.toml:14:11: error: ret is 7, want"},
	{"msi", `local_bh_enable()`, "inline.toml:16:16: error: local_bh_enable: bottom halves are not disabled"},
	{"msi", `tasklet_schedule("T" + "T")`, `inline.toml:16:17: error: tasklet_schedule: there is no tasklet "TT"`},
	{"msi", `stop_one_cpu(2, lambda: 1)`, "inline.toml:16:13: error: stop_one_cpu: there is no CPU 2, the last is 1"},
}

// TestHandlerContexts: whatever a handler does, the machine says what the
// kernel would, and nothing in the simulator breaks.
func TestHandlerContexts(t *testing.T) {
	for _, c := range contexts {
		cpu := "0"
		if strings.HasSuffix(c.kind, " idle") {
			cpu = "1"
		}
		p := inline(t, `[machine]
cpus = 2
time_limit_ms = 30
[[shared]]
mutex = "M"
[[shared]]
completion = "C"
[[irq]]
name = "a"
kind = "`+strings.TrimSuffix(c.kind, " idle")+`"
cpu = `+cpu+`
handler = """
readl("d")
`+c.handler+`
"""
[[shared]]
spinlock = "A"
[[device]]
name = "d"
irq = "a"
period_us = 100
count = 1
[[work]]
name = "W"
body = "msleep(1)"
[[tasklet]]
name = "T"
body = "msleep(1)"
[[irq_work]]
name = "I"
body = "msleep(1)"
[[task]]
name = "t"
cpus = [0]
body = "mdelay(1)"
`)
		r, err := p.Boot(Options{Seed: 1, Capture: true}).Run()
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = r.Verdict
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s %q: %s, want %s", c.kind, c.handler, got, c.want)
		}
	}
}

// workqueueCases are mutations of workqueues, and scenarios in which they show.
var workqueueCases = []struct{ mutation, tables string }{
	{"workqueue.sleeper-wakes-nobody", `
[machine]
cpus = 1
[[shared]]
completion = "C"
[[work]]
name = "waits"
body = 'wait_for_completion("C")'
[[work]]
name = "nothing"
body = "pass"
[[work]]
name = "completes"
body = 'complete("C")'
[[task]]
name = "t"
body = """
schedule_work("nothing") # its worker has made another by the end of it
msleep(1)
preempt_disable()
schedule_work("waits")
schedule_work("completes")
preempt_enable()
flush_work("waits")
"""
`}, {"workqueue.pending-cleared-late", `
[machine]
cpus = 2
[[shared]]
var = "wrote"
[[shared]]
var = "read"
[[work]]
name = "w"
body = """
WRITE_ONCE("read", READ_ONCE("wrote"))
udelay(2)
"""
[[task]]
name = "t"
cpus = [1]
body = """
for i in range(20):
    WRITE_ONCE("wrote", i)
    schedule_work_on(0, "w")
    ndelay(700)
msleep(1)
assert_(READ_ONCE("read") == 19, "the work saw what was written before it was queued last")
"""
`}, {"workqueue.ignores-last-pool", `
[machine]
cpus = 3
[[shared]]
var = "inside"
[[work]]
name = "w"
body = """
assert_(atomic_add_return("inside", 1) == 1, "the work does not run beside itself")
udelay(20)
atomic_add_return("inside", -1)
"""
[[task]]
name = "t"
cpus = [2]
body = """
for i in range(10):
    schedule_work_on(i % 2, "w")
    udelay(12)
"""
`},
}

// TestWorkqueueMutations: what the list says of the mutations of workqueues
// comes in a scenario, and without a mutation nothing does.
func TestWorkqueueMutations(t *testing.T) {
	for _, c := range workqueueCases {
		i := slices.IndexFunc(mutations, func(m Mutation) bool { return m.Name == c.mutation })
		want, _, _ := strings.Cut(mutations[i].Oracle, ":")
		p, seen := inline(t, c.tables), 0
		for seed := uint64(1); seed <= 20; seed++ {
			if r := tryRun(t, p, Options{Seed: seed}); r.Verdict != "clean" {
				t.Fatalf("%s: seed %d is %s without it", c.mutation, seed, r.Verdict)
			}
			switch r := tryRun(t, p, Options{Seed: seed, Mutations: []string{c.mutation}}); r.Verdict {
			case want:
				seen++
			case "clean":
			default:
				t.Fatalf("%s: seed %d is %s, want %s", c.mutation, seed, r.Verdict, want)
			}
		}
		if seen == 0 {
			t.Errorf("%s: no %s in 20 seeds", c.mutation, want)
		}
	}
}
