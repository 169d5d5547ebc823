package lock

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// AwaitedName implements [cpu.Awaited].
func (l *RW) AwaitedName() string { return l.name }

// Holder implements [cpu.Awaited]: the first that EachHolder names.
func (l *RW) Holder(w *cpu.Wait) cpu.Holder { return cpu.FirstHolder(l, w) }

// EachHolder implements [cpu.ManyHolders]. With a writer everybody waits for
// it. Without one readers have the lock: the first in the queue is a writer
// that waits for all of them, and everybody else waits for that writer.
func (l *RW) EachHolder(w *cpu.Wait, fn func(cpu.Holder) bool) bool {
	switch {
	case w.Done:
		return false
	case l.writer != nil && l.reserved:
		return fn(cpu.Holder{CPU: l.writer, How: "reserved for the next in line" + l.where(l.site)})
	case l.writer != nil:
		return fn(cpu.Holder{CPU: l.writer, How: "held for writing" + l.where(l.site)})
	case len(l.queue) > 0 && l.queue[0].w != w:
		return fn(cpu.Holder{CPU: l.queue[0].w.CPU, How: "queued for earlier"})
	}
	for i := range l.readers {
		if fn(cpu.Holder{CPU: l.readers[i].cpu, How: "held for reading" + l.where(l.readers[i].site)}) {
			return true
		}
	}
	return false
}

func (l *RW) where(site lockdep.Stack) string {
	if t := l.m.Tracer; t != nil && site != 0 {
		return " (taken in " + t.Site(site) + ")"
	}
	return ""
}

// HeldBy implements [cpu.Holdable]: the writer.
func (l *RW) HeldBy() (*cpu.CPU, bool) { return l.writer, l.reserved }

// EachReader implements [cpu.ReadHoldable]. For whom it is only reserved does
// not hold it yet.
func (l *RW) EachReader(fn func(cpu.Holder)) {
	for i := range l.readers {
		if r := &l.readers[i]; !r.reserved {
			fn(cpu.Holder{CPU: r.cpu, Task: r.task})
		}
	}
}

// Readers returns how many read-side acquisitions hold the lock, or have it
// reserved.
func (l *RW) Readers() int { return len(l.readers) }

// Waiters returns how many CPUs wait for the lock.
func (l *RW) Waiters() int { return len(l.inIrq) + len(l.queue) }

// LockInfo implements [cpu.LockViewer].
func (l *RW) LockInfo() cpu.LockInfo {
	return cpu.LockInfo{Name: l.name, Kind: "rwlock", Obj: l.obj.ID, Dep: &l.dep}
}

// LockState implements [cpu.LockViewer].
func (l *RW) LockState() cpu.LockState {
	s := cpu.LockState{
		CPU: l.writer, Reserved: l.reserved, Read: len(l.readers), Waiting: l.Waiters(), Contended: l.contended, Waited: l.waited,
	}
	if l.writer != nil {
		s.Since = l.since
	} else if len(l.readers) > 0 {
		r := &l.readers[0]
		s.CPU, s.Reserved, s.Since = r.cpu, r.reserved, r.since
	}
	s.First = sim.Forever
	for _, list := range [][]rwWaiter{l.inIrq, l.queue} {
		if len(list) > 0 {
			s.First = min(s.First, list[0].w.Since)
		}
	}
	if s.Waiting == 0 {
		s.First = 0
	}
	return s
}

// EachWaiter implements [cpu.LockViewer].
func (l *RW) EachWaiter(fn func(cpu.Holder)) {
	for _, list := range [][]rwWaiter{l.inIrq, l.queue} {
		for _, e := range list {
			fn(cpu.Holder{CPU: e.w.CPU, Task: e.w.Task})
		}
	}
}
