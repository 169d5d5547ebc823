package perf

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/cputest"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/cpu/timer"
	"lockstep/irq"
	"lockstep/rcu"
	"lockstep/sim"
)

// box is a booted machine with RCU and perf.
type box struct {
	m  *cpu.Machine
	s  *sched.Sched
	tm *timer.Timers
	ic *irq.Controller
	r  *rcu.RCU
	p  *Perf

	pid      int // of the last task
	events   []*Event
	watching bool
	watched  []string // objects whose operations are written down
	log      strings.Builder
}

func newBox(cpus int, mode LockMode, e sim.Config) *box {
	e.TimeLimit = cmp.Or(e.TimeLimit, 2*sim.Second)
	m := cputest.New(cpu.Config{CPUs: cpus, Lockdep: &lockdep.Config{KeepGoing: true}, Engine: e})
	b := &box{m: m, s: sched.New(m)}
	sq := softirq.New(m, b.s)
	b.tm = timer.New(m, b.s, sq)
	b.ic = irq.New(m, b.s, sq)
	b.ic.OnLocalTimer(b.tm.Interrupt)
	b.s.OnCPUStart(b.tm.StartTick)
	b.r = rcu.New(m, b.s, sq, b.tm, b.ic, rcu.Config{Expedited: true})
	b.p = New(m, b.s, b.r, b.ic, Config{LockTaskContext: mode})
	m.Start()
	m.E.OnOp(b.op)
	return b
}

// op writes down an operation on a watched object, with the CPU's interrupt
// flag and preempt_count as the operation finds them.
func (b *box) op(p *sim.Proc, op sim.Op) {
	if !b.watching {
		return
	}
	name := b.m.ObjName(op.Obj)
	flag := slices.Contains([]sim.Kind{cpu.KindCli, cpu.KindReader}, op.Kind)
	if !flag && !slices.ContainsFunc(b.watched, func(w string) bool { return strings.HasSuffix(name, w) }) {
		return
	}
	c := b.m.CPUs[p.ID()]
	irqs := "irqs on "
	if c.IrqsDisabled() {
		irqs = "irqs off"
	}
	line := fmt.Sprintf("cpu%d %s preempt %05x  %-16s %s", c.ID, irqs, c.Count(), cpu.KindName(op.Kind), name)
	b.log.WriteString(strings.TrimRight(line, " ") + "\n")
}

// run boots, starts the tasks and lets the machine go to its end.
func (b *box) run(t *testing.T, tasks ...*sched.Task) {
	t.Helper()
	if end := cputest.Run(t, b.s, b.r.SpawnGPKthreads, tasks...); end != sim.EndStopped {
		t.Fatalf("the run ended with %v at %v", end, b.m.E.Now())
	}
}

// task makes a task bound to a CPU.
func (b *box) task(name string, c int, body func(x *cpu.Exec)) *sched.Task {
	b.pid++
	return b.s.NewTask(name, 100+b.pid, 0, []int{c}, func(x *cpu.Exec) {
		body(x)
		if !b.p.of(x).made || !b.p.of(x).exiting.Peek() {
			b.p.ExitTask(x)
		}
	})
}

func (b *box) findTask(t *testing.T, name string) *sched.Task {
	t.Helper()
	for _, task := range b.s.Tasks() {
		if task.Comm == name {
			return task
		}
	}
	t.Fatalf("there is no task %q", name)
	return nil
}

func (b *box) findings() string { return cputest.Titles(b.m) }
