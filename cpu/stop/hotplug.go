package stop

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// hotplug is the readers' half of cpu_hotplug: CPUs neither come nor go while
// its count is raised. Nobody takes it as a writer yet.
type hotplug struct {
	lock  sched.Mutex
	count cpu.Var[int] // refcount
	dep   lockdep.Map
}

var (
	hotplugLockKey = lockdep.Key{Name: "cpu_hotplug.lock"}
	hotplugMapKey  = lockdep.Key{Name: "cpu_hotplug.lock"}
)

func (h *hotplug) init(s *sched.Sched) {
	h.lock.Init(s, "cpu_hotplug.lock", &hotplugLockKey)
	h.count.Init(s.Machine(), "cpu_hotplug.refcount", 0)
	h.dep.Init(&hotplugMapKey)
}

// get is get_online_cpus(). The mutex is only held for the count; for the
// validator it is held, shared, until put.
//
//kernel:fn get_online_cpus kernel/cpu.c
func (h *hotplug) get(x *cpu.Exec) {
	sched.MightSleep(x)
	x.MapLock(&h.dep, lockdep.ReadRecursive)
	h.lock.Lock(x)
	h.count.Update(x, func(n int) int { return n + 1 })
	h.lock.Unlock(x)
}

// put is put_online_cpus().
//
//kernel:fn put_online_cpus kernel/cpu.c
func (h *hotplug) put(x *cpu.Exec) {
	left := h.count.Update(x, func(n int) int { return n - 1 }) - 1
	cpu.Warn(x, left < 0, "kernel/cpu.c", "refcount < 0")
	x.MapUnlock(&h.dep)
}
