package cpu

import "lockstep/sim"

// WaitKind is why a CPU spins or a task sleeps.
type WaitKind uint8

// Kinds of waiting.
const (
	WaitSpinlock    WaitKind = iota // queued on a raw spinlock
	WaitOnCPU                       // try_to_wake_up: while (p->on_cpu)
	WaitCSD                         // csd_lock_wait: a call on another CPU
	WaitMutex                       // asleep on a mutex
	WaitSemaphore                   // asleep in down()
	WaitCompletion                  // asleep in wait_for_completion()
	WaitQueue                       // asleep in wait_event()
	WaitRWLock                      // queued on an rwlock
	WaitSeqcount                    // a reader that waits for a writer's section to end
	WaitRWSem                       // asleep on an rw_semaphore
	WaitRTMutex                     // asleep on an rt_mutex
	WaitWWMutex                     // asleep on a ww_mutex
	WaitMultiStop                   // multi_cpu_stop: until the other CPUs have come as far
	WaitHRTimer                     // hrtimer_cancel: until the timer's function returns
	WaitTimer                       // del_timer_sync: likewise
	WaitMigrating                   // task_rq_lock: while a task is between two runqueues
	WaitPercpuRWSem                 // asleep on a percpu_rw_semaphore's readers
	WaitBitLock                     // spinning for a bit of a word
	WaitBit                         // asleep in wait_on_bit()
)

var waitNames = [...]string{
	"spinlock", "on_cpu", "csd", "mutex", "semaphore", "completion", "wait queue",
	"rwlock", "seqcount", "rwsem", "rt_mutex", "ww_mutex", "multi_cpu_stop", "hrtimer", "timer", "migration", "percpu_rwsem", "bit lock", "bit",
}

// String returns the wait's name as it stands in reports.
func (k WaitKind) String() string { return waitNames[k] }

// Awaited is something that can be waited for.
type Awaited interface {
	// AwaitedName names it in reports.
	AwaitedName() string
	// Holder returns who must act before w is over: a CPU, a task, or
	// neither if that cannot be said.
	Holder(w *Wait) Holder
}

// ManyHolders is an [Awaited] whose waiters may wait for several at once, all
// of whom must act: a writer for every reader.
type ManyHolders interface {
	Awaited
	// EachHolder calls fn for all that Holder could name, until it returns
	// true, and returns whether it did.
	EachHolder(w *Wait, fn func(Holder) bool) bool
}

// FirstHolder returns the first that EachHolder names, which is what Holder says
// of an [Awaited] with many.
func FirstHolder(on ManyHolders, w *Wait) (h Holder) {
	on.EachHolder(w, func(first Holder) bool {
		h = first
		return true
	})
	return h
}

// Holder is who a wait waits for.
type Holder struct {
	CPU  *CPU  // that must act
	Task *Exec // that must act, wherever it is
	// How says what the holder has or does, for reports: "held", "next in
	// line", "interrupts off".
	How string
}

// Wait is one wait: a CPU that spins, or a task that sleeps, for On.
type Wait struct {
	Kind WaitKind // why
	On   Awaited  // for what
	CPU  *CPU     // that spins, or spun when it was switched away from; nil for a sleeper
	Task *Exec    // that spins or sleeps
	Done bool     // it is over
	// Since is when the wait began, on the waiter's clock; for views.
	Since sim.Time
	Next  *Wait // the next in line, for locks that keep a queue

	asked uint64   // the last question to the wait-for graph that came here
	obj   *sim.Obj // what is looked at
	slot  int      // depth of contexts on the task's stack
	named bool     // a deadlock that was found and passed contains it
	at    bool     // the CPU parks in it, or is about to: it is in no handler on top
}

// BeginWait makes x's innermost wait; the waiter parks until Done. obj is what
// a spinner looks at. It comes right behind the operation that found it has to
// wait. A wait is on the stack of the task, as the loop is in the kernel: an
// interrupt handler on top that sleeps, which it must not, leaves the CPU to a
// task with waits of its own.
func (x *Exec) BeginWait(k WaitKind, on Awaited, obj *sim.Obj) *Wait {
	if x.nwaits == len(x.waits) {
		x.waits = append(x.waits, new(Wait))
	}
	w := x.waits[x.nwaits]
	*w = Wait{Kind: k, On: on, CPU: x.cpu, Task: x, Since: x.Now(), obj: obj, slot: x.nwaits}
	x.nwaits++
	return w
}

// EndWait takes the innermost wait away again.
func (x *Exec) EndWait(w *Wait) {
	x.nwaits--
	if w.slot != x.nwaits {
		panic("cpu: a wait ended that was not the innermost")
	}
}

// Spin parks x's CPU until w is done. Interrupts that may be taken are taken
// meanwhile; no event is spent on spinning, but behind an interrupt it looks
// again, which is an operation like any read of what others write. Whenever
// it parks the wait-for graph is asked.
func (x *Exec) Spin(w *Wait) {
	for !w.Done {
		w.at = true
		x.m.checkDeadlock(w.CPU)
		woken := w.CPU.P.Park()
		w.at = false
		if !woken {
			x.m.Hooks.Interrupt(x)
			x.Op(KindRead, w.obj, sim.AccessRead, x.m.Costs.Load)
		}
	}
}

// SpinOnce is Spin for a spinner that may be preempted, such as a reader of a
// seqcount: it parks x's CPU until w is done or an interrupt may be taken, and
// ends w in either case, since the task may run elsewhere behind the interrupt.
// It returns whether w is done; if not, the caller takes w off its list and
// looks again, an operation at which the interrupt is taken.
func (x *Exec) SpinOnce(w *Wait) bool {
	if !w.Done {
		w.at = true
		x.m.checkDeadlock(w.CPU)
		w.CPU.P.Park()
		w.at = false
	}
	x.EndWait(w)
	return w.Done
}

// TakeInterrupt takes what is pending on x's CPU, if it may.
func (x *Exec) TakeInterrupt() { x.m.Hooks.Interrupt(x) }

// Halt parks x's CPU until an interrupt arrives, and takes it.
func (x *Exec) Halt() {
	c := x.cpu
	c.halted, c.haltedAt = true, c.P.Now()
	woken := c.P.Park()
	c.halted = false
	c.haltedFor += c.P.Now() - c.haltedAt
	x.Spend(x.m.Costs.HaltExit)
	if !woken {
		x.m.Hooks.Interrupt(x)
	}
}

// Waiting returns the CPU's innermost wait, nil if the CPU can go on by
// itself. One that is about to park counts as waiting: no operation lies
// between its question to the wait-for graph and Park. So does one whose wait
// closed a cycle, in which the run ended.
func (c *CPU) Waiting() *Wait {
	x := c.cur
	if x == nil || x.nwaits == 0 {
		return nil
	}
	if w := x.waits[x.nwaits-1]; w.at && !w.Done {
		return w
	}
	return nil
}
