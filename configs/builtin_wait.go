package configs

import (
	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

var (
	queueKind      = lockKind[*sched.WaitQueue]{KindWaitQueue, "waiting", func(m *Machine) map[string]*sched.WaitQueue { return m.waitQueues }}
	completionKind = lockKind[*sched.Completion]{KindCompletion, "waiting", func(m *Machine) map[string]*sched.Completion { return m.completions }}
	semaphoreKind  = lockKind[*sched.Semaphore]{KindSemaphore, "waiting", func(m *Machine) map[string]*sched.Semaphore { return m.semaphores }}
)

// condition makes of a body's function what a wait looks at.
func (b *body) condition(fn starlark.Callable) func() bool {
	return func() bool {
		v, _ := b.call(b.x, fn)
		return v != nil && bool(v.Truth())
	}
}

// waitEvent makes a builtin of the wait_event family.
func waitEvent(name, doc string, fn func(q *sched.WaitQueue, x *cpu.Exec, cond func() bool)) Builtin {
	return queueKind.builtin(name, ", condition", doc, func(b *body, a args, q *sched.WaitQueue) (starlark.Value, error) {
		f, err := a.function(1)
		if err == nil {
			fn(q, b.x, b.condition(f))
		}
		return nil, err
	})
}

// timed makes a builtin whose last argument is a number of jiffies.
func timed[T any](k lockKind[T], name, doc string, fn func(l T, x *cpu.Exec, jiffies uint64) starlark.Value) Builtin {
	return k.builtin(name, ", jiffies", doc, func(b *body, a args, l T) (starlark.Value, error) {
		n, err := a.number(1, 0)
		if err != nil {
			return nil, err
		}
		return fn(l, b.x, uint64(n)), nil
	})
}

var waitBuiltins = []Builtin{
	waitEvent("wait_event", "Sleep until a condition holds; who makes it true wakes the queue.",
		func(q *sched.WaitQueue, x *cpu.Exec, cond func() bool) { q.WaitEvent(x, sched.Uninterruptible, cond) }),
	waitEvent("wait_event_interruptible", "The same, sleeping interruptibly.",
		func(q *sched.WaitQueue, x *cpu.Exec, cond func() bool) { q.WaitEvent(x, sched.Interruptible, cond) }),
	waitEvent("wait_event_interruptible_exclusive", "The same; of those who wait so a wake_up wakes one.",
		func(q *sched.WaitQueue, x *cpu.Exec, cond func() bool) {
			q.WaitEventExclusive(x, sched.Interruptible, cond)
		}),
	queueKind.builtin("wait_event_timeout", ", condition, jiffies", "The same with a timeout; returns what is left of it, 0 if the condition does not hold then.",
		func(b *body, a args, q *sched.WaitQueue) (starlark.Value, error) {
			f, err := a.function(1)
			if err != nil {
				return nil, err
			}
			n, err := a.number(2, 0)
			if err != nil {
				return nil, err
			}
			return starlark.MakeUint64(q.WaitEventTimeout(b.x, sched.Uninterruptible, uint64(n), b.condition(f))), nil
		}),
	queueKind.take("wake_up", "Wake a queue: everybody who is not exclusive, and one who is.",
		func(q *sched.WaitQueue, x *cpu.Exec) { q.WakeUp(x, sched.Normal, 1) }),
	queueKind.take("wake_up_all", "Wake everybody in a queue.", (*sched.WaitQueue).WakeUpAll),
	queueKind.take("wake_up_interruptible", "Wake who sleeps interruptibly, one exclusive one.",
		func(q *sched.WaitQueue, x *cpu.Exec) { q.WakeUp(x, sched.Interruptible, 1) }),
	queueKind.builtin("wake_up_nr", ", n", "Wake a queue, at most n exclusive ones.", func(b *body, a args, q *sched.WaitQueue) (starlark.Value, error) {
		n, err := a.number(1, 1)
		if err == nil {
			q.WakeUp(b.x, sched.Normal, int(n))
		}
		return nil, err
	}),
	queueKind.try("waitqueue_active", "Whether somebody is in a queue, without its lock.", (*sched.WaitQueue).Active),
	completionKind.take("complete_all", "Let everybody through, from now on.", (*sched.Completion).CompleteAll),
	completionKind.try("completion_done", "Whether a wait would be let through at once.", (*sched.Completion).IsDone),
	completionKind.try("try_wait_for_completion", "Be let through without sleeping; returns whether it was.", (*sched.Completion).TryWait),
	completionKind.take("reinit_completion", "Forget what was completed.", func(c *sched.Completion, _ *cpu.Exec) { c.Reinit() }),
	timed(completionKind, "wait_for_completion_timeout", "Sleep until it is completed, with a timeout; returns what is left of it, 0 if it is not.",
		func(c *sched.Completion, x *cpu.Exec, n uint64) starlark.Value {
			return starlark.MakeUint64(c.WaitTimeout(x, n))
		}),
	semaphoreKind.try("down_trylock", "Take a semaphore if it is free; returns whether it was (the kernel returns 0 then).", (*sched.Semaphore).DownTrylock),
	semaphoreKind.take("down_interruptible", "Take it, sleeping interruptibly; nobody sends signals.", (*sched.Semaphore).DownInterruptible),
	timed(semaphoreKind, "down_timeout", "Take it, with a timeout; returns 0, or -ETIME if that passed first.",
		func(m *sched.Semaphore, x *cpu.Exec, n uint64) starlark.Value {
			v, _ := errno(m.DownTimeout(x, n))
			return v
		}),
	rtMutexKind.builtin("rt_mutex_timed_futex_lock", "", "Take an rt_mutex as a PI futex does, looking for deadlocks; returns 0 or -EDEADLK.",
		func(b *body, _ args, l *sched.RTMutex) (starlark.Value, error) {
			return errno(l.TimedFutexLock(b.x))
		}),
	rtMutexKind.builtin("rt_mutex_timed_lock", ", us", "Take an rt_mutex, with a timeout; returns 0, or -ETIMEDOUT if that passed first.",
		func(b *body, a args, l *sched.RTMutex) (starlark.Value, error) {
			us, err := a.number(1, 1)
			if err != nil {
				return nil, err
			}
			h, err := a.hr()
			if err != nil {
				return nil, err
			}
			return errno(h.TimedLock(b.x, l, sim.Time(us)*sim.Microsecond))
		}),
	{Name: "kfree", Args: "object", Group: "memory", Doc: "Free the memory of a shared object: whoever touches it afterwards has found a use-after-free.", min: -1, kinds: []ArgKind{KindMemory},
		fn: func(b *body, a args) (starlark.Value, error) {
			mem, err := find(a, 0, KindMemory, b.m.memory)
			if err == nil {
				b.x.Kfree(mem)
			}
			return nil, err
		}},
}
