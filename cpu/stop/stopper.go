package stop

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// Fn is what a stopper runs, with preemption off on its own CPU. What it
// returns, if it is not 0, is what the caller gets.
type Fn func(x *cpu.Exec) int

// ErrNoEntry is -ENOENT: the CPU has no stopper at work.
const ErrNoEntry = -2

// work is cpu_stop_work.
type work struct {
	fn   Fn
	done *done // nil: nobody waits
	name string
}

// stopper is cpu_stopper.
type stopper struct {
	lock    lock.Raw // stopper->lock; the fields below change under it
	enabled bool
	works   []*work
	current *work // what the thread runs, for views
	thread  *sched.Task
	stop    work // stop_work: the one of stop_cpus(), under stop_cpus_mutex
}

// Stop is the stoppers of one machine.
type Stop struct {
	m        *cpu.Machine
	s        *sched.Sched
	stoppers []stopper
	lg       lglock // stop_cpus_lock
	mutex    sched.Mutex
	hotplug  hotplug
	calls    cpu.PerTask[call]
	balance  []NoWait // active_balance_work of each runqueue
	threads  sched.SmpbootThread
	mapsLock sched.Mutex // cpu_add_remove_lock
	// TwoCPUsSeparately makes stop_two_cpus() queue its works one after the
	// other, as before 4.2 (BUG-F7).
	TwoCPUsSeparately bool
}

var (
	stopperLockKey = lockdep.Key{Name: "&stopper->lock"}
	stopMutexKey   = lockdep.Key{Name: "stop_cpus_mutex"}
)

// pidStopper returns the PID of a CPU's migration thread, as a booted system
// numbers them.
func pidStopper(c int) int {
	if c == 0 {
		return 10
	}
	return 7 + 5*c
}

// New makes the stoppers and their threads, asleep.
//
//kernel:fn cpu_stop_init kernel/stop_machine.c
func New(m *cpu.Machine, s *sched.Sched) *Stop {
	st := &Stop{m: m, s: s, stoppers: make([]stopper, len(m.CPUs))}
	st.lg.init(m, "stop_cpus_lock")
	st.mutex.Init(s, "stop_cpus_mutex", &stopMutexKey)
	st.hotplug.init(s)
	st.m.Hooks.GetOnlineCPUs, st.m.Hooks.PutOnlineCPUs = st.hotplug.get, st.hotplug.put
	st.m.Hooks.TryGetOnlineCPUs = st.hotplug.tryGet
	for i := range st.stoppers {
		p := &st.stoppers[i]
		p.lock.Init(m, fmt.Sprintf("stopper%d->lock", i), &stopperLockKey)
		p.enabled = true
	}
	st.mapsLock.Init(s, "cpu_add_remove_lock", &mapsLockKey)
	st.threads.Name = func(c int) string { return fmt.Sprintf("migration/%d", c) }
	st.threads.PID, st.threads.SelfParking = pidStopper, true
	st.threads.ShouldRun = func(x *cpu.Exec, c int) bool { return st.stoppers[c].shouldRun(x) }
	st.threads.Fn = func(x *cpu.Exec, c int) { st.runWorks(x, &st.stoppers[c]) }
	s.RegisterSmpboot(&st.threads)
	for i := range st.stoppers {
		st.stoppers[i].thread = st.threads.Task(i)
		s.SetStopTask(i, st.stoppers[i].thread)
	}
	st.balance = make([]NoWait, len(m.CPUs))
	s.SetStopper(sched.StopCalls{
		OneCPU:  func(x *cpu.Exec, c int, fn func(*cpu.Exec) int) int { return st.OneCPU(x, c, fn) },
		TwoCPUs: func(x *cpu.Exec, a, b int, fn func(*cpu.Exec) int) int { return st.TwoCPUs(x, a, b, fn) },
		OneCPUNoWait: func(x *cpu.Exec, c int, fn func(*cpu.Exec) int) {
			st.OneCPUNoWait(x, c, fn, &st.balance[c])
		},
		Unpark: func(x *cpu.Exec, c int) { // stop_machine_unpark
			st.stoppers[c].enabled = true
			st.threads.UnparkCPU(x, c)
		},
	})
	return st
}

// queueLocked is __cpu_stop_queue_work(): the thread is woken with
// stopper->lock held.
//
//kernel:fn __cpu_stop_queue_work kernel/stop_machine.c
func (st *Stop) queueLocked(x *cpu.Exec, p *stopper, w *work) {
	p.lock.AssertHeld(x)
	p.works = append(p.works, w)
	st.s.WakeUpProcess(x, p.thread)
}

// queue is cpu_stop_queue_work(). A stopper that is not enabled runs nothing,
// and the caller learns that it did not.
//
//kernel:fn cpu_stop_queue_work kernel/stop_machine.c
func (st *Stop) queue(x *cpu.Exec, c int, w *work) {
	p := &st.stoppers[c]
	f := p.lock.LockIrqsave(x)
	if p.enabled {
		st.queueLocked(x, p, w)
	} else {
		w.done.signal(x, false)
	}
	p.lock.UnlockIrqrestore(x, f)
}

// shouldRun is cpu_stop_should_run().
//
//kernel:fn cpu_stop_should_run kernel/stop_machine.c
func (p *stopper) shouldRun(x *cpu.Exec) bool {
	f := p.lock.LockIrqsave(x)
	run := len(p.works) > 0
	p.lock.UnlockIrqrestore(x, f)
	return run
}

// runWorks is cpu_stopper_thread(): one work after the other, in the order of
// the queue. Who waits is told behind the function, when preemption is on
// again.
//
//kernel:fn cpu_stopper_thread kernel/stop_machine.c
func (st *Stop) runWorks(x *cpu.Exec, p *stopper) {
	for {
		p.lock.LockIrq(x)
		var w *work
		if len(p.works) > 0 {
			w = p.works[0]
			p.works = p.works[1:]
		}
		p.current = w
		p.lock.UnlockIrq(x)
		if w == nil {
			return
		}
		fn, d := w.fn, w.done // a caller that is told may use w again
		cpu.PreemptDisable(x)
		if ret := fn(x); ret != 0 && d != nil {
			d.ret.WriteOnce(x, ret)
		}
		cpu.PreemptEnable(x)
		if n := x.CPU().Count(); n != 0 {
			cpu.WarnOnce(x, true, "kernel/stop_machine.c", fmt.Sprintf("cpu_stop: %s leaked preempt count", w.name))
			x.CPU().SetCount(0)
		}
		d.signal(x, true)
	}
}
