package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
)

// Completion is struct completion.
type Completion struct {
	done int // under the queue's lock
	wait WaitQueue
	name string
	by   func() *cpu.Exec
}

var completionKey = lockdep.Key{Name: "&x->wait"}

// Init makes a completion that is not done.
func (c *Completion) Init(s *Sched, name string) { c.InitKey(s, name, &completionKey) }

// InitKey is Init for a completion that an init_completion call of its own,
// and so a lock class of its own, makes.
func (c *Completion) InitKey(s *Sched, name string, key *lockdep.Key) {
	c.name = name
	c.wait.Init(s, name+".wait", key)
	s.m.RegisterHoldable(c)
}

// Forget takes a completion, whose memory is gone, from what reports and views
// look through.
func (c *Completion) Forget() {
	c.wait.s.m.ForgetHoldable(c)
	c.wait.s.m.ForgetHoldable(&c.wait.Lock)
}

// AwaitedName implements [cpu.Awaited].
func (c *Completion) AwaitedName() string { return c.wait.AwaitedName() }

// Holder implements [cpu.Awaited]: who will complete it can only be said of a
// completion whose owner knows.
func (c *Completion) Holder(*cpu.Wait) cpu.Holder {
	if c.by != nil && c.done == 0 {
		if x := c.by(); x != nil {
			return cpu.Holder{Task: x, How: "to be completed"}
		}
	}
	return cpu.Holder{}
}

// CompletedBy says who completes c, and no other task: who returns nil as long
// as that is not settled. It is for the wait-for graph and changes nothing.
func (c *Completion) CompletedBy(who func() *cpu.Exec) { c.by = who }

// Done returns how many waits it will let through, for views.
func (c *Completion) Done() int { return c.done }

// Complete is complete(): let one waiter through, now or later.
//
//kernel:fn complete kernel/sched/completion.c
func (c *Completion) Complete(x *cpu.Exec) {
	f := c.wait.Lock.LockIrqsave(x)
	c.done++
	if !c.wait.s.m.Mutated("sched.complete-no-wake") {
		c.wait.wakeLocked(x, Normal, 1)
	}
	c.wait.Lock.UnlockIrqrestore(x, f)
}

// Wait is wait_for_completion(), uninterruptible.
//
//kernel:fn wait_for_completion kernel/sched/completion.c
func (c *Completion) Wait(x *cpu.Exec) {
	s := c.wait.s
	MightSleep(x)
	c.wait.Lock.LockIrq(x)
	if c.done == 0 {
		e := &WaitEntry{Task: s.Task(x), Exclusive: true}
		for {
			if !e.queued {
				c.wait.add(x, e)
			}
			s.SetCurrentState(x, Uninterruptible)
			c.wait.Lock.UnlockIrq(x)
			s.SleepFor(x, cpu.WaitCompletion, c)
			c.wait.Lock.LockIrq(x)
			if c.done != 0 {
				break
			}
		}
		if e.queued {
			c.wait.remove(x, e)
		}
	}
	c.done--
	c.wait.Lock.UnlockIrq(x)
}
