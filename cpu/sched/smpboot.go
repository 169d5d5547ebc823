package sched

import "lockstep/cpu"

// SmpbootThread is smp_hotplug_thread: a kind of thread of which every CPU has
// one, which is parked while its CPU is gone
// (docs/kernel/sched-irq-printk.md §1.20).
type SmpbootThread struct {
	Name func(c int) string // of CPU c's thread
	PID  func(c int) int    // of CPU c's thread
	// Setup, Park and Unpark are called in the thread, before it first works
	// and around the time it is parked; nil for nothing to do.
	Setup, Park, Unpark func(x *cpu.Exec, c int)
	// Cleanup mirrors Setup in a thread that is stopped; it is told whether its
	// CPU is online. nil for nothing to do.
	Cleanup   func(x *cpu.Exec, c int, online bool)
	ShouldRun func(x *cpu.Exec, c int) bool // with preemption off
	Fn        func(x *cpu.Exec, c int)      // the work
	// SelfParking threads are parked and unparked by whoever has them.
	SelfParking bool

	s       *Sched
	threads []*Kthread
	status  []smpbootStatus // its thread's own
}

// smpbootStatus is the status of smpboot_thread_data.
type smpbootStatus uint8

const (
	smpbootNone smpbootStatus = iota
	smpbootActive
	smpbootParked
)

// RegisterSmpboot is smpboot_register_percpu_thread() at boot: it makes the
// threads, asleep until they are first woken.
//
//kernel:fn smpboot_register_percpu_thread kernel/smpboot.c
func (s *Sched) RegisterSmpboot(h *SmpbootThread) {
	h.s = s
	h.threads = make([]*Kthread, len(s.rqs))
	h.status = make([]smpbootStatus, len(s.rqs))
	for c := range h.threads {
		h.threads[c] = s.BootKthread(h.Name(c), h.PID(c), c, func(x *cpu.Exec, k *Kthread) int { return h.run(x, k, c) })
	}
	s.smpboot = append(s.smpboot, h)
}

// Task returns CPU c's thread.
func (h *SmpbootThread) Task(c int) *Task { return h.threads[c].Task }

// ParkSelf is kthread_park() of CPU c's thread by itself, and UnparkCPU lets
// it go on; for threads that are SelfParking.
func (h *SmpbootThread) ParkSelf(x *cpu.Exec, c int) { h.threads[c].Park(x) }

// UnparkCPU is kthread_unpark() of CPU c's thread; see ParkSelf.
func (h *SmpbootThread) UnparkCPU(x *cpu.Exec, c int) { h.threads[c].Unpark(x) }

// run is smpboot_thread_fn(). The state is set before anything is looked at:
// whoever asks for something asks first and wakes then. Preemption is off
// between the look and the sleep, or the thread could be moved in between.
//
//kernel:fn smpboot_thread_fn kernel/smpboot.c
func (h *SmpbootThread) run(x *cpu.Exec, k *Kthread, c int) int {
	s := h.s
	for {
		s.SetCurrentState(x, Interruptible)
		cpu.PreemptDisable(x)
		switch {
		case k.ShouldStop(x):
			h.busy(x, k)
			if h.Cleanup != nil && h.status[c] != smpbootNone {
				h.Cleanup(x, c, s.m.Online.Test(x, c))
			}
			return 0
		case k.ShouldPark(x):
			h.busy(x, k)
			if h.status[c] == smpbootActive {
				h.here(x, c)
				call(x, h.Park, c)
				h.status[c] = smpbootParked
			}
			k.Parkme(x)
			continue
		}
		h.here(x, c)
		switch {
		case h.status[c] == smpbootNone:
			h.busy(x, k)
			call(x, h.Setup, c)
			h.status[c] = smpbootActive
		case h.status[c] == smpbootParked:
			h.busy(x, k)
			call(x, h.Unpark, c)
			h.status[c] = smpbootActive
		case !h.ShouldRun(x, c):
			cpu.PreemptEnableNoResched(x)
			s.Schedule(x)
		default:
			h.busy(x, k)
			h.Fn(x, c)
		}
	}
}

// busy ends the look: the thread will not sleep.
func (h *SmpbootThread) busy(x *cpu.Exec, k *Kthread) {
	k.Task.State.WriteOnce(x, Running)
	cpu.PreemptEnable(x)
}

func call(x *cpu.Exec, fn func(*cpu.Exec, int), c int) {
	if fn != nil {
		fn(x, c)
	}
}

// here is BUG_ON(td->cpu != smp_processor_id()).
func (h *SmpbootThread) here(x *cpu.Exec, c int) {
	if x.CPU().ID != c {
		cpu.Bug(x, "kernel/smpboot.c", "smpboot_thread_fn: "+x.Comm+" runs on another CPU than its own")
	}
}

// ParkSmpboot is smpboot_park_threads(): those registered last first.
//
//kernel:fn smpboot_park_threads kernel/smpboot.c
func (s *Sched) ParkSmpboot(x *cpu.Exec, c int) {
	for i := len(s.smpboot) - 1; i >= 0; i-- {
		if h := s.smpboot[i]; !h.SelfParking {
			h.threads[c].Park(x)
		}
	}
}

// unparkSmpboot is smpboot_unpark_threads().
//
//kernel:fn smpboot_unpark_threads kernel/smpboot.c
func (s *Sched) unparkSmpboot(x *cpu.Exec, c int) {
	for _, h := range s.smpboot {
		if !h.SelfParking {
			h.threads[c].Unpark(x)
		}
	}
}
