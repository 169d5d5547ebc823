package configs

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// exclusion is a kind of lock in random programs.
type exclusion struct {
	name, shared  string
	write, unlock string // the exclusive side
	read, leave   string // the shared one; "" for a lock without
	try           string // of the exclusive side
}

var exclusions = []exclusion{
	{"mutex", `mutex = "l"`, `mutex_lock("l")`, `mutex_unlock("l")`, "", "", `mutex_trylock("l")`},
	{"rwsem", `rwsem = "l"`, `down_write("l")`, `up_write("l")`, `down_read("l")`, `up_read("l")`, `down_write_trylock("l")`},
	{"percpu_rwsem", `percpu_rwsem = "l"`, `percpu_down_write("l")`, `percpu_up_write("l")`, `percpu_down_read("l")`, `percpu_up_read("l")`, ""},
	{"rt_mutex", `rt_mutex = "l"`, `rt_mutex_lock("l")`, `rt_mutex_unlock("l")`, "", "", `rt_mutex_trylock("l")`},
	{"semaphore", `semaphore = "l"`, `down("l")`, `up("l")`, "", "", `down_trylock("l")`},
	{"bit lock", `word = "l"`, `wait_on_bit_lock("l", 3)`, `clear_bit_unlock("l", 3); wake_up_bit("l", 3)`, "", "", `(not test_and_set_bit("l", 3))`},
	{"bit spinlock", `word = "l"`, `bit_spin_lock("l", 3)`, `bit_spin_unlock("l", 3)`, "", "", `bit_spin_trylock("l", 3)`},
	{"completion", `completion = "l"`, `wait_for_completion("l")`, `complete("l")`, "", "", `try_wait_for_completion("l")`},
}

// inside are what a writer and a reader do and look at in their sections: a
// writer is alone, a reader without writers.
const inside = `
def writing(us, rest):
    assert_(atomic_add_return("writers", 1) == 1, "two writers")
    assert_(READ_ONCE("readers") == 0, "a writer beside a reader")
    rest(us)
    assert_(READ_ONCE("readers") == 0, "a writer beside a reader")
    atomic_add_return("writers", -1)
def reading(us, rest):
    atomic_add_return("readers", 1)
    assert_(READ_ONCE("writers") == 0, "a reader beside a writer")
    rest(us)
    assert_(READ_ONCE("writers") == 0, "a reader beside a writer")
    atomic_add_return("readers", -1)
def doze(us): usleep_range(us, us + 5)
start_line()
`

// drawBody draws a task's program: sections with rests in and between them.
func (e exclusion) drawBody(t *rapid.T, label string) string {
	var b strings.Builder
	b.WriteString(inside)
	for i := range rapid.IntRange(1, 8).Draw(t, label+" sections") {
		op := fmt.Sprintf("%s op %d", label, i)
		us := rapid.IntRange(0, 12).Draw(t, op+" us")
		rest := "udelay"
		if rapid.Bool().Draw(t, op+" sleeps") && e.name != "bit spinlock" && us > 0 {
			rest = "doze"
		}
		switch k := rapid.IntRange(0, 3).Draw(t, op); {
		case k <= 1 && e.read != "":
			fmt.Fprintf(&b, "%s; reading(%d, %s); %s\n", e.read, us, rest, e.leave)
		case k == 2 && e.try != "":
			fmt.Fprintf(&b, "if %s:\n    writing(%d, %s); %s\n", e.try, us, rest, e.unlock)
		default:
			fmt.Fprintf(&b, "%s; writing(%d, %s); %s\n", e.write, us, rest, e.unlock)
		}
		fmt.Fprintf(&b, "udelay(%d)\n", rapid.IntRange(0, 6).Draw(t, op+" pause"))
	}
	return b.String()
}

// source writes the scenario of these bodies; a completion is one that somebody
// has completed once.
func (e exclusion) source(cpus int, bodies []string) string {
	src := fmt.Sprintf("title = %q\nstory = \"Random programs.\"\n[machine]\ncpus = %d\n[[shared]]\n%s\n[[shared]]\nvar = \"writers\"\n[[shared]]\nvar = \"readers\"\n",
		e.name, cpus, e.shared)
	if e.name == "completion" {
		bodies[0] = "complete(\"l\")\n" + bodies[0]
	}
	for i, body := range bodies {
		src += fmt.Sprintf("[[task]]\nname = \"t%d\"\ncpus = [%d]\nbody = '''%s'''\n", i, i%cpus, "\n"+body)
	}
	return src
}

