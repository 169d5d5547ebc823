package irq

import (
	"fmt"
	"os"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// box is a booted machine without RCU, perf and printk.
type box struct {
	m  *cpu.Machine
	s  *sched.Sched
	sq *softirq.Softirq
	tm *timer.Timers
	ic *Controller
}

// newBox makes a machine, with what parts add; its tasks are started by run.
// With LOCKSTEP_DEBUG set it checks its invariants after every operation.
func newBox(cfg cpu.Config, parts ...func(b *box)) *box {
	if cfg.HZ == 0 {
		cfg.HZ = 1000
	}
	if cfg.Costs == (cpu.Costs{}) {
		cfg.Costs = cpu.ProductionCosts()
	}
	if cfg.Engine.Jitter == 0 {
		cfg.Engine.Jitter = 0.2
	}
	if cfg.Engine.TimeLimit == 0 {
		cfg.Engine.TimeLimit = sim.Second
	}
	if cfg.Lockdep == nil {
		cfg.Lockdep = &lockdep.Config{}
	}
	cfg.Debug = cfg.Debug || os.Getenv("LOCKSTEP_DEBUG") != ""
	b := &box{m: cpu.New(cfg)}
	b.s = sched.New(b.m)
	b.sq = softirq.New(b.m, b.s)
	b.tm = timer.New(b.m, b.s, b.sq)
	b.ic = New(b.m, b.s, b.sq)
	b.ic.OnLocalTimer(b.tm.Interrupt)
	b.s.OnCPUStart(b.tm.StartTick)
	for _, add := range parts {
		add(b)
	}
	b.m.Start()
	return b
}

// run boots, starts the tasks and lets the machine go to its end.
func (b *box) run(t *testing.T, tasks ...*sched.Task) sim.End {
	t.Helper()
	b.s.OnBoot(func(x *cpu.Exec) {
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

func (b *box) verdicts() string {
	s := ""
	for _, f := range b.m.Findings() {
		s += fmt.Sprintf("%s: %s\n%s", f.Kind, f.Title, f.Text)
	}
	return s
}

func TestQuiet(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 4})
	n := 0
	var tasks []*sched.Task
	for i := range 3 {
		tasks = append(tasks, b.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, nil, func(x *cpu.Exec) {
			for range 10 {
				x.Delay(200 * sim.Microsecond)
				b.tm.Msleep(x, 1)
			}
			n++
		}))
	}
	if end := b.run(t, tasks...); end != sim.EndStopped || n != 3 || len(b.m.Findings()) != 0 {
		t.Fatalf("end %v, %d tasks done, findings %s", end, n, b.verdicts())
	}
	t.Logf("steps %d time %v hash %v", b.m.E.Steps(), b.m.E.Now(), b.m.E.Hash())
}
