package configs

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// scribe writes scenarios in which anything is called anywhere.
type scribe struct {
	r *rand.Rand
	b strings.Builder
	// depth bounds functions in functions.
	depth int
	// tame scribes call nothing that ends a run at once in most contexts.
	tame  bool
	timer string // that fits the call
}

// numbers are those that random calls are made with.
var numbers = []string{"0", "1", "1", "2", "3", "-1", "17", "100", "4096", "1 << 31", "1 << 62", "1 << 70"}

// words are what a random call is given where no table's name fits.
var words = []string{`"nothing"`, "None", "True", "[]", "[0, 1]", "[1, 1, 2]", "(0,)", `{"a": 1}`, "1.5", "task(\"t0\")", `"SCHED_FIFO"`, "lambda: 1"}

// randomNames are the names of each kind in a random scenario.
var randomNames = map[ArgKind][]string{
	KindLock: {"L"}, KindVar: {"V", "U"}, KindCompletion: {"C"}, KindSemaphore: {"S"}, KindTask: {"t0", "t1"}, KindParam: {"p"},
	KindSpinlock: {"P"}, KindRWLock: {"R"}, KindSeqlock: {"Q"}, KindLocalLock: {"O"}, KindMutex: {"M"}, KindRWSem: {"W"},
	KindRTMutex: {"T"}, KindWWMutex: {"X"}, KindWWClass: {"ww"}, KindAnyLock: {"L", "M", "W"}, KindWaitQueue: {"Z"}, KindPercpuRWSem: {"Y"}, KindWord: {"B"}, KindCSD: {"D"}, KindMemory: {"U"},
	KindIRQ: {"i0", "i1", "i2"}, KindDevice: {"d0", "d1"}, KindWork: {"w0", "w1"}, KindWorkqueue: {"events", "q0", "q1"},
	KindTasklet: {"k0", "k1"}, KindIrqWork: {"g0", "g1"}, KindTimer: {"m0", "m1", "h0"}, KindSoftirq: {"BLOCK", "NET_TX"},
}

func (w *scribe) pick(from []string) string { return from[w.r.IntN(len(from))] }

// function is a function to call: some calls.
func (w *scribe) function() string {
	if w.depth > 2 {
		return "lambda: 1"
	}
	w.depth++
	calls := make([]string, w.r.IntN(3))
	for i := range calls {
		calls[i] = w.call()
	}
	w.depth--
	return "lambda: [" + strings.Join(calls, ", ") + "]"
}

// arg is an argument called name that names something of the kind.
func (w *scribe) arg(name string, kind ArgKind) string {
	switch {
	case w.r.IntN(40) == 0 && !w.tame:
		return w.pick(append(words, numbers...))
	case kind == KindIRQ && w.tame:
		return w.pick([]string{`"i0"`, `"i1"`})
	case kind == KindTimer && w.tame:
		return strconv.Quote(w.timer)
	case kind != KindNone:
		return strconv.Quote(w.pick(randomNames[kind]))
	}
	switch name {
	case "function", "condition":
		return w.function()
	case "cpu", "cpu1", "cpu2":
		return w.pick([]string{"0", "1", "2"})
	case "cpus":
		return w.pick([]string{"[0]", "[1]", "[2]", "[0, 1]", "[1, 2]", "[0, 1, 2]"})
	case "wait", "flags", "preempt":
		return w.pick([]string{"True", "True", "False"})
	case "policy":
		return w.pick([]string{`"SCHED_FIFO"`, `"SCHED_RR"`, `"SCHED_NORMAL"`, `"SCHED_BATCH"`, `"SCHED_IDLE"`})
	case "state":
		return w.pick([]string{`"TASK_UNINTERRUPTIBLE"`, `"TASK_RUNNING"`, `"TASK_INTERRUPTIBLE"`, "get_state_synchronize_rcu()"})
	case "task":
		return w.pick([]string{`"t0"`, `task("t1")`})
	case "text", "name":
		return w.pick([]string{`"x"`, `"t0"`})
	case "lock":
		return w.pick([]string{`"Z"`, `"C"`, `"S"`, `"T"`})
	case "kthread":
		return `kthread_run("k", ` + w.function() + ")"
	case "event":
		return `perf_event_open("t1")`
	case "ctx":
		return `ww_acquire_init("ww")`
	}
	if w.tame {
		return w.pick([]string{"1", "2", "3", "10"})
	}
	return w.pick(numbers)
}

