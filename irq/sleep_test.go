package irq

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

var semKey = lockdep.Key{Name: "test_sem.lock"}

// line starts n tasks in order, a millisecond apart, on two CPUs.
func line(b *box, n int, body func(i int, x *cpu.Exec)) []*sched.Task {
	var tasks []*sched.Task
	for i := range n {
		tasks = append(tasks, b.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, []int{i % 2}, func(x *cpu.Exec) {
			if i > 0 {
				b.tm.Msleep(x, uint64(4*i))
			}
			body(i, x)
		}))
	}
	return tasks
}

// run to the end and compare what was noted.
func (b *box) notes(t *testing.T, notes *[]string, tasks []*sched.Task, want string) {
	t.Helper()
	end := b.run(t, tasks...)
	if got := strings.Join(*notes, " "); got != want || end != sim.EndStopped || b.verdicts() != "" {
		t.Errorf("end %v\ngot  %s\nwant %s\n%s", end, got, want, b.verdicts())
	}
}

// TestSemaphoreIsFIFO: up() hands over to the first sleeper, so that nobody
// who comes later gets it first, and down_trylock() fails meanwhile.
func TestSemaphoreIsFIFO(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2})
	var sem sched.Semaphore
	sem.Init(b.s, "sem", 1, &semKey)
	var notes []string
	tasks := line(b, 4, func(i int, x *cpu.Exec) {
		if i == 3 {
			notes = append(notes, fmt.Sprintf("try:%t:%d", sem.DownTrylock(x), sem.Waiters()))
			return
		}
		sem.Down(x)
		notes = append(notes, fmt.Sprintf("got%d", i))
		if i == 0 {
			b.tm.Msleep(x, 40)
		}
		sem.Up(x)
		if i == 0 && sem.DownTrylock(x) {
			t.Error("a semaphore that was handed over could be taken")
		}
	})
	b.notes(t, &notes, tasks, "got0 try:false:2 got1 got2")
	if sem.Count() != 1 {
		t.Errorf("the count ends as %d", sem.Count())
	}
}

// TestMutexExcludes: one owner at a time, trylock fails against it, and the
// sleepers get it in the order they came if nobody steals.
func TestMutexExcludes(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2})
	var m sched.Mutex
	m.Init(b.s, "mutex", &testKey)
	var notes []string
	inside := 0
	tasks := line(b, 4, func(i int, x *cpu.Exec) {
		if i == 3 {
			notes = append(notes, fmt.Sprintf("try:%t,locked:%t", m.Trylock(x), m.IsLocked(x)))
			return
		}
		m.Lock(x)
		if inside++; inside != 1 {
			t.Errorf("%d tasks own the mutex", inside)
		}
		notes = append(notes, fmt.Sprintf("got%d", i))
		if i == 0 {
			b.tm.Msleep(x, 40)
		} else {
			x.Delay(sim.Millisecond)
		}
		inside--
		m.Unlock(x)
	})
	b.notes(t, &notes, tasks, "got0 try:false,locked:true got1 got2")
}

// mutexCycle lets two tasks wait for each other's mutex, and returns the box
// at the end of its run.
func mutexCycle(t *testing.T, engine sim.Config) *box {
	b := newBox(cpu.Config{CPUs: 2, Engine: engine})
	keys := [2]lockdep.Key{{Name: "m0"}, {Name: "m1"}}
	var m [2]sched.Mutex
	for i := range m {
		m[i].Init(b.s, keys[i].Name, &keys[i])
	}
	var tasks []*sched.Task
	for i := range 2 {
		tasks = append(tasks, b.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, []int{i}, func(x *cpu.Exec) {
			m[i].Lock(x)
			b.tm.Msleep(x, 2)
			m[1-i].Lock(x)
		}))
	}
	b.run(t, tasks...)
	return b
}

// TestMutexCycleRunAhead: the deadlock is found in the same step however the
// run is executed.
func TestMutexCycleRunAhead(t *testing.T) {
	for seed := range uint64(50) {
		var outcomes [2]outcome
		for i := range outcomes {
			b := mutexCycle(t, sim.Config{Seed: seed, Stalls: seed%2 == 1, NoRunAhead: i == 1})
			outcomes[i] = outcome{b.m.E.Hash(), b.m.E.Steps(), b.m.E.Now(), b.verdicts()}
		}
		if outcomes[0] != outcomes[1] {
			t.Fatalf("seed %d:\nahead   %+v\nstepped %+v", seed, outcomes[0], outcomes[1])
		}
	}
}

