package watchdog

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
)

// thread is watchdog/N: smpboot_thread_fn around the functions below. Between
// set_current_state and the look at the count no interrupt gets lost: the
// timer counts first and wakes then.
//
//kernel:fn smpboot_thread_fn kernel/smpboot.c
func (w *Watchdog) thread(x *cpu.Exec) {
	t := w.s.Task(x)
	w.enable(x)
	for {
		w.s.SetCurrentState(x, sched.Interruptible)
		cpu.PreemptDisable(x)
		if !w.shouldRun(x) {
			cpu.PreemptEnableNoResched(x)
			w.s.Schedule(x)
			continue
		}
		t.State.WriteOnce(x, sched.Running)
		cpu.PreemptEnable(x)
		w.run(x)
	}
}

// enable is watchdog_enable(), the thread's first act: counter, timer, class,
// time stamp, in this order.
//
//kernel:fn watchdog_enable kernel/watchdog.c
func (w *Watchdog) enable(x *cpu.Exec) {
	st := w.cpu.This(x)
	st.timer.InitPinned(w.hr, x.CPU(), timer.Monotonic, w.timerFn)
	w.enableNMI(x)
	w.hr.Start(x, &st.timer, w.samplePeriod(), timer.Rel)
	w.s.SetScheduler(x, st.thread, sched.PolicyFIFO, 99)
	w.touch(x)
}

// shouldRun is watchdog_should_run(). The operation is this CPU's own: the
// timer's function runs on it.
//
//kernel:fn watchdog_should_run kernel/watchdog.c
func (w *Watchdog) shouldRun(x *cpu.Exec) bool {
	x.Local(cpu.KindWork, w.m.Costs.Load)
	st := w.cpu.This(x)
	return st.interrupts != st.done
}

// run is watchdog(): whoever comes here has been scheduled.
//
//kernel:fn watchdog kernel/watchdog.c
func (w *Watchdog) run(x *cpu.Exec) {
	x.Local(cpu.KindWork, w.m.Costs.Store)
	st := w.cpu.This(x)
	st.done = st.interrupts
	w.touch(x)
}

// touch is __touch_watchdog().
//
//kernel:fn __touch_watchdog kernel/watchdog.c
func (w *Watchdog) touch(x *cpu.Exec) { w.cpu.This(x).touchTS = timestamp(x) }

// TouchSoftlockup is touch_softlockup_watchdog(): the next look of the timer
// only takes a new time stamp.
//
//kernel:fn touch_softlockup_watchdog kernel/watchdog.c
func (w *Watchdog) TouchSoftlockup(x *cpu.Exec) {
	if !w.m.Mutated("watchdog.no-touch") {
		w.cpu.This(x).touchTS = 0
	}
}

// TouchNMI is touch_nmi_watchdog(): both, for this CPU.
//
//kernel:fn touch_nmi_watchdog kernel/watchdog.c
func (w *Watchdog) TouchNMI(x *cpu.Exec) {
	if !w.m.Mutated("watchdog.no-touch") {
		w.cpu.This(x).nmiTouch = true
	}
	w.TouchSoftlockup(x)
}