// exclusionRun runs them and returns the verdict with the first finding.
func exclusionRun(t *testing.T, src string, opt Options, settings ...string) (*Result, string) {
	t.Helper()
	r := tryRun(t, loaded(t, "exclusion.toml", src, settings...), opt)
	if len(r.Findings) == 0 {
		return r, r.Verdict
	}
	return r, r.Verdict + ": " + r.Findings[0].Title
}

// TestExclusion: whatever random programs do with a lock that sleeps, one
// writer is alone, nobody who was to be woken is left asleep, for the machine
// ends clean, and the run is the same stepped.
func TestExclusion(t *testing.T) {
	for _, e := range exclusions {
		forms := [][]string{nil}
		if e.name == "mutex" {
			forms = [][]string{{"kernel.debug_mutexes", "on"}, {"kernel.debug_mutexes", "off"}}
		}
		for _, form := range forms {
			t.Run(strings.Join(append([]string{e.name}, form...), " "), func(t *testing.T) { checkExclusion(t, e, form) })
		}
	}
}

// checkExclusion is TestExclusion for a kind of lock with some settings.
func checkExclusion(t *testing.T, e exclusion, form []string) {
	rapid.Check(t, func(rt *rapid.T) {
		cpus := rapid.IntRange(1, 4).Draw(rt, "cpus")
		bodies := make([]string, rapid.IntRange(2, 5).Draw(rt, "tasks"))
		for i := range bodies {
			bodies[i] = e.drawBody(rt, fmt.Sprint("t", i))
		}
		src := e.source(cpus, bodies)
		seed := rapid.Uint64Range(1, 1000).Draw(rt, "seed")
		r, verdict := exclusionRun(t, src, Options{Seed: seed}, form...)
		if verdict != "clean" {
			rt.Fatalf("%s\n%s", verdict, src)
		}
		stepped, _ := exclusionRun(t, src, Options{Seed: seed, NoRunAhead: true}, form...)
		if stepped.Hash != r.Hash || stepped.Steps != r.Steps {
			rt.Fatalf("run-ahead %v/%d, stepped %v/%d\n%s", r.Hash, r.Steps, stepped.Hash, stepped.Steps, src)
		}
	})
}

// TestExclusionCanFail: mutations of the locks are found by programs like the
// random ones.
func TestExclusionCanFail(t *testing.T) {
	for _, c := range []struct{ kind, rest, mutation, form, want string }{
		{"mutex", "doze", "sched.mutex-no-wake", "on", "hang"},
		{"mutex", "doze", "sched.mutex-no-wake", "off", "hang"},
		{"mutex", "udelay", "sched.osq-no-handover", "off", "limit"},
		{"percpu_rwsem", "doze", "sched.percpu-rwsem-no-wake", "auto", "hang"},
	} {
		e := exclusions[slices.IndexFunc(exclusions, func(e exclusion) bool { return e.name == c.kind })]
		body := inside + "for i in range(12):\n    " + e.write + "; writing(3, " + c.rest + "); " + e.unlock + "\n"
		if e.read != "" {
			body += "    for j in range(40):\n        " + e.read + "; reading(1, " + c.rest + "); " + e.leave + "\n"
		}
		src := e.source(4, []string{body, body, body, body})
		if _, verdict := exclusionRun(t, src, Options{Seed: 1}, "kernel.debug_mutexes", c.form); verdict != "clean" {
			t.Fatalf("%s without a mutation: %s", c.kind, verdict)
		}
		got := map[string]int{}
		for seed := range uint64(20) {
			r, _ := exclusionRun(t, src, Options{Seed: seed, Mutations: []string{c.mutation}}, "kernel.debug_mutexes", c.form, "machine.time_limit_ms", "2000")
			got[r.Verdict]++
		}
		if got[c.want] == 0 {
			t.Errorf("%s, debug_mutexes %s: %v, want %s", c.mutation, c.form, got, c.want)
		}
	}
}
