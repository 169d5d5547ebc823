package threads

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/cputest"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/cpu/stop"
	"lockstep/cpu/timer"
	"lockstep/cpu/watchdog"
	"lockstep/cpu/workqueue"
	"lockstep/irq"
	"lockstep/sim"
)

// box is a machine with workqueues and stoppers, without RCU, perf and printk.
type box struct {
	m  *cpu.Machine
	s  *sched.Sched
	tm *timer.Timers
	ic *irq.Controller
	ws *workqueue.Workqueues
	st *stop.Stop
	wd *watchdog.Watchdog // nil but in a watchedBox

	q         *workqueue.Workqueue // workqueues of the tests' own: q,
	single    *workqueue.Workqueue // one, with a max_active of one,
	ordered   *workqueue.Workqueue // and ordered,
	intensive *workqueue.Workqueue // and one for works that compute
	work0     *workqueue.Work      // a work that does nothing
	notes     []string
	log       []string // what is printed
}

// newBox makes a machine; its tasks are started by run.
func newBox(cfg cpu.Config, mutations ...string) *box { return makeBox(cfg, false, mutations) }

// makeBox makes one whose idle CPUs stop their ticks, or tick on.
func makeBox(cfg cpu.Config, nohz bool, mutations []string) *box {
	b := buildBox(cfg, nohz, mutations)
	if nohz {
		b.tm.HR().EnableNoHZ()
		b.ic.TickStopped = b.tm.HR().TickStopped
	}
	b.m.Start()
	return b
}

// buildBox makes one that does not run yet, with hrtimers or without: more may
// be put into it.
func buildBox(cfg cpu.Config, hrtimers bool, mutations []string) *box {
	cfg.Engine.Jitter = 0.2
	b := &box{m: cputest.New(cfg, mutations...)}
	b.s = sched.New(b.m)
	sq := softirq.New(b.m, b.s)
	b.tm = timer.New(b.m, b.s, sq)
	b.ic = irq.New(b.m, b.s, sq)
	if hrtimers {
		hr := b.tm.NewHRTimers(b.tm.NewTimekeeper(), b.ic.WriteTSCDeadline)
		b.ic.OnLocalTimer(hr.Interrupt)
		b.s.OnCPUStart(func(x *cpu.Exec) {
			b.ic.SetTimer(x, irq.TSCDeadline, false)
			hr.StartTick(x)
		})
	} else {
		b.ic.OnLocalTimer(b.tm.Interrupt)
		b.s.OnCPUStart(b.tm.StartTick)
	}
	b.ws = workqueue.New(b.m, b.s, b.tm)
	b.q, b.single, b.ordered = b.ws.Alloc("q", 0, 0), b.ws.Alloc("one", 0, 1), b.ws.AllocOrdered("ordered", 0)
	b.ws.Alloc("many", 0, 600)
	b.intensive = b.ws.Alloc("intensive", workqueue.CPUIntensive, 0)
	b.work0 = b.work("work0", func(*cpu.Exec) {})
	b.st = stop.New(b.m, b.s)
	b.m.Hooks.Printk = func(_ *cpu.Exec, _ int, text string, _ int) { b.log = append(b.log, text) }
	return b
}

var workKey = lockdep.Key{Name: "(&w->work)"}

// work makes a work of a name.
func (b *box) work(name string, fn func(x *cpu.Exec)) *workqueue.Work {
	w := new(workqueue.Work)
	w.Init(b.ws, name, &workKey, func(x *cpu.Exec, _ *workqueue.Work) { fn(x) })
	return w
}

func (b *box) note(format string, args ...any) {
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

// task makes a task bound to a CPU.
func (b *box) task(name string, c int, body func(x *cpu.Exec)) *sched.Task {
	return b.s.NewTask(name, 100+len(b.s.Tasks()), 0, []int{c}, body)
}

// run boots, makes the workers, starts the tasks and lets the machine go.
func (b *box) run(t cputest.TB, tasks ...*sched.Task) sim.End {
	t.Helper()
	return cputest.Run(t, b.s, func(x *cpu.Exec) {
		if b.wd != nil {
			b.wd.Start(x)
		}
		b.ws.Init(x)
	}, tasks...)
}

// check runs the tasks and compares what was noted.
func (b *box) check(t *testing.T, want string, tasks ...*sched.Task) {
	t.Helper()
	end := b.run(t, tasks...)
	if got := strings.Join(b.notes, " "); got != want || end != sim.EndStopped || b.verdicts() != "" {
		t.Errorf("end %v\ngot  %s\nwant %s\n%s", end, got, want, b.verdicts())
	}
}

// verdicts lists what the oracles saw, kinds the kinds of it.
func (b *box) verdicts() string { return cputest.Findings(b.m) }
func (b *box) kinds() string    { return cputest.Kinds(b.m) }
