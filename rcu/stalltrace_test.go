package rcu

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// stallLine is a printed line and what its CPU held meanwhile of the tree.
type stallLine struct {
	after int64 // jiffies since the grace period's start
	cpu   int
	held  string // "none", or names of nodes
	text  string
}

// stallCase is a machine that stalls; most are trees of two levels.
type stallCase struct {
	cpus    int
	cfg     Config
	flavour func(r *RCU) *State
	tasks   func(b *box) []*sched.Task
}

// busyFor keeps the CPU for some seconds with preemption off.
func busyFor(x *cpu.Exec, s int) {
	cpu.PreemptDisable(x)
	for range 10 * s {
		x.Delay(100 * sim.Millisecond)
	}
	cpu.PreemptEnable(x)
}

// The usual timeout, of 21 seconds, and one of three to save time.
var (
	twoLevels = Config{Fanout: 2, FanoutLeaf: 2, Expedited: true, StallTimeout: 21}
	quickly   = Config{Fanout: 2, FanoutLeaf: 2, Expedited: true, StallTimeout: 3}
)

var stallCases = map[string]stallCase{
	"spinning": {4, twoLevels, (*RCU).Preempt, func(b *box) []*sched.Task {
		return b.readerAnd(func(x *cpu.Exec) {
			b.r.ReadLock(x)
			busyFor(x, 30)
			b.r.ReadUnlock(x)
		}, b.r.Synchronize)
	}},
	"asleep": {4, twoLevels, (*RCU).Preempt, func(b *box) []*sched.Task {
		return b.readerAnd(func(x *cpu.Exec) {
			b.r.ReadLock(x)
			b.tm.Msleep(x, 30000)
			b.r.ReadUnlock(x)
		}, b.r.Synchronize)
	}},
	"asleep-one-level": {2, Config{StallTimeout: 3}, (*RCU).Preempt, func(b *box) []*sched.Task {
		return b.readerAnd(func(x *cpu.Exec) {
			b.r.ReadLock(x)
			b.tm.Msleep(x, 30000)
			b.r.ReadUnlock(x)
		}, b.r.Synchronize)
	}},
	"sched": {4, quickly, (*RCU).Sched, func(b *box) []*sched.Task {
		return b.readerAnd(func(x *cpu.Exec) { busyFor(x, 30) }, b.r.SynchronizeSched)
	}},
	"kthread-starved": {1, Config{StallTimeout: 3}, (*RCU).Preempt, func(b *box) []*sched.Task {
		var h Head
		return []*sched.Task{b.task("reader", 0, func(x *cpu.Exec) {
			b.tm.Msleep(x, 2)
			b.r.ReadLock(x)
			b.r.CallRCU(x, &h, func(*cpu.Exec) {})
			x.Delay(6 * sim.Millisecond) // the kthread gets the CPU once
			busyFor(x, 30)
			b.r.ReadUnlock(x)
		})}
	}},
	"expedited-asleep": {4, quickly, (*RCU).Preempt, func(b *box) []*sched.Task {
		return b.readerAnd(func(x *cpu.Exec) {
			b.r.ReadLock(x)
			b.tm.Msleep(x, 30000)
			b.r.ReadUnlock(x)
		}, b.r.SynchronizeExpedited)
	}},
	"expedited-sched": {4, quickly, (*RCU).Sched, func(b *box) []*sched.Task {
		return b.readerAnd(func(x *cpu.Exec) { busyFor(x, 30) }, b.r.SynchronizeSchedExpedited)
	}},
}

// runStall runs a case for five seconds more than its timeout, between the first report and any second.
func runStall(t *testing.T, c *stallCase) (*box, []stallLine) {
	t.Helper()
	b := newBox(cpu.Config{CPUs: c.cpus, Engine: sim.Config{TimeLimit: sim.Time(c.cfg.StallTimeout+5) * sim.Second}}, c.cfg)
	rsp := c.flavour(b.r)
	var lines []stallLine
	b.m.Hooks.Printk = func(x *cpu.Exec, _ int, text string, _ int) {
		var held []string
		for i := range rsp.node {
			if by, reserved := rsp.node[i].lock.HeldBy(); by == x.CPU() && !reserved {
				held = append(held, rsp.node[i].lock.Name())
			}
		}
		if held == nil {
			held = []string{"none"}
		}
		lines = append(lines, stallLine{int64(b.m.Jiffies.Peek() - rsp.gpStart.Peek()), x.CPU().ID, strings.Join(held, " "), text})
	}
	b.run(t, c.tasks(b)...)
	return b, lines
}

