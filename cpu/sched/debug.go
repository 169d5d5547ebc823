package sched

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/sim"
)

// watcher is the debug mode: behind each operation, which is before the next
// one's effects, it looks whether what must hold between operations does
// (docs/kernel/sched-irq-printk.md, appendix B). It looks at the CPU of the
// operation and, when a runqueue is unlocked, at that one: nothing else can
// have changed. A violation is a bug of the port.
type watcher struct {
	s    *Sched
	rqs  map[sim.ObjID]*RQ // by their locks
	minV []int64           // of each runqueue, when it was last unlocked
}

// watch begins to look, for as long as Debug is set: a machine that a mutation
// breaks is to be found out by its oracles.
func (s *Sched) watch() {
	w := &watcher{s: s, rqs: map[sim.ObjID]*RQ{}, minV: make([]int64, len(s.rqs))}
	for i := range s.rqs {
		w.rqs[s.rqs[i].Lock.LockInfo().Obj] = &s.rqs[i]
	}
	s.m.E.OnOp(func(p *sim.Proc, op sim.Op) {
		if !s.m.Debug {
			return
		}
		if err := w.check(p.ID(), op); err != "" {
			panic(fmt.Sprintf("sched: CPU %d before %s %s: %s", p.ID(), cpu.KindName(op.Kind), s.m.ObjName(op.Obj), err))
		}
	})
}

// check returns what is wrong, empty for nothing.
func (w *watcher) check(c int, op sim.Op) string {
	rq := &w.s.rqs[c]
	switch op.Kind {
	case cpu.KindUnlock:
		if of := w.rqs[op.Obj]; of != nil {
			if err := w.queue(of); err != "" {
				return err
			}
		}
	case cpu.KindLock:
		if err := w.order(c, op.Obj); err != "" {
			return err
		}
	case cpu.KindSwitch:
		if err := w.switching(rq); err != "" {
			return err
		}
	}
	if owner, _ := rq.Lock.HeldBy(); owner != nil {
		return "" // half-way through a change
	}
	return w.current(rq)
}

// current looks at what the CPU runs (1, 3 and 16).
func (w *watcher) current(rq *RQ) string {
	c, p := w.s.m.CPUs[rq.CPU], rq.Curr.Peek()
	switch {
	case c.Current() != &p.Exec || p.CPU() != c:
		return fmt.Sprintf("rq->curr is %s, and %s runs, last on CPU %d", p.Comm, c.Current().Comm, c.Current().CPU().ID)
	case !p.OnCPU.Peek():
		return p.Comm + " runs and its on_cpu is 0"
	case p != rq.idle && !p.Queued() && p.State.Peek() == Running:
		return p.Comm + " is TASK_RUNNING and on no runqueue"
	case p != rq.idle && p.ThreadInfo.Peek()&cpu.TIFNeedResched != 0 && !c.NeedsResched() && c.P.Open() &&
		w.s.m.Hooks.ReschedulePending != nil && !w.s.m.Hooks.ReschedulePending(rq.CPU):
		return p.Comm + " is to reschedule, and neither knows it nor will be told"
	}
	return ""
}

// queue looks at a runqueue that is about to be unlocked (2, 4 and 10).
func (w *watcher) queue(rq *RQ) string {
	n := rq.cfs.nr
	if rq.rt.queued {
		n += rq.rt.nr
	}
	stop := rq.stop
	if curr := rq.Curr.Peek(); stop == nil && curr.class.rank() == rankStop {
		stop = curr // migrate_tasks() hides its own stopper
	}
	if stop != nil && stop.linked != nil {
		n++
	}
	switch {
	case rq.NrRunning.Peek() != n:
		return fmt.Sprintf("nr_running of CPU %d is %d, its classes have %d", rq.CPU, rq.NrRunning.Peek(), n)
	case rq.cfs.minV.Peek() < w.minV[rq.CPU]:
		return fmt.Sprintf("min_vruntime of CPU %d fell from %d to %d", rq.CPU, w.minV[rq.CPU], rq.cfs.minV.Peek())
	}
	w.minV[rq.CPU] = rq.cfs.minV.Peek()
	for _, p := range rq.cfs.tree {
		if err := linked(rq, p); err != "" {
			return err
		}
	}
	for _, p := range rq.rt.list(rq.rt.first()) {
		if err := linked(rq, p); err != "" {
			return err
		}
	}
	return ""
}

// linked says what is wrong with a task that stands in rq's queue.
func linked(rq *RQ, p *Task) string {
	if p.linked == rq && p.Queued() && p.TaskCPU() == rq.CPU {
		return ""
	}
	return fmt.Sprintf("%s stands in the queue of CPU %d, its task_cpu is %d and on_rq %d", p.Comm, rq.CPU, p.TaskCPU(), p.OnRQ.Peek())
}

// switching looks at a context switch (5 and 7): the count of 2 is preemption
// off and one spinlock, which is rq->lock.
func (w *watcher) switching(rq *RQ) string {
	c := w.s.m.CPUs[rq.CPU]
	if n := c.Count(); n != 2*cpu.PreemptOffset {
		return fmt.Sprintf("a context switch with preempt_count 0x%x", n)
	}
	if !held(&rq.Lock, c) {
		return "a context switch without rq->lock"
	}
	if c.P.Open() {
		return "a context switch with interrupts on"
	}
	return ""
}

// order looks at the locks a CPU has that takes another (9).
func (w *watcher) order(c int, obj sim.ObjID) string {
	to, pi := w.rqs[obj], w.s.piLocks[obj]
	if to == nil && !pi {
		return ""
	}
	for i := range w.s.rqs {
		rq := &w.s.rqs[i]
		if held(&rq.Lock, w.s.m.CPUs[c]) && (pi || rq.CPU >= to.CPU) {
			return fmt.Sprintf("it holds %s and takes %s", rq.Lock.Name(), w.s.m.ObjName(obj))
		}
	}
	return ""
}

// guard says what has to be held to change what everybody reads of a task. Its
// state is not among that: the state's line stands for the task's stack too,
// where others store.
func (s *Sched) guard(t *Task) {
	onRQ := func(c *cpu.CPU) bool { return held(&s.rqs[t.TaskCPU()].Lock, c) }
	s.m.Guard(t.OnRQ.Obj(), "its rq->lock", onRQ)
	s.m.Guard(t.cpuNr.Obj(), "its pi_lock or rq->lock", func(c *cpu.CPU) bool { return held(&t.PILock, c) || onRQ(c) })
}

func held(l *lock.Raw, c *cpu.CPU) bool {
	by, reserved := l.HeldBy()
	return by == c && !reserved
}
