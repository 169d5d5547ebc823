package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
)

// Kthread is a thread of the kernel that can be told to stop and to park
// (docs/kernel/sched-irq-printk.md §1.20): struct kthread, which lies on the
// thread's own stack, and its task.
//
//	                 KthreadCreate                 first wake-up
//	creator ------------------------> UNINTERRUPTIBLE --------> fn
//	  Park:   SHOULD_PARK, wake      fn: Parkme --> PARKED, parked done
//	  Unpark: SHOULD_PARK off, wake  fn goes on
//	  Stop:   SHOULD_STOP, Unpark, wake  fn returns --> exited done
//
// The two requests are bits that the thread looks at when it likes; whoever
// asks sets the bit first and wakes then, and the thread sets its state first
// and looks then, so that one of them sees the other.
type Kthread struct {
	Task *Task // whose stack it is

	s      *Sched
	flags  cpu.Var[uint32]
	live   cpu.Var[bool] // task->vfork_done points here
	cpu    int           // of a per-CPU thread, where Unpark binds it again
	code   int           // what fn returned; good once exited is done
	fn     KthreadFunc
	info   *kthreadCreate // who asked for it; nil of a thread of the boot
	parked Completion
	exited Completion
}

// KthreadFunc is what a kthread runs; what it returns is the thread's exit
// code.
type KthreadFunc func(x *cpu.Exec, k *Kthread) int

// Bits of kthread->flags.
const (
	kthreadIsPerCPU   uint32 = 1 << iota // Unpark binds it to its CPU
	kthreadShouldStop                    // fn is to return
	kthreadShouldPark                    // fn is to call Parkme
	kthreadIsParked                      // it sleeps in Parkme, or is about to
)

var (
	kthreadParkedKey = lockdep.Key{Name: "(&kthread->parked).wait"}
	kthreadExitedKey = lockdep.Key{Name: "(&kthread->exited).wait"}
)

// makeKthread makes the thread; its task begins in kthread().
func (s *Sched) makeKthread(comm string, pid, cpuNr int, fn KthreadFunc) *Kthread {
	k := &Kthread{s: s, fn: fn, cpu: cpuNr}
	k.Task = s.newTask(comm, pid, cpuNr, k.run)
	k.Task.Daemon, k.Task.kthread = true, k
	outer := s.m.Within(comm, -1)
	k.flags.Init(s.m, "->kthread.flags", 0)
	k.live.Init(s.m, "->vfork_done", true)
	k.parked.InitKey(s, "->kthread.parked", &kthreadParkedKey)
	k.exited.InitKey(s, "->kthread.exited", &kthreadExitedKey)
	s.m.Leave(outer)
	thread := func() *cpu.Exec { return &k.Task.Exec }
	k.parked.CompletedBy(thread)
	k.exited.CompletedBy(thread)
	return k
}

// BootKthread makes a kthread before the machine starts, in the state in which
// KthreadCreate leaves one: asleep until it is first woken. With a cpuNr of
// at least 0 it is a per-CPU thread, bound there.
func (s *Sched) BootKthread(comm string, pid, cpuNr int, fn KthreadFunc) *Kthread {
	k := s.makeKthread(comm, pid, max(cpuNr, 0), fn)
	if cpuNr >= 0 {
		k.Task.Allowed = s.onlyCPU(cpuNr)
		k.flags.Poke(kthreadIsPerCPU)
	}
	k.Task.State.Poke(Uninterruptible)
	return k
}

// Kthread is to_kthread(): nil for a task that is none.
func (t *Task) Kthread() *Kthread { return t.kthread }

// onlyCPU returns the mask of one CPU.
func (s *Sched) onlyCPU(c int) []bool {
	mask := make([]bool, len(s.rqs))
	mask[c] = true
	return mask
}

// run is kthread(): what the thread does around fn. A thread that somebody
// waits for says that it is there and sleeps until it is first woken; one that
// was stopped before that never runs fn.
//
//kernel:fn kthread kernel/kthread.c
func (k *Kthread) run(x *cpu.Exec) {
	if k.info != nil && !k.announce(x) {
		return
	}
	if k.flags.ReadOnce(x)&kthreadShouldStop == 0 {
		k.Parkme(x)
		k.code = k.fn(x, k)
	} else {
		k.code = -int(EINTR)
	}
	k.mmRelease(x)
}

// mmRelease is the part of mm_release(), in do_exit(), that lets who waits in
// kthread_stop() go on. Behind the store nobody finds the kthread any more.
//
//kernel:fn mm_release kernel/fork.c
func (k *Kthread) mmRelease(x *cpu.Exec) {
	k.live.WriteOnce(x, false)
	k.exited.Complete(x)
}

// ShouldStop is kthread_should_stop(), of the thread itself.
//
//kernel:fn kthread_should_stop kernel/kthread.c
func (k *Kthread) ShouldStop(x *cpu.Exec) bool {
	return k.flags.ReadOnce(x)&kthreadShouldStop != 0
}

// Stop is kthread_stop(): ask the thread to return, and wait until it has. It
// returns the thread's exit code; -EINTR if it never came to run fn.
//
//kernel:fn kthread_stop kernel/kthread.c
func (k *Kthread) Stop(x *cpu.Exec) int {
	if k.live.ReadOnce(x) { // to_live_kthread
		k.setFlags(x, kthreadShouldStop)
		k.unpark(x)
		if !k.s.m.Mutated("sched.kthread-stop-no-wake") {
			k.s.WakeUpProcess(x, k.Task)
		}
		k.exited.Wait(x)
	}
	return k.code
}

// setFlags is set_bit().
func (k *Kthread) setFlags(x *cpu.Exec, bits uint32) uint32 {
	return k.flags.Update(x, func(f uint32) uint32 { return f | bits })
}

// clearFlags is clear_bit(), and test_and_clear_bit() for who looks at what it
// returns.
func (k *Kthread) clearFlags(x *cpu.Exec, bits uint32) uint32 {
	return k.flags.Update(x, func(f uint32) uint32 { return f &^ bits })
}
