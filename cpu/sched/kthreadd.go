package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
)

// kthreadd is the thread that makes all others (docs/kernel/
// sched-irq-printk.md §1.20), and what is asked of it. Threads of the boot
// need none, so it is made when a running machine first asks for a thread: it
// has slept until then, and nobody can tell since when.
type kthreadd struct {
	lock  lock.Raw // kthread_create_lock
	list  []*kthreadCreate
	asked cpu.Var[int] // the list's length, for the unlocked list_empty()
	task  *Task
	pid   int // of the next thread
}

// kthreadCreate is kthread_create_info: on its creator's stack.
type kthreadCreate struct {
	comm   string
	fn     KthreadFunc
	result *Kthread
	done   Completion
	wanted cpu.Var[bool] // create->done is not NULL: the creator still waits
}

// The PIDs of kthreadd and of the first thread it makes.
const (
	pidKthreadd    = 2
	pidKthreadLate = 2001
)

var (
	kthreadCreateLockKey = lockdep.Key{Name: "kthread_create_lock"}
	kthreadDoneKey       = lockdep.Key{Name: "(&done).wait"}
)

// KthreadCreate is kthread_create(): kthreadd makes the thread, which sleeps
// then until it is first woken.
//
//kernel:fn kthread_create_on_node kernel/kthread.c
func (s *Sched) KthreadCreate(x *cpu.Exec, comm string, fn KthreadFunc) *Kthread {
	x.Kmalloc()
	d := s.startKthreadd()
	info := &kthreadCreate{comm: comm, fn: fn}
	info.done.InitKey(s, comm+"->create.done", &kthreadDoneKey)
	info.done.CompletedBy(func() *cpu.Exec {
		if info.result != nil {
			return &info.result.Task.Exec
		}
		return &d.task.Exec
	})
	info.wanted.Init(s.m, comm+"->create->done", true)
	d.lock.Lock(x)
	d.list = append(d.list, info)
	d.asked.WriteOnce(x, len(d.list))
	d.lock.Unlock(x)
	s.WakeUpProcess(x, d.task)
	info.done.Wait(x) // killable, but nothing kills
	info.done.Forget()
	p := info.result.Task
	for range 2 { // sched_setscheduler_nocheck() and set_cpus_allowed_ptr() find nothing to change
		rq, f := s.TaskRQLock(x, p)
		s.TaskRQUnlock(x, rq, p, f)
	}
	return info.result
}

// KthreadRun is kthread_run(): a thread that runs at once.
//
//kernel:fn kthread_run include/linux/kthread.h
func (s *Sched) KthreadRun(x *cpu.Exec, comm string, fn KthreadFunc) *Kthread {
	k := s.KthreadCreate(x, comm, fn)
	s.WakeUpProcess(x, k.Task)
	return k
}

// KthreadCreateOnCPU is kthread_create_on_cpu(): a per-CPU thread, bound to
// CPU c and parked, which is how it gets out of the state of one that was
// never woken. Unpark lets it run.
//
//kernel:fn kthread_create_on_cpu kernel/kthread.c
func (s *Sched) KthreadCreateOnCPU(x *cpu.Exec, comm string, c int, fn KthreadFunc) *Kthread {
	k := s.KthreadCreate(x, comm, fn)
	k.cpu = c
	k.setFlags(x, kthreadIsPerCPU)
	if err := k.Park(x); err != nil {
		panic("sched: a thread that was never woken has ended: " + err.Error())
	}
	return k
}

// startKthreadd returns kthreadd, made right behind a Kmalloc if there is none.
func (s *Sched) startKthreadd() *kthreadd {
	d := &s.kthreadd
	if d.task == nil {
		d.pid = pidKthreadLate
		d.lock.Init(s.m, "kthread_create_lock", &kthreadCreateLockKey)
		d.asked.Init(s.m, "kthread_create_list", 0)
		d.task = s.newTask("kthreadd", pidKthreadd, 0, s.runKthreadd)
		d.task.Daemon = true
		d.task.State.Poke(Interruptible)
	}
	return d
}

// runKthreadd is kthreadd(): the state is set before the list is looked at.
//
//kernel:fn kthreadd kernel/kthread.c
func (s *Sched) runKthreadd(x *cpu.Exec) {
	d := &s.kthreadd
	for {
		s.SetCurrentState(x, Interruptible)
		if d.asked.ReadOnce(x) == 0 {
			s.Schedule(x)
		}
		d.task.State.WriteOnce(x, Running)
		d.lock.Lock(x)
		for len(d.list) > 0 {
			info := d.list[0]
			d.list = d.list[1:]
			d.asked.WriteOnce(x, len(d.list))
			d.lock.Unlock(x)
			s.createKthread(x, info)
			d.lock.Lock(x)
		}
		d.lock.Unlock(x)
	}
}

// createKthread is create_kthread(): fork.
//
//kernel:fn create_kthread kernel/kthread.c
func (s *Sched) createKthread(x *cpu.Exec, info *kthreadCreate) {
	x.Kmalloc()
	d := &s.kthreadd
	k := s.makeKthread(info.comm, d.pid, x.CPU().ID, info.fn)
	d.pid++
	k.info = info
	info.result = k
	s.WakeUpNewTask(x, k.Task)
}

// announce tells the creator that the thread is there, and sleeps. Nobody is
// there to be told if the creator was killed; nothing kills here.
func (k *Kthread) announce(x *cpu.Exec) bool {
	info := k.info
	if !info.wanted.Xchg(x, false) {
		return false
	}
	k.Task.State.WriteOnce(x, Uninterruptible)
	k.info = nil // the creator's stack
	info.done.Complete(x)
	k.s.Schedule(x)
	return true
}
