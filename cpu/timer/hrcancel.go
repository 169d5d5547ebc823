package timer

import (
	"slices"

	"lockstep/cpu"
	"lockstep/sim"
)

// cancelCost is what cancelling costs besides the lock, of the 120 ns of
// docs/kernel/sched-irq-printk.md §9.
const cancelCost sim.Time = 80

// active is hrtimer_active(): queued, or its function runs. It looks without
// the lock, at a moment when seq stands still, so that a timer cannot pass
// from queued to running behind its back.
//
//kernel:fn hrtimer_active kernel/time/hrtimer.c
func (h *HRTimers) active(x *cpu.Exec, tm *HRTimer) bool {
	for {
		b := tm.readBase(x)
		if b == nil { // migration_base: nothing runs there
			x.Delay(h.m.Costs.LineMiss)
			continue
		}
		seq := b.seq.ReadOnce(x)
		if seq&1 != 0 {
			x.Delay(h.m.Costs.LineMiss)
			continue
		}
		if tm.queued || b.running == tm {
			return true
		}
		if b.seq.ReadOnce(x) == seq && tm.readBase(x) == b {
			return false
		}
	}
}

// Active is hrtimer_active().
//
//kernel:fn hrtimer_active kernel/time/hrtimer.c
func (h *HRTimers) Active(x *cpu.Exec, tm *HRTimer) bool { return h.active(x, tm) }

// TryToCancel is hrtimer_try_to_cancel(): 0 if the timer was not active, 1 if
// it was and is not any more, -1 if its function runs.
//
//kernel:fn hrtimer_try_to_cancel kernel/time/hrtimer.c
func (h *HRTimers) TryToCancel(x *cpu.Exec, tm *HRTimer) int {
	if !h.active(x, tm) {
		return 0
	}
	b, f := h.lockBase(x, tm)
	x.Spend(cancelCost)
	ret := -1
	if b.running != tm {
		ret = 0
		if h.remove(x, b, tm, false) {
			ret = 1
		}
	}
	b.lock.UnlockIrqrestore(x, f)
	return ret
}

// Cancel is hrtimer_cancel(): behind it the timer is not active and its
// function does not run on any CPU. It reports whether the timer was active.
// Called by that function, or under a lock which that function takes, it never
// returns, and the wait-for graph says so.
//
//kernel:fn hrtimer_cancel kernel/time/hrtimer.c
func (h *HRTimers) Cancel(x *cpu.Exec, tm *HRTimer) bool {
	for {
		if ret := h.TryToCancel(x, tm); ret >= 0 {
			return ret == 1
		}
		h.relax(x, tm)
	}
}

// relax is cpu_relax() in a loop of trying to cancel: it looks once more and
// is parked until the function has returned or an interrupt comes, which may
// move the task. Behind either the timer is tried again.
func (h *HRTimers) relax(x *cpu.Exec, tm *HRTimer) {
	b := tm.readBase(x)
	if b == nil {
		return
	}
	if b.seq.ReadOnce(x); b.running != tm {
		return
	}
	w := x.BeginWait(cpu.WaitHRTimer, b, b.seq.Obj())
	b.waiters = append(b.waiters, w)
	if !x.SpinOnce(w) {
		b.waiters = slices.DeleteFunc(b.waiters, func(o *cpu.Wait) bool { return o == w })
	}
}

// returned lets go on who waits for the function that has run.
func (b *hrBase) returned(x *cpu.Exec) {
	b.running = nil
	for _, w := range b.waiters {
		w.Done = true
		w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(x.Machine().Costs.LineMiss))
	}
	b.waiters = nil
}

// AwaitedName implements [cpu.Awaited] for who waits for a function to return.
func (b *hrBase) AwaitedName() string { return b.lock.Name() + "->running" }

// Holder implements [cpu.Awaited]: the CPU on which the function runs.
func (b *hrBase) Holder(*cpu.Wait) cpu.Holder {
	return cpu.Holder{CPU: b.on, How: "running its function"}
}
