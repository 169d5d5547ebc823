package configs

import (
	"fmt"
	"maps"
	"slices"

	"go.starlark.net/starlark"

	"lockstep/cpu/sched"
)

var taskStates = map[string]sched.State{
	"TASK_RUNNING": sched.Running, "TASK_INTERRUPTIBLE": sched.Interruptible, "TASK_UNINTERRUPTIBLE": sched.Uninterruptible,
}

// policies are the policies of [[task]] and sched_setscheduler.
var policies = map[string]sched.Policy{
	"SCHED_NORMAL": sched.PolicyNormal, "SCHED_BATCH": sched.PolicyBatch, "SCHED_IDLE": sched.PolicyIdle,
	"SCHED_FIFO": sched.PolicyFIFO, "SCHED_RR": sched.PolicyRR,
}

// onTask makes a builtin whose first argument is a task.
func onTask(name, rest, doc string, needs part, fn func(b *body, a args, t *sched.Task) (starlark.Value, error)) Builtin {
	return Builtin{
		Name: name, Args: "task" + rest, Group: "scheduler", Doc: doc, min: -1, kinds: []ArgKind{KindTask}, needs: needs,
		fn: func(b *body, a args) (starlark.Value, error) {
			t, err := a.task(0)
			if err != nil {
				return nil, err
			}
			return fn(b, a, t)
		},
	}
}

// setScheduler is sched_setscheduler().
func setScheduler(b *body, a args, t *sched.Task) (starlark.Value, error) {
	name, err := a.text(1)
	if err != nil {
		return nil, err
	}
	policy, ok := policies[name]
	if !ok {
		return nil, fmt.Errorf("%s: there is no policy %q%s", a.name, name, hintOf(name, slices.Sorted(maps.Keys(policies))))
	}
	prio, err := a.number(2, 0)
	if err != nil {
		return nil, err
	}
	if !b.m.Sched.SetScheduler(b.x, t, policy, int(min(prio, 100))) {
		return errno(sched.EINVAL)
	}
	return errno(nil)
}

