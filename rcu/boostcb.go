package rcu

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// cbThread is a CPU's part of the callback kthread rcuc/N: with RCU_BOOST the
// callbacks of rcu_preempt, for which readers were boosted, do not wait for
// their turn among softirqs (docs/kernel/rcu-boost-nocb.md A6). All is its own
// CPU's, with interrupts off.
type cbThread struct {
	hasWork bool // rcu_cpu_has_work
	status  kthreadStatus
}

// initCallbackThreads is the registration of rcu_cpu_thread_spec.
func (r *RCU) initCallbackThreads() {
	r.cb.Init(r.m)
	r.rcuc = &sched.SmpbootThread{
		Name: func(c int) string { return fmt.Sprintf("rcuc/%d", c) },
		PID: func(c int) int {
			if c == 0 {
				return 6
			}
			return 9 + 5*c
		},
		Setup:     func(x *cpu.Exec, c int) { r.setFIFO(x, r.rcuc.Task(c)) },
		Park:      func(x *cpu.Exec, c int) { r.cb.Of(c).status = kthreadOffCPU },
		ShouldRun: func(x *cpu.Exec, c int) bool { r.local(x); return r.cb.Of(c).hasWork },
		Fn:        func(x *cpu.Exec, _ int) { r.cpuKthread(x) },
	}
	r.s.RegisterSmpboot(r.rcuc)
}

// invokeCallbacks is invoke_rcu_callbacks(), in softirq.
//
//kernel:fn invoke_rcu_callbacks kernel/rcu/tree.c
func (rsp *State) invokeCallbacks(x *cpu.Exec, rdp *Data) {
	switch {
	case !rsp.r.schedulerActive:
	case !rsp.boosting:
		rsp.doBatch(x, rdp)
	default:
		rsp.r.invokeCallbacksKthread(x)
	}
}

// invokeCallbacksKthread is invoke_rcu_callbacks_kthread().
//
//kernel:fn invoke_rcu_callbacks_kthread kernel/rcu/tree_plugin.h
func (r *RCU) invokeCallbacksKthread(x *cpu.Exec) {
	flags := cpu.LocalIrqSave(x)
	w := r.cb.This(x)
	w.hasWork = true
	if t := r.rcuc.Task(x.CPU().ID); x != &t.Exec && !r.m.Mutated("rcu.rcuc-not-woken") {
		r.wakeCond(x, t, w.status)
	}
	cpu.LocalIrqRestore(x, flags)
}

// isCallbacksKthread is rcu_is_callbacks_kthread().
//
//kernel:fn rcu_is_callbacks_kthread kernel/rcu/tree_plugin.h
func (r *RCU) isCallbacksKthread(x *cpu.Exec) bool {
	return r.rcuc != nil && x == &r.rcuc.Task(x.CPU().ID).Exec
}

// cpuKthread is rcu_cpu_kthread(): some rounds over the flavours' callbacks,
// each with bottom halves off, as a callback expects.
//
//kernel:fn rcu_cpu_kthread kernel/rcu/tree.c
func (r *RCU) cpuKthread(x *cpu.Exec) {
	w := r.cb.This(x)
	for range kthreadSpins {
		r.sq.LocalBHDisable(x)
		w.status = kthreadRunning
		cpu.LocalIrqDisable(x)
		work := w.hasWork
		w.hasWork = false
		cpu.LocalIrqEnable(x)
		if work {
			r.doWork(x)
		}
		r.sq.LocalBHEnable(x)
		if r.local(x); !w.hasWork {
			w.status = kthreadWaiting
			return
		}
	}
	w.status = kthreadYielding
	r.tm.ScheduleTimeoutInterruptible(x, kthreadYield)
	w.status = kthreadWaiting
}

// doWork is rcu_kthread_do_work().
//
//kernel:fn rcu_kthread_do_work kernel/rcu/tree.c
func (r *RCU) doWork(x *cpu.Exec) {
	for _, rsp := range []*State{r.sched, r.bh, r.preempt} {
		rsp.doBatch(x, rsp.rda.This(x))
	}
}
