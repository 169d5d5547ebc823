package stop

import "lockstep/cpu"

// OneCPU is stop_one_cpu(): run fn on CPU c before anything else there, and
// sleep until it has. It returns what fn does.
//
//kernel:fn stop_one_cpu kernel/stop_machine.c
func (st *Stop) OneCPU(x *cpu.Exec, c int, fn Fn) int {
	on := st.call(x, 1)
	on.works[0] = work{fn: fn, done: &on.done, name: x.Comm}
	st.queue(x, c, &on.works[0])
	return on.done.wait(x)
}

// NoWait is a work of stop_one_cpu_nowait(), whose memory is the caller's: it
// must not be queued again before it has run.
type NoWait struct{ w work }

// OneCPUNoWait is stop_one_cpu_nowait(): queue only, in any context.
//
//kernel:fn stop_one_cpu_nowait kernel/stop_machine.c
func (st *Stop) OneCPUNoWait(x *cpu.Exec, c int, fn Fn, w *NoWait) {
	w.w = work{fn: fn, name: x.Comm}
	st.queue(x, c, &w.w)
}

// TwoCPUs is stop_two_cpus(): run fn on the first of two CPUs while the other
// one stands still, both with interrupts off. The CPUs may be given in any
// order; their queues are taken in that of their numbers.
//
//kernel:fn stop_two_cpus kernel/stop_machine.c
func (st *Stop) TwoCPUs(x *cpu.Exec, cpu1, cpu2 int, fn Fn) int {
	on := st.call(x, 2)
	first := cpu1
	on.multi.start(x, fn, []int{cpu1, cpu2}, func(c int) bool { return c == first })
	for i := range on.works {
		on.works[i] = work{fn: on.multi.cpuStop, done: &on.done, name: x.Comm}
	}
	if cpu1 > cpu2 {
		cpu1, cpu2 = cpu2, cpu1
	}
	if !st.queueTwo(x, cpu1, &on.works[0], cpu2, &on.works[1]) {
		return ErrNoEntry
	}
	ret := on.done.wait(x)
	cpu.Warn(x, ret == ErrNoEntry && !on.done.executed, "kernel/stop_machine.c", "!done.executed")
	return ret
}

// queueTwo is cpu_stop_queue_two_works(): both works get into their queues
// while nobody else can get anything into either. The two stoppers' locks
// alone would do for two callers of this function; against stop_cpus(), which
// takes one at a time, it is the lglock that makes it whole.
//
//kernel:fn cpu_stop_queue_two_works kernel/stop_machine.c
func (st *Stop) queueTwo(x *cpu.Exec, cpu1 int, w1 *work, cpu2 int, w2 *work) bool {
	if st.TwoCPUsSeparately {
		st.queueOneByOne(x, cpu1, w1, cpu2, w2)
		return true
	}
	p1, p2 := &st.stoppers[cpu1], &st.stoppers[cpu2]
	st.lg.doubleLock(x, cpu1, cpu2)
	p1.lock.LockIrq(x)
	p2.lock.LockNested(x, singleDepthNesting)
	ok := p1.enabled && p2.enabled
	if ok {
		st.queueLocked(x, p1, w1)
		st.queueLocked(x, p2, w2)
	}
	p2.lock.Unlock(x)
	p1.lock.UnlockIrq(x)
	st.lg.doubleUnlock(x, cpu1, cpu2)
	return ok
}

// queueOneByOne is what kernels before 4.2 did: under the caller's own part
// of the lglock, which keeps out stop_cpus() but no other caller, one queue
// after the other. Between the two another caller's works may get in.
//
//kernel:fn stop_two_cpus kernel/stop_machine.c
func (st *Stop) queueOneByOne(x *cpu.Exec, cpu1 int, w1 *work, cpu2 int, w2 *work) {
	cpu.PreemptDisable(x)
	here := x.CPU().ID
	st.lg.localLock(x, here)
	st.queue(x, cpu1, w1)
	st.queue(x, cpu2, w2)
	st.lg.localUnlock(x, here)
	cpu.PreemptEnable(x)
}

// singleDepthNesting is the subclass of the second of two locks of a class.
const singleDepthNesting = 1
