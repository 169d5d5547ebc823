package configs

import (
	"fmt"

	"go.starlark.net/starlark"

	"lockstep/cpu/sched"
)

var taskStates = map[string]sched.State{
	"TASK_RUNNING": sched.Running, "TASK_INTERRUPTIBLE": sched.Interruptible, "TASK_UNINTERRUPTIBLE": sched.Uninterruptible,
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
