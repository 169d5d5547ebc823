package lock

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// UnlockWait is spin_unlock_wait(): it spins until whoever has the lock has let
// it go, and does not take it. One that is handed to the next in line, who has
// not come yet, is as good as free: the locked byte is clear.
//
//kernel:fn spin_unlock_wait include/linux/spinlock.h
func (l *Raw) UnlockWait(x *cpu.Exec) {
	for l.look(x); l.owner != nil && !l.reserved; l.look(x) {
		l.watch(x)
	}
}

// Relax is one cpu_relax() of a loop that tries the lock again and again: it
// takes until the lock is released, or an interrupt comes.
func (l *Raw) Relax(x *cpu.Exec) {
	if l.look(x); l.owner != nil {
		l.watch(x)
	}
}

func (l *Raw) look(x *cpu.Exec) {
	x.Op(cpu.KindRead, &l.obj, sim.AccessRead, l.m.Costs.Load)
}

// watch parks until the next release or an interrupt; the caller is right behind
// an operation that found the lock held.
func (l *Raw) watch(x *cpu.Exec) {
	w := x.BeginWait(cpu.WaitSpinlock, l, &l.obj)
	w.Next = l.watchers
	l.watchers = w
	x.SpinOnce(w)
	for at := &l.watchers; *at != nil; at = &(*at).Next {
		if *at == w {
			*at = w.Next
			return
		}
	}
}

// wakeWatchers lets everybody who watches the lock look again.
func (l *Raw) wakeWatchers(x *cpu.Exec) {
	for w := l.watchers; w != nil; w = w.Next {
		w.Done = true
		w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(l.m.Costs.LineMiss))
	}
	l.watchers = nil
}
