package sched

import (
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
)

// testQueue is remade for every machine.
var testQueue WaitQueue

// unlocked runs fn in the first task of a machine of one CPU, which holds no
// lock, in the debug mode. It returns what ended the run.
func unlocked(debug bool, fn func(s *Sched, x *cpu.Exec)) string {
	m := cpu.New(cpu.Config{CPUs: 1, HZ: 1000, Debug: debug, Costs: cpu.ProductionCosts()})
	s := New(m)
	testQueue = WaitQueue{}
	testQueue.Init(s, "q", &lockdep.Key{Name: "q"})
	s.OnBoot(func(x *cpu.Exec) { fn(s, x) })
	m.Start()
	_, err := m.E.Run()
	m.E.Close()
	if err != nil {
		return err.Error()
	}
	return ""
}

// TestUnlockedIsSeen: what a lock protects cannot be changed without it, be it
// a plain field, whose code asserts the lock, or one that others read, which
// the debug mode watches.
func TestUnlockedIsSeen(t *testing.T) {
	for _, c := range []struct {
		change func(s *Sched, x *cpu.Exec)
		want   string
	}{
		{func(s *Sched, x *cpu.Exec) { s.addNrRunning(x, s.RQ(0), 1) }, "rq0->lock is not held"},
		{func(s *Sched, x *cpu.Exec) { s.pickNext(x, s.RQ(0), s.Task(x)) }, "rq0->lock is not held"},
		{func(s *Sched, x *cpu.Exec) { s.doSetAllowed(x, s.RQ(0), s.Task(x), nil) }, "swapper/0->pi_lock is not held"},
		{func(s *Sched, x *cpu.Exec) { s.RTMutexSetprio(x, s.Task(x), 1) }, "swapper/0->pi_lock is not held"},
		{func(_ *Sched, x *cpu.Exec) { testQueue.add(x, &WaitEntry{}) }, "lock: q is not held"},
		{func(s *Sched, x *cpu.Exec) { s.RQ(0).NrRunning.WriteOnce(x, 1) }, "changes rq0->nr_running and does not hold rq0->lock"},
		{func(s *Sched, x *cpu.Exec) { s.RQ(0).Curr.WriteOnce(x, nil) }, "changes rq0->curr and does not hold rq0->lock"},
		{func(s *Sched, x *cpu.Exec) { s.Task(x).OnRQ.WriteOnce(x, Queued) }, "changes swapper/0->on_rq and does not hold its rq->lock"},
		{func(s *Sched, x *cpu.Exec) { s.setTaskCPU(x, s.Task(x), 0) }, "changes swapper/0->cpu and does not hold its pi_lock or rq->lock"},
	} {
		if got := unlocked(true, c.change); !strings.Contains(got, c.want) {
			t.Errorf("told %q, want %q", got, c.want)
		}
	}
	if got := unlocked(false, func(s *Sched, x *cpu.Exec) { s.RQ(0).NrRunning.WriteOnce(x, 0) }); got != "" {
		t.Errorf("without the debug mode it told %q", got)
	}
}