// call is a call of a builtin.
func (w *scribe) call() string {
	bt := &builtinTable[w.r.IntN(len(builtinTable))]
	for bt.Name == "start_line" || bt.Name == "console_lock" || bt.Name == "mdelay" || w.tame && hasty(bt) {
		bt = &builtinTable[w.r.IntN(len(builtinTable))]
	}
	var args []string
	w.timer = w.pick(randomNames[KindTimer][:2])
	if strings.HasPrefix(bt.Name, "hr") {
		w.timer = "h0"
	}
	if bt.Args != "" {
		for i, name := range strings.Split(bt.Args, ", ") {
			if bt.min >= 0 && i >= bt.min && w.r.IntN(2) == 0 {
				break
			}
			kind := KindNone
			if i < len(bt.kinds) {
				kind = bt.kinds[i]
			}
			args = append(args, w.arg(name, kind))
		}
	}
	return bt.Name + "(" + strings.Join(args, ", ") + ")"
}

// hasty reports whether a call of a builtin without another before it ends the
// run with an error, or leaves a lock behind.
func hasty(bt *Builtin) bool {
	for _, part := range []string{"lock", "_enable", "rcu_read", "up_", "down_", "downgrade", "_irqoff", "ww_", "assert", "kfree", "_disable", "irq_save", "irq_restore",
		"kthread_should", "kthread_parkme", "set_current_state", "tasklet_hi", "retry", "_many", "cond_synchronize"} {
		if strings.Contains(bt.Name, part) && bt.Name != "mutex_is_locked" {
			return true
		}
	}
	return bt.Name == "schedule" || bt.Name == "down" || bt.Name == "wait_for_completion"
}

// pairs are what bodies do around calls.
var pairs = [][2]string{
	{"preempt_disable()", "preempt_enable()"}, {"local_irq_disable()", "local_irq_enable()"}, {"local_bh_disable()", "local_bh_enable()"},
	{"rcu_read_lock()", "rcu_read_unlock()"}, {`raw_spin_lock("L")`, `raw_spin_unlock("L")`}, {`mutex_lock("M")`, `mutex_unlock("M")`},
	{`f = spin_lock_irqsave("P")`, `spin_unlock_irqrestore("P", f)`}, {`down_read("W")`, `up_read("W")`}, {`down_write("W")`, `up_write("W")`}, {`rt_mutex_lock("T")`, `rt_mutex_unlock("T")`},
	{`disable_irq_nosync("i0")`, `enable_irq("i0")`}, {`tasklet_disable("k0")`, `tasklet_enable("k0")`},
}

// body is a program of some calls.
func (w *scribe) body(n int) string {
	var b strings.Builder
	b.WriteString("def body():\n")
	for range 1 + w.r.IntN(n) {
		if w.r.IntN(3) == 0 {
			p := pairs[w.r.IntN(len(pairs))]
			fmt.Fprintf(&b, "    %s\n    %s\n    %s\n", p[0], w.call(), p[1])
			continue
		}
		fmt.Fprintf(&b, "    %s\n", w.call())
	}
	b.WriteString("body()\n")
	return b.String()
}

// table writes a table with its keys and values.
func (w *scribe) table(name string, kv ...string) {
	fmt.Fprintf(&w.b, "[[%s]]\n", name)
	for i := 0; i < len(kv); i += 2 {
		fmt.Fprintf(&w.b, "%s = %s\n", kv[i], kv[i+1])
	}
}

