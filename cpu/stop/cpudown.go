package stop

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// relax is how long a loop of cpu_relax() takes to look again here.
const relax = sim.Microsecond

// CPUDown is cpu_down(): take CPU c out of the running machine. EBUSY if it is
// the last one, EINVAL if it is not online, or what a notifier refused it with.
//
//kernel:fn cpu_down kernel/cpu.c
func (st *Stop) CPUDown(x *cpu.Exec, c int) error {
	st.mapsLock.Lock(x) // cpu_maps_update_begin
	err := st.cpuDown(x, c)
	st.mapsLock.Unlock(x)
	return err
}

// cpuDown is _cpu_down(). First nobody gives the CPU new work, which takes a
// grace period to be true for those who looked before; its threads are parked;
// then all CPUs stand still while it takes itself out; and when it has reached
// its idle task for the last time those who kept things there take them over.
//
//kernel:fn _cpu_down kernel/cpu.c
func (st *Stop) cpuDown(x *cpu.Exec, c int) error {
	online := st.m.Online.Read(x)
	if online.Weight() == 1 {
		return sched.EBUSY
	}
	if !online.Has(c) {
		return sched.EINVAL
	}
	st.hotplug.begin(x)
	if n, err := st.s.NotifyCPU(x, sched.CPUDownPrepare, c, -1); err != nil {
		st.s.NotifyCPU(x, sched.CPUDownFailed, c, n)
		st.hotplug.done(x)
		return err
	}
	st.m.Hooks.SynchronizeHotplug(x)
	st.s.ParkSmpboot(x, c)
	st.stopMachine(x, []int{c}, func(x *cpu.Exec) int { return st.takeDown(x, c) })
	for !st.s.CPUDead(x, c) {
		x.Delay(relax)
	}
	st.s.NotifyCPU(x, sched.CPUDead, c, -1)
	st.checkForTasks(x, c)
	st.hotplug.done(x)
	st.s.NotifyCPU(x, sched.CPUPostDead, c, -1)
	return nil
}

// takeDown is take_cpu_down(), on the dying CPU with every CPU standing still
// and interrupts off: no interrupts for it any more, then its notifiers, then
// its stopper, this thread, is parked as soon as it is through.
//
//kernel:fn take_cpu_down kernel/cpu.c
func (st *Stop) takeDown(x *cpu.Exec, c int) int {
	st.m.Hooks.CPUDisable(x)
	st.s.NotifyCPU(x, sched.CPUDying, c, -1)
	st.stoppers[c].enabled = false // stop_machine_park
	st.threads.ParkSelf(x, c)
	return 0
}

// checkForTasks is check_for_tasks(): nobody may still be on the dead CPU's
// runqueue.
//
//kernel:fn check_for_tasks kernel/cpu.c
func (st *Stop) checkForTasks(x *cpu.Exec, c int) {
	for _, t := range st.s.Tasks() {
		if t.TaskCPU() == c && t.Queued() && !t.Idle() {
			cpu.Warn(x, true, "kernel/cpu.c", "Task "+t.Comm+" is on the runqueue of a dead CPU")
		}
	}
}

// CPUUp is cpu_up(): start CPU c, which has been taken down.
//
//kernel:fn cpu_up kernel/cpu.c
func (st *Stop) CPUUp(x *cpu.Exec, c int) error {
	st.mapsLock.Lock(x)
	st.hotplug.begin(x)
	err := st.cpuUp(x, c)
	st.hotplug.done(x)
	st.mapsLock.Unlock(x)
	return err
}

// cpuUp is _cpu_up(). The threads of the CPU exist, parked; they are let go by
// a notifier once it is online.
//
//kernel:fn _cpu_up kernel/cpu.c
func (st *Stop) cpuUp(x *cpu.Exec, c int) error {
	if st.m.Online.Test(x, c) || !st.m.Present.Test(x, c) {
		return sched.EINVAL
	}
	if n, err := st.s.NotifyCPU(x, sched.CPUUpPrepare, c, -1); err != nil {
		st.s.NotifyCPU(x, sched.CPUUpCanceled, c, n)
		return err
	}
	st.s.KickCPU(x, c)
	for !st.m.Online.Test(x, c) {
		x.Delay(relax)
	}
	st.s.NotifyCPU(x, sched.CPUOnline, c, -1)
	return nil
}
