package lock

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// Unlock is raw_spin_unlock(). It may preempt.
//
//kernel:fn _raw_spin_unlock kernel/locking/spinlock.c
func (l *Raw) Unlock(x *cpu.Exec) {
	l.release(x)
	cpu.PreemptEnable(x)
}

// UnlockIrqrestore is raw_spin_unlock_irqrestore(): interrupts are restored
// before preempt_count goes down.
//
//kernel:fn _raw_spin_unlock_irqrestore kernel/locking/spinlock.c
func (l *Raw) UnlockIrqrestore(x *cpu.Exec, f cpu.Flags) {
	l.release(x)
	cpu.LocalIrqRestore(x, f)
	cpu.PreemptEnable(x)
}

// UnlockIrq is raw_spin_unlock_irq().
//
//kernel:fn _raw_spin_unlock_irq kernel/locking/spinlock.c
func (l *Raw) UnlockIrq(x *cpu.Exec) {
	if l.wereOff {
		enablesTooEarly(x, l.m, l.Name())
	}
	l.release(x)
	cpu.LocalIrqEnable(x)
	cpu.PreemptEnable(x)
}

// enablesTooEarly puts on record what no check of the kernel sees: whoever had
// interrupts off around the lock relies on that still, and should have used
// an _irqsave.
func enablesTooEarly(x *cpu.Exec, m *cpu.Machine, name string) {
	x.RecordOp()
	f := &cpu.Finding{Kind: "warn", Title: name + ": its unlock enables interrupts that were off when it was taken", Classes: []string{name}}
	if t := m.Tracer; t != nil {
		f.Stack = t.Capture(x)
	}
	m.AddFinding(x, f)
}

// UnlockBH is raw_spin_unlock_bh(): pending softirqs run behind it.
//
//kernel:fn _raw_spin_unlock_bh kernel/locking/spinlock.c
func (l *Raw) UnlockBH(x *cpu.Exec) {
	l.release(x)
	bhEnable(x)
}

// release gives the lock to the next in line or makes it free.
func (l *Raw) release(x *cpu.Exec) {
	l.lockdepTime(x)
	x.Op(cpu.KindUnlock, &l.obj, sim.AccessWrite, l.m.Costs.Unlock)
	if !l.unseen && x.Unvalidate(&l.dep) && l.owner == nil {
		return // as reported: a store to a free lock changes nothing
	}
	l.AssertHeld(x)
	l.site = 0
	l.wakeWatchers(x)
	if l.m.AnyWinner {
		l.releaseToAny(x)
		return
	}
	w := l.head
	if w == nil {
		l.owner = nil
		return
	}
	if l.head = w.Next; l.head == nil {
		l.tail = nil
	}
	l.owner, l.reserved = w.CPU, true
	w.Done = true
	w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(l.m.Costs.Handoff))
	// The new owner may be stuck in an interrupt handler that somebody in
	// this queue keeps waiting: then the hand-over closes a cycle.
	l.m.CheckHandover(w.CPU)
}

// releaseToAny frees the lock; every waiter finds out in its own time.
func (l *Raw) releaseToAny(x *cpu.Exec) {
	l.owner = nil
	for w := l.head; w != nil; w = w.Next {
		w.Done = true
		w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(l.m.Costs.Handoff))
	}
	l.head, l.tail = nil, nil
}
