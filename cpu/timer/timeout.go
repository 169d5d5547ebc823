package timer

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// MaxTimeout is MAX_SCHEDULE_TIMEOUT: no timeout.
const MaxTimeout = ^uint64(0) >> 1

// ScheduleTimeout is schedule_timeout(): sleep in the state that the task has
// set until woken or for the given jiffies. It returns what is left of them.
//
//kernel:fn schedule_timeout kernel/time/timer.c
func (t *Timers) ScheduleTimeout(x *cpu.Exec, jiffies uint64) uint64 {
	return t.sleep(x, jiffies, func() { t.s.Schedule(x) })
}

func (t *Timers) sleep(x *cpu.Exec, jiffies uint64, schedule func()) uint64 {
	if jiffies == MaxTimeout {
		schedule()
		return MaxTimeout
	}
	task := t.s.Task(x)
	expire := t.m.Jiffies.ReadOnce(x) + jiffies
	var tm Timer
	tm.Init(func(y *cpu.Exec) { t.processTimeout(y, task) })
	tm.sleeper, tm.line = task, task.State.Obj()
	t.mod(x, &tm, expire, false)
	schedule()
	t.DelSync(x, &tm)
	if now := t.m.Jiffies.ReadOnce(x); now < expire {
		return expire - now
	}
	return 0
}

// processTimeout is process_timeout().
//
//kernel:fn process_timeout kernel/time/timer.c
func (t *Timers) processTimeout(x *cpu.Exec, task *sched.Task) { t.s.WakeUpProcess(x, task) }

// ScheduleTimeoutUninterruptible is schedule_timeout_uninterruptible().
//
//kernel:fn schedule_timeout_uninterruptible kernel/time/timer.c
func (t *Timers) ScheduleTimeoutUninterruptible(x *cpu.Exec, jiffies uint64) uint64 {
	t.s.SetCurrentState(x, sched.Uninterruptible)
	return t.ScheduleTimeout(x, jiffies)
}

// Msleep is msleep().
//
//kernel:fn msleep kernel/time/timer.c
func (t *Timers) Msleep(x *cpu.Exec, ms uint64) {
	left := (ms*uint64(t.m.HZ)+999)/1000 + 1
	for left != 0 {
		left = t.ScheduleTimeoutUninterruptible(x, left)
	}
}

// WaitEventTimeout is wait_event_timeout() in the given state: it returns 0
// if the jiffies passed with cond false, else what is left of them, at least
// one.
//
//kernel:fn wait_event_timeout include/linux/wait.h
func (t *Timers) WaitEventTimeout(x *cpu.Exec, q *sched.WaitQueue, st sched.State, jiffies uint64, cond func() bool) uint64 {
	left := jiffies
	if cond() {
		return max(left, 1)
	}
	e := &sched.WaitEntry{Task: t.s.Task(x)}
	for {
		q.PrepareToWait(x, e, st)
		if cond() {
			left = max(left, 1)
			break
		}
		if left == 0 {
			break
		}
		left = t.sleep(x, left, func() { t.s.SleepFor(x, cpu.WaitQueue, q) })
	}
	q.FinishWait(x, e)
	return left
}
