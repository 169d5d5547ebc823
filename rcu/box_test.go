package rcu

import (
	"cmp"
	"strings"

	"lockstep/cpu"
	"lockstep/cpu/cputest"
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
	cfg.Engine.Jitter = 0.2
	cfg.Engine.TimeLimit = cmp.Or(cfg.Engine.TimeLimit, 2*sim.Second)
	b := &box{m: cputest.New(cfg, mutations...)}
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
func (b *box) run(t cputest.TB, tasks ...*sched.Task) sim.End {
	t.Helper()
	return cputest.Run(t, b.s, b.r.SpawnGPKthreads, tasks...)
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

// findings lists what the oracles saw, kinds the kinds of it.
func (b *box) findings() string { return cputest.Findings(b.m) }
func (b *box) kinds() string    { return cputest.Kinds(b.m) }
