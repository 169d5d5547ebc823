package printk

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/cputest"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/cpu/timer"
	"lockstep/irq"
	"lockstep/sim"
)

// box is a booted machine without RCU and perf.
type box struct {
	m  *cpu.Machine
	s  *sched.Sched
	tm *timer.Timers
	ic *irq.Controller
	p  *Printk

	tasks   []*sched.Task
	watched []string // objects whose operations on CPU 0 are written down
	log     strings.Builder
}

// newBox makes a machine without jitter, so that transcripts show times that
// can be checked by hand.
func newBox(cpus int, cfg Config) *box {
	return newBoxOn(cpus, cfg, sim.Config{Seed: 1, TimeLimit: 20 * sim.Second})
}

func newBoxOn(cpus int, cfg Config, e sim.Config) *box {
	m := cputest.New(cpu.Config{CPUs: cpus, Engine: e})
	b := &box{m: m, s: sched.New(m)}
	sq := softirq.New(m, b.s)
	b.tm = timer.New(m, b.s, sq)
	b.ic = irq.New(m, b.s, sq)
	b.ic.OnLocalTimer(b.tm.Interrupt)
	b.s.OnCPUStart(b.tm.StartTick)
	b.p = New(m, b.s, b.ic, cfg)
	m.Start()
	m.E.OnOp(func(p *sim.Proc, op sim.Op) {
		name := m.ObjName(op.Obj)
		if p.ID() == 0 && slices.ContainsFunc(b.watched, func(w string) bool { return strings.HasSuffix(name, w) }) {
			fmt.Fprintf(&b.log, "%10.3f ms  %-8s %s\n", float64(p.Now())/1e6, cpu.KindName(op.Kind), name)
		}
	})
	return b
}

// start makes run start a task.
func (b *box) start(task *sched.Task) { b.tasks = append(b.tasks, task) }

// run boots, starts the tasks and lets the machine go to its end.
func (b *box) run(t *testing.T, tasks ...*sched.Task) {
	t.Helper()
	if end := cputest.Run(t, b.s, nil, append(b.tasks, tasks...)...); end != sim.EndStopped {
		t.Fatalf("the run ended with %v at %v", end, b.m.E.Now())
	}
}

// task makes a task bound to a CPU.
func (b *box) task(name string, c int, body func(x *cpu.Exec)) *sched.Task {
	return b.s.NewTask(name, 100+len(b.s.Tasks()), 0, []int{c}, body)
}

func (b *box) findings() string { return cputest.Titles(b.m) }

func (b *box) dmesg() string {
	s := ""
	for _, r := range b.p.Dmesg() {
		s += fmt.Sprintf("%-24s level %d cpu %d width %d", r.Text, r.Level, r.CPU, r.width)
		for _, flag := range []struct {
			on   bool
			name string
		}{{r.OnConsole, "console"}, {r.Dropped, "dropped"}, {r.Missed > 0, r.missedText()}} {
			if flag.on {
				s += " " + flag.name
			}
		}
		s += "\n"
	}
	return s
}
