package watchdog

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// timerFn is watchdog_timer_fn(), in hardirq context: count, so that the NMI
// sees that interrupts are served; wake the thread; and look how long ago the
// thread ran. The time stamp is read before the thread can answer, so a lockup
// is one of the past.
//
//kernel:fn watchdog_timer_fn kernel/watchdog.c
func (w *Watchdog) timerFn(x *cpu.Exec, tm *timer.HRTimer) timer.Restart {
	st := w.cpu.This(x)
	ts := st.touchTS
	st.interrupts++
	w.s.WakeUpProcess(x, w.threads.Task(x.CPU().ID))
	w.hr.ForwardNow(x, tm, w.samplePeriod())
	if ts == 0 {
		w.touch(x)
		return timer.Restarts
	}
	w.judge(x, st, w.isSoftlockup(x, ts))
	return timer.Restarts
}

// isSoftlockup is is_softlockup(): for how long, 0 for none. Time stamp and
// threshold are compared in the time stamp's unit, strictly.
//
//kernel:fn is_softlockup kernel/watchdog.c
func (w *Watchdog) isSoftlockup(x *cpu.Exec, ts uint64) uint64 {
	now := timestamp(x)
	if w.cfg.Soft && now > ts+uint64(w.softThresh()/sim.Second) {
		return now - ts
	}
	return 0
}

// judge reports a lockup once. If another task is stuck by then it is another
// lockup, whose time begins now.
//
//kernel:fn watchdog_timer_fn kernel/watchdog.c
func (w *Watchdog) judge(x *cpu.Exec, st *state, duration uint64) {
	if duration == 0 {
		st.softWarn = false
		return
	}
	if st.softWarn {
		if st.warned != x {
			st.softWarn = false
			w.touch(x)
		}
		return
	}
	w.report(x, "soft-lockup", fmt.Sprintf("BUG: soft lockup - CPU#%d stuck for %ds! [%s:%d]", x.CPU().ID, duration, x.Comm, x.PID))
	st.warned = x
	st.softWarn = true
}

// report puts a lockup on record and prints it with what the CPU was doing.
func (w *Watchdog) report(x *cpu.Exec, kind, text string) {
	x.RecordOp()
	f := &cpu.Finding{Kind: kind, Title: prefix + text}
	if t := w.m.Tracer; t != nil {
		f.Stack = t.Capture(x)
	}
	w.m.AddFinding(x, f)
	w.m.Hooks.Printk(x, cpu.LevelEmerg, f.Title, 0)
	w.m.Hooks.Printk(x, cpu.LevelWarning, "Modules linked in:", 0)
	x.DumpStack(f.Stack)
}