// TestStallTranscripts compares what is printed, line by line, with the
// transcripts in testdata/stalls: trace 7 of docs/kernel/rcu-perf.md §18 and
// its kin. Each line says how many jiffies the grace period is old, on which
// CPU it is printed, and which node's lock is held meanwhile (-rewrite).
func TestStallTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata/stalls", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			c, ok := stallCases[d.Cmd]
			if !ok {
				d.Fatalf(t, "no machine %q", d.Cmd)
			}
			b, lines := runStall(t, &c)
			var out strings.Builder
			for _, l := range lines {
				fmt.Fprintf(&out, "%5d cpu%d %-18s |%s\n", l.after, l.cpu, l.held, strings.ReplaceAll(l.text, "\t", "<tab>"))
				checkHeld(t, strings.HasPrefix(d.Cmd, "expedited"), l)
			}
			return out.String() + fmt.Sprintf("findings %q\n", b.kinds())
		})
	})
}

// checkHeld is the table of docs/kernel/rcu-perf.md §4.7: what is printed
// under a node's lock and what is not.
func checkHeld(t *testing.T, expedited bool, l stallLine) {
	t.Helper()
	starts := func(parts ...string) bool {
		for _, p := range parts {
			if strings.HasPrefix(l.text, p) {
				return true
			}
		}
		return false
	}
	switch {
	case expedited, starts("INFO:", "\t (t=", "\t(detected by", "All QSes seen", "rcu_preempt kthread starved"):
		if l.held != "none" {
			t.Errorf("%q is printed under %s", l.text, l.held)
		}
	case starts("\tTasks blocked on", "Task dump", "reader"):
		if l.held == "none" || strings.Contains(l.held, " ") {
			t.Errorf("%q is printed under %s, want one node's lock", l.text, l.held)
		}
	}
}

// TestStallTimes is the arithmetic of trace 7: a CPU that owes reports itself
// when the deadline has come, another CPU two jiffies later at the earliest,
// and the next deadline is three timeouts and three jiffies away.
func TestStallTimes(t *testing.T) {
	const till = 21000 // 21 seconds at 1000 Hz
	for name, want := range map[string]struct{ least, most int64 }{"spinning": {till, till + 1}, "asleep": {till + ratDelay, till + ratDelay + 2}} {
		c := stallCases[name]
		b, lines := runStall(t, &c)
		if len(lines) == 0 {
			t.Fatalf("%s: nothing is printed", name)
		}
		at := lines[0].after
		if at < want.least || at > want.most {
			t.Errorf("%s: reported after %d jiffies, want %d to %d", name, at, want.least, want.most)
		}
		rsp := b.r.Preempt()
		if next := int64(rsp.jiffiesStall.Peek() - rsp.gpStart.Peek()); next != at+3*till+3 {
			t.Errorf("%s: the next deadline is %d jiffies after the start, want %d", name, next, at+3*till+3)
		}
	}
}

// TestStallSuppressed: neither with the parameter nor behind a reset anything
// is said of a normal grace period.
func TestStallSuppressed(t *testing.T) {
	c := stallCases["asleep-one-level"]
	c.cfg.StallSuppress = true
	if _, lines := runStall(t, &c); len(lines) != 0 {
		t.Errorf("suppressed, and %v is printed", lines)
	}
	c = stallCases["asleep-one-level"]
	inner := c.tasks
	c.tasks = func(b *box) []*sched.Task {
		return append(inner(b), b.task("resetter", 1, func(x *cpu.Exec) {
			b.tm.Msleep(x, 1000)
			b.r.StallReset(x)
		}))
	}
	if _, lines := runStall(t, &c); len(lines) != 0 {
		t.Errorf("reset, and %v is printed", lines)
	}
}
