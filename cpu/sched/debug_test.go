package sched

import (
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/sim"
)

// debugMachine is a machine that has not begun: each CPU is in its idle task,
// and CPU 0 has a task queued as if somebody had woken it.
func debugMachine() (*watcher, *Task) {
	s := New(cpu.New(cpu.Config{CPUs: 2, HZ: 1000, Debug: true}))
	p := s.NewTask("p", 1, 0, nil, nil)
	rq := s.RQ(0)
	rq.cfs.enqueue(rq, p, 0)
	p.link(rq)
	p.OnRQ.Poke(Queued)
	rq.NrRunning.Poke(1)
	w := &watcher{s: s, rqs: map[sim.ObjID]*RQ{}, minV: make([]int64, 2)}
	for i := range s.rqs {
		w.rqs[s.rqs[i].Lock.LockInfo().Obj] = &s.rqs[i]
	}
	return w, p
}

// TestInvariantsCanFail: nothing is wrong with the machine, and each thing that
// is broken is told by who and what it is.
func TestInvariantsCanFail(t *testing.T) {
	for _, c := range []struct {
		breaks func(w *watcher, p *Task)
		kind   sim.Kind
		want   string
	}{
		{func(*watcher, *Task) {}, cpu.KindUnlock, ""},
		{func(w *watcher, _ *Task) { w.s.rqs[0].NrRunning.Poke(2) }, cpu.KindUnlock, "nr_running of CPU 0 is 2, its classes have 1"},
		{func(w *watcher, _ *Task) { w.minV[0] = 5 }, cpu.KindUnlock, "min_vruntime of CPU 0 fell from 5 to 0"},
		{func(_ *watcher, p *Task) { p.cpuNr.Poke(1) }, cpu.KindUnlock, "p stands in the queue of CPU 0, its task_cpu is 1 and on_rq 1"},
		{func(_ *watcher, p *Task) { p.OnRQ.Poke(NotQueued) }, cpu.KindUnlock, "on_rq 0"},
		{func(w *watcher, _ *Task) { w.s.rqs[0].idle.OnCPU.Poke(false) }, cpu.KindRead, "swapper/0 runs and its on_cpu is 0"},
		{func(w *watcher, p *Task) { w.s.rqs[0].Curr.Poke(p) }, cpu.KindRead, "rq->curr is p, and swapper/0 runs"},
		{func(w *watcher, p *Task) { w.runs(p); p.OnRQ.Poke(NotQueued) }, cpu.KindRead, "p is TASK_RUNNING and on no runqueue"},
		{func(w *watcher, p *Task) {
			w.runs(p)
			w.s.m.CPUs[0].P.SetOpen(true)
			w.s.m.Hooks.ReschedulePending = func(int) bool { return false }
			p.ThreadInfo.Poke(cpu.TIFNeedResched)
		}, cpu.KindRead, "p is to reschedule, and neither knows it nor will be told"},
		{func(w *watcher, _ *Task) { w.s.m.CPUs[0].SetCount(3) }, cpu.KindSwitch, "a context switch with preempt_count 0x3"},
		{func(w *watcher, _ *Task) { w.s.m.CPUs[0].SetCount(2) }, cpu.KindSwitch, "a context switch without rq->lock"},
	} {
		w, p := debugMachine()
		c.breaks(w, p)
		got := w.check(0, sim.Op{Kind: c.kind, Obj: w.s.rqs[0].Lock.LockInfo().Obj})
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("told %q, want %q", got, c.want)
		}
	}
}

// runs makes p what CPU 0 runs.
func (w *watcher) runs(p *Task) {
	w.s.rqs[0].Curr.Poke(p)
	w.s.m.CPUs[0].SetCurrent(&p.Exec)
	p.OnCPU.Poke(true)
}

// TestQueuedOnce: a task cannot be queued twice.
func TestQueuedOnce(t *testing.T) {
	w, p := debugMachine()
	defer func() {
		if told := recover(); told != "sched: p is queued on CPU 0 and is to be queued on CPU 1" {
			t.Errorf("told %v", told)
		}
	}()
	p.link(&w.s.rqs[1])
}
