package timer

import (
	"slices"

	"lockstep/cpu"
)

// Del is del_timer(). It returns whether the timer was pending. Its function
// may run all the same, on another CPU.
//
//kernel:fn del_timer kernel/time/timer.c
func (t *Timers) Del(x *cpu.Exec, tm *Timer) bool {
	if tm.line != nil && !tm.Pending(x) {
		return false
	}
	b, f := t.lockBase(x, tm)
	if b == nil {
		return false
	}
	was := tm.isPending()
	if was {
		t.detach(x, tm)
	}
	b.lock.UnlockIrqrestore(x, f)
	return was
}

// TryToDelSync is try_to_del_timer_sync(): 1 if the timer was pending and is
// not any more, 0 if it was not, -1 if its function runs.
//
//kernel:fn try_to_del_timer_sync kernel/time/timer.c
func (t *Timers) TryToDelSync(x *cpu.Exec, tm *Timer) int {
	b, f := t.lockBase(x, tm)
	if b == nil {
		return 0
	}
	ret := -1
	if b.running.Peek() != tm {
		ret = 0
		if tm.isPending() {
			t.detach(x, tm)
			ret = 1
		}
	}
	b.lock.UnlockIrqrestore(x, f)
	return ret
}

// DelSync is del_timer_sync(): afterwards the timer's function does not run
// on any CPU. The validator is told that it might wait, with interrupts off
// so that the map is not taken for one that an interrupt may hit. Called by
// that function, or under a lock which that function takes, it never returns,
// and the wait-for graph says so.
//
//kernel:fn del_timer_sync kernel/time/timer.c
func (t *Timers) DelSync(x *cpu.Exec, tm *Timer) bool {
	if tm.dep.Key() != nil {
		f := cpu.LocalIrqSave(x)
		x.MightLock(&tm.dep, 0)
		cpu.LocalIrqRestore(x, f)
	}
	cpu.WarnOnce(x, x.CPU().InIrq() && tm.flags&IrqSafe == 0, "kernel/time/timer.c", "del_timer_sync() in hardirq context")
	for {
		if ret := t.TryToDelSync(x, tm); ret >= 0 {
			return ret == 1
		}
		t.relax(x, tm)
	}
}

// relax is cpu_relax() in a loop of trying to delete: it looks once more and is
// parked until the function has returned or an interrupt comes, which may move
// the task. Behind either the timer is tried again.
func (t *Timers) relax(x *cpu.Exec, tm *Timer) {
	tm.look(x)
	b := tm.base
	if b.running.ReadOnce(x) != tm {
		return
	}
	w := x.BeginWait(cpu.WaitTimer, b, b.running.Obj())
	b.waiters = append(b.waiters, w)
	if !x.SpinOnce(w) {
		b.waiters = slices.DeleteFunc(b.waiters, func(o *cpu.Wait) bool { return o == w })
	}
}

// setRunning says whose function runs, nil for none, under the base's lock. It
// lets go on who waits for the one that did.
func (b *base) setRunning(x *cpu.Exec, tm *Timer) {
	b.running.WriteOnce(x, tm)
	for _, w := range b.waiters {
		w.Done = true
		w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(x.Machine().Costs.LineMiss))
	}
	b.waiters = nil
}

// AwaitedName implements [cpu.Awaited] for who waits for a function to return.
func (b *base) AwaitedName() string {
	return b.lock.Name()[:len(b.lock.Name())-len("lock")] + "running_timer"
}

// Holder implements [cpu.Awaited]: the CPU on which the function runs.
func (b *base) Holder(*cpu.Wait) cpu.Holder {
	return cpu.Holder{CPU: b.on, How: "running its function"}
}
