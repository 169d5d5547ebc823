package stop

import "lockstep/cpu"

// CPUs is stop_cpus(): run fn on the given CPUs, each as soon as it can, and
// sleep until all have. Only one caller at a time.
//
//kernel:fn stop_cpus kernel/stop_machine.c
func (st *Stop) CPUs(x *cpu.Exec, cpus []int, fn Fn) int {
	st.mutex.Lock(x)
	ret := st.stopCPUs(x, cpus, fn)
	st.mutex.Unlock(x)
	return ret
}

// errAgain is -EAGAIN.
const errAgain = -11

// TryCPUs is try_stop_cpus(): -EAGAIN if somebody else is at it.
//
//kernel:fn try_stop_cpus kernel/stop_machine.c
func (st *Stop) TryCPUs(x *cpu.Exec, cpus []int, fn Fn) int {
	if !st.mutex.Trylock(x) {
		return errAgain
	}
	ret := st.stopCPUs(x, cpus, fn)
	st.mutex.Unlock(x)
	return ret
}

//kernel:fn __stop_cpus kernel/stop_machine.c
func (st *Stop) stopCPUs(x *cpu.Exec, cpus []int, fn Fn) int {
	on := st.call(x, len(cpus))
	st.queueAll(x, cpus, fn, &on.done)
	return on.done.wait(x)
}

// queueAll is queue_stop_cpus_work(): with every part of the lglock held no
// other rendezvous gets between, so that all queues have the works of this one
// in the same place relative to those of others. Preemption is off meanwhile,
// or the caller's own stopper would run before the last is queued.
//
//kernel:fn queue_stop_cpus_work kernel/stop_machine.c
func (st *Stop) queueAll(x *cpu.Exec, cpus []int, fn Fn, d *done) {
	st.lg.globalLock(x)
	for _, c := range cpus {
		w := &st.stoppers[c].stop
		*w = work{fn: fn, done: d, name: x.Comm}
		st.queue(x, c, w)
	}
	st.lg.globalUnlock(x)
}

// Machine is stop_machine(): run fn on the given CPUs (none: on the first
// online one) while every CPU stands still with interrupts off.
//
//kernel:fn stop_machine kernel/stop_machine.c
func (st *Stop) Machine(x *cpu.Exec, cpus []int, fn Fn) int {
	st.hotplug.get(x)
	ret := st.stopMachine(x, cpus, fn)
	st.hotplug.put(x)
	return ret
}

//kernel:fn __stop_machine kernel/stop_machine.c
func (st *Stop) stopMachine(x *cpu.Exec, cpus []int, fn Fn) int {
	on := st.call(x, 0)
	var all []int
	online := st.m.Online.Read(x)
	for c := online.Next(0); c >= 0; c = online.Next(c + 1) {
		all = append(all, c)
	}
	on.multi.start(x, fn, all, func(c int) bool {
		for _, a := range cpus {
			if a == c {
				return true
			}
		}
		return len(cpus) == 0 && c == all[0]
	})
	return st.CPUs(x, all, on.multi.cpuStop)
}
