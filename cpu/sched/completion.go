package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Completion is struct completion (docs/kernel/sched-irq-printk.md §4.8): a
// count of waits that it will let through, and a queue. The count changes under
// the queue's lock and is read without it by completion_done().
type Completion struct {
	done cpu.Var[uint32]
	wait WaitQueue
	by   func() *cpu.Exec
}

// completeAll is what complete_all() adds: UINT_MAX/2, enough for everybody.
const completeAll = ^uint32(0) / 2

var completionKey = lockdep.Key{Name: "&x->wait"}

// Init makes a completion that is not done.
func (c *Completion) Init(s *Sched, name string) { c.InitKey(s, name, &completionKey) }

// InitKey is Init for a completion that an init_completion call of its own,
// and so a lock class of its own, makes.
func (c *Completion) InitKey(s *Sched, name string, key *lockdep.Key) {
	outer := s.m.Within(name, -1)
	c.done.Init(s.m, ".done", 0)
	c.wait.Init(s, ".wait", key)
	s.m.Leave(outer)
	c.wait.Lock.Guards(c.done.Obj())
	s.m.RegisterHoldable(c)
}

// Forget takes a completion, whose memory is gone, from what reports and views
// look through.
func (c *Completion) Forget() {
	c.wait.s.m.ForgetHoldable(c)
	c.wait.s.m.ForgetHoldable(&c.wait.Lock)
}

// EachObj implements [cpu.Memory].
func (c *Completion) EachObj(fn func(*sim.Obj)) {
	c.done.EachObj(fn)
	c.wait.EachObj(fn)
}

// Reinit is reinit_completion(): whatever was completed is forgotten. Only who
// knows that nobody else uses the completion may do it, so it is no operation.
//
//kernel:fn reinit_completion include/linux/completion.h
func (c *Completion) Reinit() { c.done.Poke(0) }

// AwaitedName implements [cpu.Awaited].
func (c *Completion) AwaitedName() string { return c.wait.AwaitedName() }

// Holder implements [cpu.Awaited]: who will complete it can only be said of a
// completion whose owner knows.
func (c *Completion) Holder(*cpu.Wait) cpu.Holder {
	if c.by != nil && c.done.Peek() == 0 {
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
func (c *Completion) Done() int { return int(c.done.Peek()) }

// Complete is complete(): let one waiter through, now or later.
//
//kernel:fn complete kernel/sched/completion.c
func (c *Completion) Complete(x *cpu.Exec) { c.complete(x, 1, 1) }

// CompleteAll is complete_all(): let everybody through, from now on.
//
//kernel:fn complete_all kernel/sched/completion.c
func (c *Completion) CompleteAll(x *cpu.Exec) { c.complete(x, completeAll, 0) }

// complete adds to the count and wakes at most nr waiters (0: all), in this
// order: from the store on completion_done() says so, while the queue's lock is
// still to be released.
func (c *Completion) complete(x *cpu.Exec, add uint32, nr int) {
	f := c.wait.Lock.LockIrqsave(x)
	c.done.WriteOnce(x, c.done.Peek()+add)
	if !c.wait.s.m.Mutated("sched.complete-no-wake") {
		c.wait.wakeLocked(x, Normal, nr)
	}
	c.wait.Lock.UnlockIrqrestore(x, f)
}

// IsDone is completion_done(): whether a wait would be let through at once. One
// who is told so may free the completion, so it waits until who completed it
// has let go of the lock; it did not before 4.0 ([Variants]).
//
//kernel:fn completion_done kernel/sched/completion.c
func (c *Completion) IsDone(x *cpu.Exec) bool {
	if c.done.ReadOnce(x) == 0 {
		return false
	}
	if !c.wait.s.Variants.CompletionDoneLockless {
		c.wait.Lock.UnlockWait(x)
	}
	return true
}
