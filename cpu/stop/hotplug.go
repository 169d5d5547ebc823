package stop

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// hotplug is cpu_hotplug: CPUs neither come nor go while its count is raised,
// and who changes that holds its mutex from the moment the count is zero.
type hotplug struct {
	s      *sched.Sched
	lock   sched.Mutex
	count  cpu.Var[int]    // refcount
	writer *sched.Task     // active_writer; only compared with current
	wait   sched.WaitQueue // of the writer, until the count is zero
	dep    lockdep.Map
}

var (
	hotplugLockKey = lockdep.Key{Name: "cpu_hotplug.lock"}
	hotplugMapKey  = lockdep.Key{Name: "cpu_hotplug.lock"}
	hotplugWaitKey = lockdep.Key{Name: "cpu_hotplug.wq.lock"}
	mapsLockKey    = lockdep.Key{Name: "cpu_add_remove_lock"}
)

func (h *hotplug) init(s *sched.Sched) {
	h.s = s
	h.lock.Init(s, "cpu_hotplug.lock", &hotplugLockKey)
	h.count.Init(s.Machine(), "cpu_hotplug.refcount", 0)
	h.wait.Init(s, "cpu_hotplug.wq", &hotplugWaitKey)
	h.dep.Init(&hotplugMapKey)
}

// GetOnlineCPUs is get_online_cpus(): no CPU goes or comes until
// PutOnlineCPUs. It sleeps.
//
//kernel:fn get_online_cpus kernel/cpu.c
func (st *Stop) GetOnlineCPUs(x *cpu.Exec) { st.hotplug.get(x) }

// PutOnlineCPUs is put_online_cpus().
//
//kernel:fn put_online_cpus kernel/cpu.c
func (st *Stop) PutOnlineCPUs(x *cpu.Exec) { st.hotplug.put(x) }

// RegisterCPUNotifier is register_cpu_notifier() from a running task: from now
// on fn is told what happens to CPUs, behind all that asked before. It sleeps.
//
//kernel:fn register_cpu_notifier kernel/cpu.c
func (st *Stop) RegisterCPUNotifier(x *cpu.Exec, fn func(x *cpu.Exec, a sched.CPUAction, c int) error) {
	st.mapsLock.Lock(x) // cpu_maps_update_begin
	st.s.OnCPU(sched.PriDefault, fn)
	st.mapsLock.Unlock(x)
}

// get is get_online_cpus(). The mutex is only held for the count; for the
// validator it is held, shared, until put. The writer has the mutex already.
//
//kernel:fn get_online_cpus kernel/cpu.c
func (h *hotplug) get(x *cpu.Exec) {
	sched.MightSleep(x)
	if h.writer == h.s.Task(x) {
		return
	}
	x.MapLock(&h.dep, lockdep.ReadRecursive)
	h.lock.Lock(x)
	h.count.Update(x, func(n int) int { return n + 1 })
	h.lock.Unlock(x)
}

// tryGet is try_get_online_cpus(): get, or false if the mutex is taken, which
// it is all the time while a CPU comes or goes.
//
//kernel:fn try_get_online_cpus kernel/cpu.c
func (h *hotplug) tryGet(x *cpu.Exec) bool {
	if h.writer == h.s.Task(x) {
		return true
	}
	if !h.lock.Trylock(x) {
		return false
	}
	x.MapLock(&h.dep, lockdep.ReadRecursive|lockdep.Trylock)
	h.count.Update(x, func(n int) int { return n + 1 })
	h.lock.Unlock(x)
	return true
}

// put is put_online_cpus(): who lowers the count to zero wakes the writer.
//
//kernel:fn put_online_cpus kernel/cpu.c
func (h *hotplug) put(x *cpu.Exec) {
	if h.writer == h.s.Task(x) {
		return
	}
	left := h.count.Update(x, func(n int) int { return n - 1 }) - 1
	cpu.Warn(x, left < 0, "kernel/cpu.c", "refcount < 0")
	if left <= 0 && h.wait.Active(x) {
		h.wait.WakeUp(x, sched.Normal, 1)
	}
	x.MapUnlock(&h.dep)
}

// begin is cpu_hotplug_begin(): behind it the mutex is held and the count
// zero. Between looking at the count and sleeping the task is on the queue, so
// that a put in between wakes it.
//
//kernel:fn cpu_hotplug_begin kernel/cpu.c
func (h *hotplug) begin(x *cpu.Exec) {
	t := h.s.Task(x)
	h.writer = t
	x.MapLock(&h.dep, 0)
	e := &sched.WaitEntry{Task: t}
	for {
		h.lock.Lock(x)
		h.wait.PrepareToWait(x, e, sched.Uninterruptible)
		if h.count.ReadOnce(x) == 0 {
			break
		}
		h.lock.Unlock(x)
		h.s.Schedule(x)
	}
	h.wait.FinishWait(x, e)
}

// done is cpu_hotplug_done().
//
//kernel:fn cpu_hotplug_done kernel/cpu.c
func (h *hotplug) done(x *cpu.Exec) {
	h.writer = nil
	h.lock.Unlock(x)
	x.MapUnlock(&h.dep)
}
