package watchdog

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
)

// firstPID is the PID of watchdog/0 on a booted system; that of another CPU's
// stands among the threads that came up with the CPU.
const firstPID = 10

// registerThreads makes watchdog/N, one of the kinds of threads that are parked
// while their CPU is gone (docs/kernel/sched-irq-printk.md §1.20). Parked or
// stopped, a CPU has no detector left: neither timer nor counter may come to
// one on which nobody can answer. Back again it is as one that is new.
//
// Between setting its state and the look at the count the thread misses no
// interrupt: the timer counts first and wakes then.
//
//kernel:fn watchdog_enable_all_cpus kernel/watchdog.c
func (w *Watchdog) registerThreads() {
	enable := func(x *cpu.Exec, _ int) { w.enable(x) }
	w.threads = sched.SmpbootThread{
		Name: func(c int) string { return fmt.Sprintf("watchdog/%d", c) },
		PID: func(c int) int {
			if c == 0 {
				return firstPID
			}
			return 6 + 5*c
		},
		Setup: enable, Unpark: enable,
		Park:      func(x *cpu.Exec, _ int) { w.disable(x) },
		Cleanup:   func(x *cpu.Exec, _ int, _ bool) { w.disable(x) },
		ShouldRun: func(x *cpu.Exec, _ int) bool { return w.shouldRun(x) },
		Fn:        func(x *cpu.Exec, _ int) { w.run(x) },
	}
	w.s.RegisterSmpboot(&w.threads)
}

// enable is watchdog_enable(), the thread's first act and that behind its being
// parked: timer and counter, then class and time stamp. The stamp has to be
// new before the timer looks at it, one period from here: while the CPU was
// gone nobody took one.
//
//kernel:fn watchdog_enable kernel/watchdog.c
func (w *Watchdog) enable(x *cpu.Exec) {
	st := w.cpu.This(x)
	st.timer.InitPinned(w.hr, x.CPU(), timer.Monotonic, w.timerFn)
	w.enableNMI(x)
	w.hr.Start(x, &st.timer, w.samplePeriod(), timer.RelPinned)
	w.setPrio(x, sched.PolicyFIFO, 99)
	if !w.m.Mutated("watchdog.enable-no-touch") {
		w.touch(x)
	}
}

// disable is watchdog_disable(), enable the other way round: an ordinary task
// first, then no timer, then no counter. The timer goes while its CPU still
// serves it; nothing of it is left for whoever takes over the CPU's timers.
//
//kernel:fn watchdog_disable kernel/watchdog.c
func (w *Watchdog) disable(x *cpu.Exec) {
	w.setPrio(x, sched.PolicyNormal, 0)
	w.hr.Cancel(x, &w.cpu.This(x).timer)
	w.disableNMI(x)
}

// setPrio is watchdog_set_prio(), of the running thread.
//
//kernel:fn watchdog_set_prio kernel/watchdog.c
func (w *Watchdog) setPrio(x *cpu.Exec, policy sched.Policy, prio int) {
	w.s.SetScheduler(x, w.s.Task(x), policy, prio)
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
