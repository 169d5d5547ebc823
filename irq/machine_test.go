package irq

import (
	"fmt"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/cputest"
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
func newBox(cfg cpu.Config, parts ...func(b *box)) *box {
	cfg.Engine.Jitter = 0.2
	b := &box{m: cputest.New(cfg)}
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
func (b *box) run(t cputest.TB, tasks ...*sched.Task) sim.End {
	t.Helper()
	return cputest.Run(t, b.s, nil, tasks...)
}

func (b *box) verdicts() string { return cputest.Findings(b.m) }

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
