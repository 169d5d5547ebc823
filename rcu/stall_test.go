package rcu

import (
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/cputest"
	"lockstep/sim"
)

// stall runs a reader beside a task that waits for a grace period, with a
// stall timeout of three seconds.
func stall(t *testing.T, wait func(b *box, x *cpu.Exec), reader func(b *box, x *cpu.Exec), mutations ...string) *box {
	t.Helper()
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{TimeLimit: 8 * sim.Second}}, Config{StallTimeout: 3, Expedited: true}, mutations...)
	rd := b.task("reader", 0, func(x *cpu.Exec) {
		b.tm.Msleep(x, 2) // the kthreads, too, want this CPU first
		b.r.ReadLock(x)
		reader(b, x)
		b.r.ReadUnlock(x)
	})
	b.run(t, rd, b.task("updater", 1, func(x *cpu.Exec) {
		b.tm.Msleep(x, 4) // behind the reader's start
		wait(b, x)
	}))
	return b
}

func normal(b *box, x *cpu.Exec)    { b.r.Synchronize(x) }
func expedited(b *box, x *cpu.Exec) { b.r.SynchronizeExpedited(x) }
func sleep(b *box, x *cpu.Exec)     { b.tm.Msleep(x, 4000) }

// spin keeps the CPU; a delay may turn out shorter, like every cost.
func spin(_ *box, x *cpu.Exec) {
	cpu.PreemptDisable(x)
	x.Delay(5 * sim.Second)
	cpu.PreemptEnable(x)
}

func TestStalls(t *testing.T) {
	for _, c := range []struct {
		name         string
		wait, reader func(b *box, x *cpu.Exec)
		mutations    []string
		want         []string // parts of the log, in order
	}{
		{"spinning", normal, spin, nil, []string{
			"INFO: rcu_preempt self-detected stall on CPU", "\t0-...: (", "ticks this GP) idle=", "\t (t=3", "Task dump for CPU 0:", "reader", "running task"}},
		{"asleep", normal, sleep, nil, []string{
			"INFO: rcu_preempt detected stalls on CPUs/tasks:", "\tTasks blocked on level-0 rcu_node (CPUs 0-1): P1", "\t(detected by ", "reader          D"}},
		{"expedited, asleep", expedited, sleep, nil, []string{
			"INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { P1", " } 30", " jiffies s: 1"}},
		{"expedited, spinning", expedited, spin, nil, []string{
			"INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 0-... } 30", "Task dump for CPU 0:", "reader"}},
		{"special work skipped", normal, func(b *box, x *cpu.Exec) { b.tm.Msleep(x, 20) }, []string{"rcu.unlock-skips-special"}, []string{
			"INFO: rcu_preempt detected stalls on CPUs/tasks:", "Tasks blocked on level-0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := stall(t, c.wait, c.reader, c.mutations...)
			if !strings.Contains(b.kinds(), "rcu-stall") {
				t.Errorf("no rcu-stall finding, but %q", b.kinds())
			}
			log := strings.Join(b.log, "\n")
			if part := cputest.OutOfOrder(log, c.want...); part != "" {
				t.Fatalf("%q is missing, or out of order, in:\n%s", part, log)
			}
		})
	}
}

func TestShortReaderIsNoStall(t *testing.T) {
	b := stall(t, normal, func(b *box, x *cpu.Exec) { b.tm.Msleep(x, 2000) })
	if len(b.m.Findings()) != 0 || len(b.log) != 0 {
		t.Errorf("findings %s, log %q", b.findings(), b.log)
	}
}
