package irq

import (
	"fmt"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/cputest"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// lockStories are what testdata/locks tells.
var lockStories = map[string]func(t *testing.T) (*story, []*sched.Task){"pi-chain": piChain}

// TestLockStories compares the stories with those in testdata, each preceded
// by the order it must show.
func TestLockStories(t *testing.T) { testStories(t, "testdata/locks", lockStories) }

// prios notes the priorities of tasks.
func prios(tasks ...*sched.Task) string {
	s := ""
	for _, t := range tasks {
		s += fmt.Sprintf(" %s=%d", t.Comm, t.Prio())
	}
	return s
}

// piChain: "low" owns A; "mid" owns B and waits for A; "high", real-time, waits
// for B: its priority comes down the chain, and goes back as the locks are
// released. Each is on a CPU of its own.
func piChain(*testing.T) (*story, []*sched.Task) {
	s := newStory(3, "A", "B", "low->pi_lock", "mid->pi_lock", "high->pi_lock")
	a, b := new(sched.RTMutex), new(sched.RTMutex)
	a.Init(s.b.s, "A", &rtKey)
	b.Init(s.b.s, "B", &rtKey)
	var low, mid, high *sched.Task
	low = s.task("low", 0, func(x *cpu.Exec) {
		s.wait(x)
		a.Lock(x)
		for x.Now() < begin+60*sim.Microsecond {
			x.Delay(100)
		}
		s.say(x, "boosted:%s", prios(low, mid, high))
		a.Unlock(x)
		s.say(x, "unlocked A:%s", prios(low, mid, high))
	})
	mid = s.task("mid", 1, func(x *cpu.Exec) {
		s.wait(x)
		b.Lock(x)
		x.Delay(5 * sim.Microsecond)
		a.Lock(x)
		s.say(x, "has A:%s", prios(low, mid, high))
		a.Unlock(x)
		b.Unlock(x)
		s.say(x, "unlocked B:%s", prios(low, mid, high))
	})
	high = s.task("high", 2, func(x *cpu.Exec) {
		s.b.s.SetScheduler(x, high, sched.PolicyFIFO, 50)
		s.wait(x)
		x.Delay(25 * sim.Microsecond)
		b.Lock(x)
		s.say(x, "has B:%s", prios(low, mid, high))
		b.Unlock(x)
		s.on = false
	})
	return s, []*sched.Task{low, mid, high}
}

// ring lets n tasks each own one rt_mutex and take the next one's, the last of
// them as a futex does, which looks for deadlocks. The priorities are given, as
// nice values.
func ring(t *testing.T, nice []int, mutations ...string) (*box, error) {
	n := len(nice)
	b := newBox(cpu.Config{CPUs: n, Engine: sim.Config{Seed: 1}})
	cputest.Mutate(b.m, mutations...)
	ls := make([]sched.RTMutex, n)
	var err error
	var tasks []*sched.Task
	for i := range ls {
		ls[i].Init(b.s, fmt.Sprintf("l%d", i), &rtKey)
		tasks = append(tasks, b.s.NewTask(fmt.Sprintf("t%d", i), 100+i, nice[i], []int{i}, func(x *cpu.Exec) {
			ls[i].Lock(x)
			b.tm.Msleep(x, 2+2*uint64(i))
			if i == n-1 {
				err = ls[0].TimedFutexLock(x)
			} else {
				ls[i+1].Lock(x)
				ls[i+1].Unlock(x)
			}
			ls[i].Unlock(x)
		}))
	}
	b.run(t, tasks...)
	for _, task := range tasks {
		if task.Prio() != task.NormalPrio() {
			t.Errorf("%s ends with priority %d of %d", task.Comm, task.Prio(), task.NormalPrio())
		}
	}
	return b, err
}

// TestRTMutexDeadlock: who looks for deadlocks is told of a ring however long,
// whatever the priorities; he lets go, and all others get through.
func TestRTMutexDeadlock(t *testing.T) {
	for _, nice := range [][]int{{0, 0}, {0, 0, 0, 0}, {5, 0, -5}, {-5, 0, 5}, {0}} {
		b, err := ring(t, nice)
		if err != sched.EDEADLK || b.verdicts() != "" {
			t.Errorf("%v: %v\n%s", nice, err, b.verdicts())
		}
	}
}

// TestRTMutexWarns: rt_mutex_lock() of a lock that the task has itself cannot
// fail: a warning, and the task stops where it is, with wait_lock held, about
// which the scheduler complains.
func TestRTMutexWarns(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1, Engine: sim.Config{Seed: 1}})
	var l sched.RTMutex
	l.Init(b.s, "l", &rtKey)
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		l.Lock(x)
		l.Lock(x)
	}))
	var kinds []string
	for _, f := range b.m.Findings() {
		kinds = append(kinds, f.Kind)
	}
	if got := fmt.Sprint(kinds); got != "[warn sleep-in-atomic deadlock]" {
		t.Errorf("found %s\n%s", got, b.verdicts())
	}
}

// inversion is the classic: "low" has the lock, "high" wants it, and "mid" of a
// priority in between computes on low's CPU. It returns when high got it. All are
// real-time: v4.4 does not reschedule for a fair task that is lent a real-time
// priority while it is queued.
func inversion(t *testing.T, mutations ...string) sim.Time {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{Seed: 1}})
	cputest.Mutate(b.m, mutations...)
	var l sched.RTMutex
	l.Init(b.s, "l", &rtKey)
	var low, mid, high *sched.Task
	var got sim.Time
	low = b.s.NewTask("low", 100, 0, []int{0}, func(x *cpu.Exec) {
		l.Lock(x)
		x.Delay(8 * sim.Millisecond)
		l.Unlock(x)
	})
	mid = b.s.NewTask("mid", 101, 0, []int{0}, func(x *cpu.Exec) {
		b.tm.Msleep(x, 2)
		x.Delay(100 * sim.Millisecond)
	})
	high = b.s.NewTask("high", 102, 0, []int{1}, func(x *cpu.Exec) {
		b.tm.Msleep(x, 4)
		l.Lock(x)
		got = x.Now()
		l.Unlock(x)
	})
	for i, task := range []*sched.Task{low, mid, high} {
		b.s.InitPolicy(task, sched.PolicyFIFO, 1+20*i)
	}
	b.run(t, low, mid, high)
	return got
}

// TestRTMutexInversion: what is lent gets low through its section before mid;
// without it high waits for mid.
func TestRTMutexInversion(t *testing.T) {
	if at := inversion(t); at == 0 || at > 20*sim.Millisecond {
		t.Errorf("boosted: high got it at %v", at)
	}
	if at := inversion(t, "sched.rt-mutex-no-boost"); at < 60*sim.Millisecond {
		t.Errorf("not boosted: high got it at %v", at)
	}
}
