package perf

import (
	"errors"
	"fmt"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// firstTasks is how many tasks start at boot; forks start the others.
const firstTasks = 3

// churn is a machine of tasks that open events on each other, close them,
// fork, sleep and exit at random.
type churn struct {
	*box
	t        *testing.T
	tasks    []*sched.Task
	alive    [7]cpu.Var[bool] // who can be found; what tasks share here too is an operation
	forks    cpu.Var[int]     // started so far
	busy     cpu.Var[int]     // tasks that may still open events
	events   []*Event
	contexts map[*Context]bool
	clones   int
}

func (c *churn) open(x *cpu.Exec, rnd *sim.Rand) *Event {
	i := rnd.Intn(int64(len(c.tasks)))
	if !c.alive[i].ReadOnce(x) {
		return nil
	}
	e, err := c.p.EventOpen(x, c.tasks[i])
	if err != nil {
		if !errors.Is(err, ErrSRCH) {
			c.t.Error(err)
		}
		return nil
	}
	c.note(e)
	return e
}

func (c *churn) note(e *Event) {
	c.events = append(c.events, e)
	c.contexts[e.Context()] = true
}

// body is one task's life. Like do_exit() it closes its files before perf
// learns of its end.
func (c *churn) body(x *cpu.Exec, rnd sim.Rand) {
	var own []*Event
	for range 12 {
		switch rnd.Intn(6) {
		case 0, 1:
			if e := c.open(x, &rnd); e != nil {
				own = append(own, e)
			}
		case 2:
			if len(own) > 0 {
				c.p.Close(x, own[0])
				own = own[1:]
			}
		case 3:
			c.fork(x)
		case 4:
			c.tm.Msleep(x, 1)
		case 5:
			x.Delay(rnd.Between(100, 200*sim.Microsecond))
		}
		if ctx := c.p.Context(c.s.Task(x)); ctx != nil && ctx.Task() != c.s.Task(x) {
			c.t.Errorf("%s is the context of %s and says %s", ctx.Name(), x.Comm, ctx.Task().Comm)
		}
	}
	// An event may be installed in the context of a task that has just let go
	// of it: TestInstallAfterExit. So nobody exits before all have opened
	// their last.
	c.busy.Update(x, func(n int) int { return n - 1 })
	for c.busy.ReadOnce(x) > 0 {
		c.tm.Msleep(x, 1)
	}
	for _, e := range own {
		c.p.Close(x, e)
	}
}

// fork starts the next task that waits to be born, with clones of its
// parent's events.
func (c *churn) fork(x *cpu.Exec) {
	i := firstTasks + c.forks.Update(x, func(n int) int { return n + 1 })
	if i >= len(c.tasks) {
		return
	}
	child := c.tasks[i]
	if err := c.p.ForkInherit(x, child, true); err != nil {
		c.t.Error(err)
	}
	if ctx := c.p.Context(child); ctx != nil {
		for _, e := range ctx.events {
			c.note(e)
		}
		if ctx.Parent() != nil {
			c.clones++
		}
	}
	c.busy.Update(x, func(n int) int { return n + 1 })
	c.alive[i].WriteOnce(x, true)
	c.s.WakeUpNewTask(x, child)
}

// runChurn runs one machine to its end.
func runChurn(t *testing.T, mode LockMode, e sim.Config) *churn {
	t.Helper()
	b := newBox(3, mode, e)
	c := &churn{box: b, t: t, contexts: map[*Context]bool{}}
	c.forks.Init(b.m, "forks", 0)
	c.busy.Init(b.m, "busy", firstTasks)
	for i := range c.alive {
		task := b.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, nil, func(x *cpu.Exec) {
			c.body(x, sim.NewRand(e.Seed, uint64(1<<30+i)))
			b.p.ExitTask(x)
		})
		task.Daemon = i >= firstTasks // those may never be born
		c.tasks = append(c.tasks, task)
		c.alive[i].Init(b.m, task.Comm+" alive", i < firstTasks)
	}
	b.run(t, c.tasks[:firstTasks]...)
	return c
}

// TestChurn runs the form of v4.4 through many timings. Nothing is found, and
// when all tasks are gone every event and every context is freed: no
// reference is lost or dropped twice.
func TestChurn(t *testing.T) {
	clones := 0
	for seed := range uint64(40) {
		c := runChurn(t, LockIrqsOff, sim.Config{Seed: seed, Jitter: 0.3, Stalls: true})
		if s := c.findings(); s != "" {
			t.Fatalf("seed %d:\n%s", seed, s)
		}
		for _, e := range c.events {
			if !e.Freed() {
				t.Errorf("seed %d: %s has %d references left", seed, e.Name(), e.refs.Peek())
			}
		}
		for ctx := range c.contexts {
			if !ctx.Freed() {
				t.Errorf("seed %d: %s has %d references left", seed, ctx.Name(), ctx.Refs())
			}
		}
		clones += c.clones
	}
	if clones == 0 {
		t.Error("no seed made a clone")
	}
}

// TestRunAhead compares the hashes of runs with and without run-ahead: they
// differ if anything shared is touched without an operation of its own.
func TestRunAhead(t *testing.T) {
	for seed := range uint64(20) {
		for _, mode := range []LockMode{LockNone, LockPreemptOff, LockIrqsOff} {
			e := sim.Config{Seed: seed, Jitter: 0.3, Stalls: true}
			ahead := runChurn(t, mode, e).m.E.Hash()
			e.NoRunAhead = true
			if step := runChurn(t, mode, e).m.E.Hash(); step != ahead {
				t.Errorf("seed %d, mode %d: the hash is %x with run-ahead and %x without", seed, mode, ahead, step)
			}
		}
	}
}
