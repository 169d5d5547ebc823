package sched

import "lockstep/cpu"

// MaxTimeout is MAX_SCHEDULE_TIMEOUT: no timeout.
const MaxTimeout = ^uint64(0) >> 1

// Wait is wait_for_completion(), uninterruptible.
//
//kernel:fn wait_for_completion kernel/sched/completion.c
func (c *Completion) Wait(x *cpu.Exec) { c.waitFor(x, MaxTimeout, Uninterruptible) }

// WaitTimeout is wait_for_completion_timeout(): it returns what is left of the
// given jiffies, at least 1, or 0 if they have passed.
//
//kernel:fn wait_for_completion_timeout kernel/sched/completion.c
func (c *Completion) WaitTimeout(x *cpu.Exec, jiffies uint64) uint64 {
	return c.waitFor(x, jiffies, Uninterruptible)
}

// WaitInterruptible is wait_for_completion_interruptible(). Nothing sends
// signals on this machine.
//
//kernel:fn wait_for_completion_interruptible kernel/sched/completion.c
func (c *Completion) WaitInterruptible(x *cpu.Exec) { c.waitFor(x, MaxTimeout, Interruptible) }

// TryWait is try_wait_for_completion(): it returns whether it was let through,
// and does not sleep.
//
//kernel:fn try_wait_for_completion kernel/sched/completion.c
func (c *Completion) TryWait(x *cpu.Exec) bool {
	if c.done.ReadOnce(x) == 0 {
		return false
	}
	f := c.wait.Lock.LockIrqsave(x)
	got := c.done.Peek() != 0
	if got {
		c.done.WriteOnce(x, c.done.Peek()-1)
	}
	c.wait.Lock.UnlockIrqrestore(x, f)
	return got
}

// waitFor is wait_for_common(): as in v4.4 also a completion of everybody is
// counted down.
//
//kernel:fn wait_for_common kernel/sched/completion.c
func (c *Completion) waitFor(x *cpu.Exec, timeout uint64, st State) uint64 {
	MightSleep(x)
	c.wait.Lock.LockIrq(x)
	if c.done.Peek() == 0 {
		if timeout = c.sleep(x, timeout, st); c.done.Peek() == 0 {
			c.wait.Lock.UnlockIrq(x)
			return timeout
		}
	}
	c.done.WriteOnce(x, c.done.Peek()-1)
	c.wait.Lock.UnlockIrq(x)
	return max(timeout, 1)
}

// sleep is the loop of do_wait_for_common(); it returns what is left of the
// timeout.
//
//kernel:fn do_wait_for_common kernel/sched/completion.c
func (c *Completion) sleep(x *cpu.Exec, timeout uint64, st State) uint64 {
	s := c.wait.s
	e := &WaitEntry{Task: s.Task(x), Exclusive: true, Wake: DefaultWake}
	c.wait.add(x, e)
	for {
		s.SetCurrentState(x, st)
		c.wait.Lock.UnlockIrq(x)
		timeout = s.sleepTimeout(x, cpu.WaitCompletion, c, timeout)
		c.wait.Lock.LockIrq(x)
		if c.done.Peek() != 0 || timeout == 0 {
			break
		}
	}
	c.wait.remove(x, e)
	return timeout
}

// sleepTimeout is schedule_timeout(). Who has a timeout waits for nobody in the
// wait-for graph: the timer will wake it.
func (s *Sched) sleepTimeout(x *cpu.Exec, k cpu.WaitKind, on cpu.Awaited, timeout uint64) uint64 {
	if timeout == MaxTimeout {
		s.SleepFor(x, k, on)
		return timeout
	}
	return s.m.Hooks.ScheduleTimeout(x, timeout)
}