// TestMutexCycle: the report names both edges.
func TestMutexCycle(t *testing.T) {
	b := mutexCycle(t, sim.Config{})
	fs := b.m.Findings()
	if n := len(fs); n != 2 || fs[0].Kind != "lockdep" || fs[1].Kind != "deadlock" {
		t.Fatalf("findings: %s", b.verdicts())
	}
	cycle := fs[1].Cycle
	if len(cycle) != 2 {
		t.Fatalf("cycle: %v", cycle)
	}
	for _, e := range cycle {
		i := strings.Index("01", e.Waiter[len(e.Waiter)-1:])
		want := fmt.Sprintf("CPU%d t%d/10%d waits for mutex m%d, held by task t%d/10%d", i, i, i, 1-i, 1-i, 1-i) // both spin for an owner that runs
		if e.String() != want {
			t.Errorf("edge %q, want %q", e, want)
		}
	}
}

// TestCompletion: each complete() lets one waiter through, an early one the
// first that comes.
func TestCompletion(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2})
	var c sched.Completion
	c.Init(b.s, "c")
	var notes []string
	tasks := line(b, 4, func(i int, x *cpu.Exec) {
		switch i {
		case 0: // comes first, before anybody waits
			c.Complete(x)
			notes = append(notes, fmt.Sprintf("done=%d", c.Done()))
		case 3:
			notes = append(notes, "complete")
			c.Complete(x)
		default:
			c.Wait(x)
			notes = append(notes, fmt.Sprintf("through%d", i))
		}
	})
	b.notes(t, &notes, tasks, "done=1 through1 complete through2")
}

// TestWaitQueue: a wake-up of one exclusive sleeper wakes all others too, and
// of the exclusive ones the first.
func TestWaitQueue(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2})
	var q sched.WaitQueue
	q.Init(b.s, "q", &testKey)
	awake := map[int]bool{}
	var notes []string
	tasks := line(b, 5, func(i int, x *cpu.Exec) {
		if i < 4 { // 0 and 1 exclusive, 2 and 3 not
			e := &sched.WaitEntry{Task: b.s.Task(x), Exclusive: i < 2}
			q.PrepareToWait(x, e, sched.Uninterruptible)
			b.s.SleepFor(x, cpu.WaitQueue, &q)
			q.FinishWait(x, e)
			awake[i] = true
			return
		}
		for range 2 {
			notes = append(notes, fmt.Sprintf("active=%t sleepers=%d", q.Active(x), len(q.Sleepers())))
			q.WakeUp(x, sched.Normal, 1)
			b.tm.Msleep(x, 5)
			notes = append(notes, fmt.Sprint(awake))
		}
	})
	b.notes(t, &notes, tasks, "active=true sleepers=4 map[0:true 2:true 3:true] active=true sleepers=1 map[0:true 1:true 2:true 3:true]")
}

// TestHandoverIsNoCycle: a semaphore may be handed to a task that is still on
// its way to sleep for it; then the task waits for itself only by appearance.
func TestHandoverIsNoCycle(t *testing.T) {
	for seed := range uint64(40) {
		b := newBox(cpu.Config{CPUs: 3, Engine: sim.Config{Seed: seed, Stalls: true}})
		var sem sched.Semaphore
		sem.Init(b.s, "sem", 1, &semKey)
		got := 0
		var tasks []*sched.Task
		for i := range 3 {
			tasks = append(tasks, b.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, []int{i}, func(x *cpu.Exec) {
				for range 50 {
					sem.Down(x)
					x.Delay(sim.Microsecond)
					got++
					sem.Up(x)
				}
			}))
		}
		if end := b.run(t, tasks...); end != sim.EndStopped || got != 150 || b.verdicts() != "" {
			t.Fatalf("seed %d: end %v, got %d times, %s", seed, end, got, b.verdicts())
		}
	}
}
