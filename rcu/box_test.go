package rcu

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/cpu/timer"
	"lockstep/irq"
	"lockstep/sim"
)

// box is a booted machine with RCU, without perf and printk.
type box struct {
	m   *cpu.Machine
	s   *sched.Sched
	tm  *timer.Timers
	r   *RCU
	log []string
	// ticking is how many CPUs, from CPU 0 on, have a tick; 0: all. The others
	// are in dyntick idle for good.
	ticking int
}

// newBox makes a machine that records what is printed.
func newBox(cfg cpu.Config, rc Config, mutations ...string) *box {
	return newBoxWith(cfg, rc, func(*box) {}, mutations...)
}

// newBoxWith is newBox with what more adds before the machine starts.
func newBoxWith(cfg cpu.Config, rc Config, more func(b *box), mutations ...string) *box {
	cfg.HZ = 1000
	cfg.Costs = cpu.ProductionCosts()
	cfg.Engine.Jitter = 0.2
	if cfg.Engine.TimeLimit == 0 {
		cfg.Engine.TimeLimit = 2 * sim.Second
	}
	cfg.Lockdep = &lockdep.Config{}
	cfg.Debug = cfg.Debug || os.Getenv("LOCKSTEP_DEBUG") != "" // check the invariants after every operation
	b := &box{m: cpu.New(cfg)}
	b.m.Mutations = map[string]bool{}
	for _, name := range mutations {
		b.m.Mutations[name] = true
		b.m.Debug = false // what it breaks is for the oracles to find
	}
	b.s = sched.New(b.m)
	sq := softirq.New(b.m, b.s)
	b.tm = timer.New(b.m, b.s, sq)
	ic := irq.New(b.m, b.s, sq)
	ic.OnLocalTimer(b.tm.Interrupt)
	b.s.OnCPUStart(func(x *cpu.Exec) {
		if b.ticking == 0 || x.CPU().ID < b.ticking {
			b.tm.StartTick(x)
		}
	})
	b.r = New(b.m, b.s, sq, b.tm, ic, rc)
	b.m.Hooks.Printk = func(x *cpu.Exec, _ int, text string, _ int) { b.log = append(b.log, text) }
	more(b)
	b.m.Start()
	return b
}

// task makes a task bound to a CPU.
func (b *box) task(name string, c int, body func(x *cpu.Exec)) *sched.Task {
	return b.s.NewTask(name, 100+len(b.s.Tasks()), 0, []int{c}, body)
}

// run boots, starts the tasks and lets the machine go to its end.
func (b *box) run(t *testing.T, tasks ...*sched.Task) sim.End {
	t.Helper()
	b.s.OnBoot(func(x *cpu.Exec) {
		b.r.SpawnGPKthreads(x)
		for _, task := range tasks {
			b.s.WakeUpNewTask(x, task)
		}
	})
	end, err := b.m.E.Run()
	if err != nil {
		t.Fatalf("run: %v\n%s", err, err.(*sim.PanicError).Stack)
	}
	b.m.E.Close()
	return end
}

// printed reports whether some line contains the text.
func (b *box) printed(text string) bool {
	for _, line := range b.log {
		if strings.Contains(line, text) {
			return true
		}
	}
	return false
}

// kinds lists the kinds of what the oracles saw.
func (b *box) kinds() string {
	var kinds []string
	for _, f := range b.m.Findings() {
		kinds = append(kinds, f.Kind)
	}
	return strings.Join(kinds, " ")
}

// findings lists them in full, for messages.
func (b *box) findings() string {
	s := ""
	for _, f := range b.m.Findings() {
		s += fmt.Sprintf("%s: %s\n%s\n", f.Kind, f.Title, f.Text)
	}
	return s
}