// scenario writes all of it.
func (w *scribe) scenario() string {
	fmt.Fprintf(&w.b, "title = \"t\"\nstory = \"s\"\n[machine]\ncpus = 3\ntime_limit_ms = 40\nstep_limit = 60000\nllc = %s\nidle = %q\nnohz = %q\n",
		w.pick([]string{"[]", "[[0, 1], [2]]", "[[0], [1], [2]]"}), w.pick([]string{"hlt", "poll", "mwait"}), w.pick([]string{"off", "idle"}))
	fmt.Fprintf(&w.b, "on_deadlock = %q\n", w.pick([]string{"stop", "continue"}))
	fmt.Fprintf(&w.b, "[lockdep]\noff = %s\n[params]\np = 1\n", w.pick([]string{"true", "false"}))
	for _, kv := range [][2]string{
		{"lock", "L"}, {"spinlock", "P"}, {"rwlock", "R"}, {"seqlock", "Q"}, {"local_lock", "O"}, {"mutex", "M"},
		{"rwsem", "W"}, {"rt_mutex", "T"}, {"completion", "C"}, {"wait_queue", "Z"}, {"percpu_rwsem", "Y"}, {"word", "B"}, {"csd", "D"},
	} {
		w.table("shared", kv[0], strconv.Quote(kv[1]))
	}
	w.table("shared", "semaphore", `"S"`)
	w.table("shared", "var", `"V"`)
	w.table("shared", "var", `"U"`)
	w.table("shared", "ww_mutex", `"X"`, "class", `"ww"`)
	q := func() string { return "'''\n" + w.body(3) + "'''" }
	w.table("irq", "name", `"i0"`, "kind", w.pick([]string{`"edge"`, `"level"`, `"msi"`}), "cpu", w.pick([]string{"0", "1"}), "handler", q())
	w.table("irq", "name", `"i1"`, "kind", w.pick([]string{`"edge"`, `"msi"`}), "cpu", "1", "handler", `"ret = IRQ_WAKE_THREAD"`, "thread", q())
	w.table("irq", "name", `"i2"`, "kind", `"nmi"`, "handler", q())
	w.table("device", "name", `"d0"`, "irq", `"i0"`, "period_us", "150", "count", "6")
	w.table("device", "name", `"d1"`, "kind", `"poisson"`, "irq", `"i1"`, "period_us", "200", "count", "5")
	w.table("device", "name", `"d2"`, "irq", `"i2"`, "period_us", "500", "count", "2")
	for _, t := range []string{"k0", "k1"} {
		w.table("tasklet", "name", strconv.Quote(t), "body", q())
		w.table("work", "name", strconv.Quote("w"+t[1:]), "body", q())
		w.table("irq_work", "name", strconv.Quote("g"+t[1:]), "body", q())
		w.table("timer", "name", strconv.Quote("m"+t[1:]), "body", q())
	}
	w.table("timer", "name", `"h0"`, "kind", `"hr"`, "body", q())
	w.table("softirq", "name", `"BLOCK"`, "body", q())
	w.table("workqueue", "name", `"q0"`, "max_active", "1")
	w.table("workqueue", "name", `"q1"`, "unbound", "true")
	for i := range 4 {
		w.table("task", "name", fmt.Sprintf("\"t%d\"", i), "cpus", w.pick([]string{"[0]", "[1]", "[0, 1, 2]"}), "body", "'''\n"+w.body(9)+"'''")
	}
	return w.b.String()
}

// TestRandomScenarios: whatever is called in whatever context, the machine
// says what becomes of it, and says the same step by step. LOCKSTEP_RANDOM, as
// in 1..6000, gives other seeds; of those it takes many to find something.
func TestRandomScenarios(t *testing.T) {
	first, last := uint64(1), uint64(60)
	if s := os.Getenv("LOCKSTEP_RANDOM"); s != "" {
		fmt.Sscanf(s, "%d..%d", &first, &last)
	}
	for seed := first; seed <= last; seed++ {
		w := &scribe{r: rand.New(rand.NewPCG(seed, 1)), tame: seed%3 != 0}
		text := w.scenario()
		s, ds := Load("random.toml", []byte(text))
		if len(ds) > 0 {
			t.Fatalf("seed %d: %v\n%s", seed, ds, text)
		}
		p, ds := Prepare(s)
		if len(ds) > 0 {
			continue // a name that there is not, which the check found
		}
		opt := Options{Seed: seed, Chooser: []string{"timed", "random"}[seed%2]}
		stepped := opt
		stepped.NoRunAhead = true
		got, want := becomes(p, opt), becomes(p, stepped)
		if strings.HasPrefix(got, "panic") || got != want {
			t.Errorf("seed %d ahead: %s\nstep by step: %s\n%s", seed, got, want, text)
		}
	}
}

// becomes is what becomes of a run: an error, or verdict, steps and hash.
func becomes(p *Program, opt Options) (s string) {
	defer func() {
		if v := recover(); v != nil {
			s = fmt.Sprintf("panic: %v", v)
		}
	}()
	r, err := p.Boot(opt).Run()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s in %d steps, %x", r.Verdict, r.Steps, r.Hash)
}

// TestNMISleeps: the count that the scheduler forces under an NMI's handler is
// none of an NMI, and the end of it says so.
func TestNMISleeps(t *testing.T) {
	p := inline(t, `[machine]
time_limit_ms = 300
[[irq]]
name = "a"
kind = "nmi"
handler = "msleep(1)"
[[device]]
name = "d"
irq = "a"
count = 1
[[task]]
name = "t"
cpus = [0]
body = "mdelay(5)"
`)
	r := tryRun(t, p, Options{Seed: 1})
	if f := r.Findings[len(r.Findings)-1]; f.Kind != "bug" || f.Text != "nmi_exit: not in an NMI" {
		t.Errorf("the last finding is %s: %s", f.Kind, f.Text)
	}
}
