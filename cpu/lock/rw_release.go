package lock

import (
	"slices"

	"lockstep/cpu"
)

// readRelease gives one read-side acquisition of this CPU back.
func (l *RW) readRelease(x *cpu.Exec) {
	reported := false
	l.announce(x, cpu.KindUnlock, l.m.Costs.Unlock, func() bool {
		reported = x.Unvalidate(&l.dep)
		return reported
	})
	i := l.readIndex(x.CPU())
	if i < 0 {
		l.wrongRelease(reported)
		return
	}
	l.readers = slices.Delete(l.readers, i, i+1)
	l.grant(x)
}

// writeRelease gives the lock up.
func (l *RW) writeRelease(x *cpu.Exec) {
	reported := false
	l.announce(x, cpu.KindUnlock, l.m.Costs.Unlock, func() bool {
		reported = x.Unvalidate(&l.dep)
		return reported
	})
	if l.writer != x.CPU() || l.reserved {
		l.wrongRelease(reported)
		return
	}
	l.writer, l.site = nil, 0
	l.grant(x)
}

// wrongRelease is for a lock that this CPU does not hold: a bug of the port,
// unless it was the scenario's and the validator has said so.
func (l *RW) wrongRelease(reported bool) {
	if !reported {
		panic("lock: " + l.name + " is not held by the CPU that releases it")
	}
}

// readIndex returns the latest read-side acquisition of a CPU, -1 if none.
func (l *RW) readIndex(c *cpu.CPU) int {
	for i := len(l.readers) - 1; i >= 0; i-- {
		if l.readers[i].cpu == c && !l.readers[i].reserved {
			return i
		}
	}
	return -1
}

// grant hands the lock to whoever may have it now. Readers in interrupts have
// counted themselves in already and come before the queue.
func (l *RW) grant(x *cpu.Exec) {
	if l.writer != nil {
		return
	}
	var woken []*cpu.CPU
	n := 0
	for n < len(l.queue) && !l.queue[n].write {
		n++
	}
	for _, list := range [][]rwWaiter{l.inIrq, l.queue[:n]} {
		for _, e := range list {
			l.readers = append(l.readers, reader{cpu: e.w.CPU, task: e.w.Task, reserved: true, since: x.Now()})
			woken = append(woken, l.wake(x, e.w))
		}
	}
	l.inIrq, l.queue = nil, l.queue[n:]
	if len(l.readers) == 0 && len(l.queue) > 0 {
		w := l.queue[0].w
		l.queue = l.queue[1:]
		l.writer, l.reserved, l.since = w.CPU, true, x.Now()
		woken = append(woken, l.wake(x, w))
	}
	// Each may be stuck in an interrupt handler that somebody in the queue
	// keeps waiting.
	for _, c := range woken {
		if l.m.CheckHandover(c) {
			return
		}
	}
}

func (l *RW) wake(x *cpu.Exec, w *cpu.Wait) *cpu.CPU {
	w.Done = true
	w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(l.m.Costs.Handoff))
	return w.CPU
}

// HeldHere reports whether x's CPU has the lock for writing.
func (l *RW) HeldHere(x *cpu.Exec) bool { return l.writer == x.CPU() && !l.reserved }

// ReadHeldHere reports whether x's CPU has the lock for reading.
func (l *RW) ReadHeldHere(x *cpu.Exec) bool { return l.readIndex(x.CPU()) >= 0 }