var schedBuiltins = []Builtin{
	{Name: "schedule", Group: "scheduler", Doc: "Give the CPU away; sleeps if the state says so.", min: -1, fn: plain(func(b *body) { b.m.Sched.Schedule(b.x) })},
	{Name: "cond_resched", Group: "scheduler", Doc: "Give the CPU away if somebody wants it.", min: -1, fn: plain(func(b *body) { b.m.Sched.CondResched(b.x) })},
	{Name: "set_current_state", Args: "state", Group: "scheduler", Doc: "Set the task's state, TASK_RUNNING, TASK_INTERRUPTIBLE or TASK_UNINTERRUPTIBLE.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			name, err := a.text(0)
			if err != nil {
				return nil, err
			}
			st, ok := taskStates[name]
			if !ok {
				return nil, fmt.Errorf("%s: there is no state %q", a.name, name)
			}
			b.m.Sched.SetCurrentState(b.x, st)
			return nil, nil
		}},
	{Name: "wake_up_process", Args: "task", Group: "scheduler", Doc: "Wake a task; returns whether it slept.", min: -1, kinds: []ArgKind{KindTask},
		fn: func(b *body, a args) (starlark.Value, error) {
			t, err := a.task(0)
			if err != nil {
				return nil, err
			}
			return starlark.Bool(b.m.Sched.WakeUpProcess(b.x, t)), nil
		}},
	onTask("set_user_nice", ", nice", "Give a task a nice value from -20 to 19.", 0, func(b *body, a args, t *sched.Task) (starlark.Value, error) {
		n, err := a.number(1, -20)
		if err == nil && n > 19 {
			err = fmt.Errorf("%s: nice %d, the last is 19", a.name, n)
		}
		if err == nil {
			b.m.Sched.SetUserNice(b.x, t, int(n))
		}
		return nil, err
	}),
	onTask("sched_setscheduler", ", policy, rt_priority", "Give a task a policy, SCHED_NORMAL, SCHED_BATCH, SCHED_IDLE, SCHED_FIFO or SCHED_RR, and for the latter two a priority from 1 to 99; returns 0 or -EINVAL.", 0, setScheduler),
	onTask("set_cpus_allowed_ptr", ", cpus", "Let a task run on a list of CPUs only; it is moved if need be.", partStop, func(b *body, a args, t *sched.Task) (starlark.Value, error) {
		cpus, err := a.cpus(1)
		if err != nil {
			return nil, err
		}
		mask := make([]bool, len(b.m.CPU.CPUs))
		for _, c := range cpus {
			mask[c] = true
		}
		return errno(b.m.Sched.SetCPUsAllowed(b.x, t, mask))
	}),
	onTask("yield_to", ", preempt", "Give the CPU away, preferably to a task, which is made the next on its CPU, at once if preempt is true; returns whether it was.", 0, func(b *body, a args, t *sched.Task) (starlark.Value, error) {
		yielded, _ := b.m.Sched.YieldTo(b.x, t, bool(a.tuple[1].Truth()))
		return starlark.Bool(yielded), nil
	}),
	onTask("task_sched_runtime", "", "How long a task has run, in nanoseconds; of one that runs it takes the pi_lock and the runqueue's lock.", 0, func(b *body, a args, t *sched.Task) (starlark.Value, error) {
		return starlark.MakeInt64(b.m.Sched.TaskSchedRuntime(b.x, t)), nil
	}),
	{Name: "sched_yield", Group: "scheduler", Doc: "Let others of the same class run; the kernel calls it yield, which is no name in Starlark.", min: -1,
		fn: plain(func(b *body) { b.m.Sched.Yield(b.x) })},
	{Name: "msleep", Args: "ms", Group: "scheduler", Doc: "Sleep for at least some milliseconds.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			n, err := a.number(0, 0)
			if err == nil {
				b.m.Timers.Msleep(b.x, uint64(n))
			}
			return nil, err
		}},
	{Name: "complete", Args: "completion", Group: "scheduler", Doc: "Let one waiter of a completion through.", min: -1, kinds: []ArgKind{KindCompletion},
		fn: onCompletion((*sched.Completion).Complete)},
	{Name: "wait_for_completion", Args: "completion", Group: "scheduler", Doc: "Sleep until it is completed.", min: -1, kinds: []ArgKind{KindCompletion},
		fn: onCompletion((*sched.Completion).Wait)},
	{Name: "down", Args: "semaphore", Group: "scheduler", Doc: "Take a semaphore, sleeping if need be.", min: -1, kinds: []ArgKind{KindSemaphore},
		fn: onSemaphore((*sched.Semaphore).Down)},
	{Name: "up", Args: "semaphore", Group: "scheduler", Doc: "Give it back; a sleeper is woken under its inner lock.", min: -1, kinds: []ArgKind{KindSemaphore},
		fn: onSemaphore((*sched.Semaphore).Up)},
	{Name: "task_rq_lock", Args: "task", Group: "scheduler", Doc: "Take the task's pi_lock and its runqueue's lock; returns the flags.", min: -1, kinds: []ArgKind{KindTask},
		fn: func(b *body, a args) (starlark.Value, error) {
			t, err := a.task(0)
			if err != nil {
				return nil, err
			}
			_, f := b.m.Sched.TaskRQLock(b.x, t)
			return starlark.Bool(f), nil
		}},
	{Name: "task_rq_unlock", Args: "task, flags", Group: "scheduler", Doc: "Release both.", min: -1, kinds: []ArgKind{KindTask},
		fn: func(b *body, a args) (starlark.Value, error) {
			t, err := a.task(0)
			if err != nil {
				return nil, err
			}
			f, err := a.flags(1)
			if err != nil {
				return nil, err
			}
			rq := b.m.Sched.RQ(t.TaskCPU())
			if !rq.Lock.HeldHere(b.x) || !t.PILock.HeldHere(b.x) {
				return nil, a.notHeld(rq.Lock.Name())
			}
			b.m.Sched.TaskRQUnlock(b.x, rq, t, f)
			return nil, nil
		}},
}
