package threads

import (
	"testing"

	"lockstep/cpu"
	"lockstep/sim"
)

// TestBalanceStories compares what happens with what is written in testdata,
// where every scene says what to look for.
func TestBalanceStories(t *testing.T) {
	playScenes(t, "testdata/balance", map[string]scene{
		"affinity": {playAffinity, orderAffinity},
		"newidle":  {playNewIdle, orderNewIdle},
		"active":   {playActive, orderActive},
		"plug":     {playPlug, orderPlug},
	})
}

// computes is a body that computes for a time.
func computes(d sim.Time) func(x *cpu.Exec) {
	return func(x *cpu.Exec) {
		for end := x.Now() + d; x.Now() < end; {
			x.Delay(10 * sim.Microsecond)
		}
	}
}

// set_cpus_allowed_ptr of a task that runs: both locks are let go again, and
// the stopper of its CPU, which makes it stop running, moves it.
func playAffinity(t *testing.T) *story {
	b, s := stopStory(3, "p->", "rq1->lock", "rq2->lock", "stopper1->lock")
	p := b.s.NewTask("p", 200, 0, []int{1}, computes(5*sim.Millisecond))
	b.run(t, p, b.task("t", 0, func(x *cpu.Exec) {
		b.settle(x, s)
		s.say(x, "moves p")
		if err := b.s.SetCPUsAllowed(x, p, []bool{false, false, true}); err != nil {
			t.Error(err)
		}
		s.say(x, "p was moved")
		s.on = false
		if p.TaskCPU() != 2 {
			t.Errorf("p is on CPU %d", p.TaskCPU())
		}
	}))
	return s
}

const orderAffinity = `
cpu0 t           --     moves p
cpu0 t           lock   p->pi_lock
cpu0 t           lock   rq1->lock
cpu0 t           unlock rq1->lock
cpu0 t           unlock p->pi_lock
cpu0 t           lock   stopper1->lock
cpu1 migration/1 lock   p->pi_lock
cpu1 migration/1 lock   rq1->lock
cpu1 migration/1 write  p->on_rq
cpu1 migration/1 write  p->cpu
cpu1 migration/1 unlock rq1->lock
cpu1 migration/1 lock   rq2->lock
cpu1 migration/1 write  p->on_rq
cpu1 migration/1 unlock rq2->lock
cpu1 migration/1 unlock p->pi_lock
cpu0 t           --     p was moved
`

// idle_balance: a CPU that becomes idle lets go of its own lock, takes a task
// off another runqueue under that one's, and queues it under its own again.
func playNewIdle(t *testing.T) *story {
	b, s := stopStory(2, "p->on_rq", "p->cpu", "q->on_rq", "q->cpu", "rq0->lock", "rq1->lock")
	until := func(x *cpu.Exec) {
		for x.CPU().ID == 0 && x.Now() < 9*sim.Millisecond {
			x.Delay(10 * sim.Microsecond)
		}
		s.on = false
	}
	b.run(t, b.task("last", 1, func(x *cpu.Exec) {
		computes(5300 * sim.Microsecond)(x)
		s.on = true
	}), b.s.NewTask("p", 200, 0, nil, until), b.s.NewTask("q", 201, 0, nil, until))
	return s
}

const orderNewIdle = `
cpu1 last lock   rq1->lock
cpu1 last unlock rq1->lock
cpu1 last lock   rq0->lock
cpu1 last write  p->on_rq
cpu1 last write  p->cpu
cpu1 last unlock rq0->lock
cpu1 last lock   rq1->lock
cpu1 last write  p->on_rq
cpu1 last unlock rq1->lock
cpu1 last lock   rq1->lock
cpu1 last switch
`

// Active balance: the only task that could go to the idle CPU runs whenever
// that CPU looks, so after some failures the stopper makes it stop.
func playActive(t *testing.T) *story {
	b, s := stopStory(2, "p->on_rq", "p->cpu", "stopper0->lock")
	idler := b.s.NewTask("idler", 201, 19, []int{0}, computes(40*sim.Millisecond))
	p := b.s.NewTask("p", 200, -10, []int{0}, func(x *cpu.Exec) {
		for x.Now() < 6*sim.Millisecond {
			x.Delay(10 * sim.Microsecond)
		}
		if err := b.s.SetCPUsAllowed(x, b.s.Task(x), nil); err != nil {
			t.Error(err)
		}
		s.on = true
		for x.CPU().ID == 0 && x.Now() < 100*sim.Millisecond {
			x.Delay(10 * sim.Microsecond)
		}
		s.say(x, "runs")
		s.on = false
	})
	b.run(t, p, idler)
	return s
}

const orderActive = `
cpu1 swapper/1   lock   stopper0->lock
cpu1 swapper/1   unlock stopper0->lock
cpu0 p           switch
cpu0 migration/0 lock   stopper0->lock
cpu0 migration/0 write  p->on_rq
cpu0 migration/0 write  p->cpu
cpu0 migration/0 write  p->on_rq
cpu1 p           --     runs
`

// A CPU goes: it gets no more tasks, its threads park, all CPUs stand still
// while it takes itself off the online mask and gives away its task, and its
// idle task lies still. It comes again: it says itself that it is online.
func playPlug(t *testing.T) *story {
	b, s := stopStory(3, "cpu_active", "cpu_online", "ksoftirqd/1->state", "p->pi_lock", "p->on_rq", "p->cpu", "cpu_dead_idle1")
	p := b.s.NewTask("p", 200, 0, []int{1, 2}, computes(10*sim.Millisecond))
	b.run(t, p, b.task("t", 0, func(x *cpu.Exec) {
		b.settle(x, s)
		s.say(x, "cpu_down")
		if err := b.st.CPUDown(x, 1); err != nil {
			t.Error(err)
		}
		s.say(x, "cpu_up")
		if err := b.st.CPUUp(x, 1); err != nil {
			t.Error(err)
		}
		s.say(x, "is up")
		s.on = false
	}))
	return s
}

const orderPlug = `
cpu0 t           --     cpu_down
cpu0 t           rmw    cpu_active_mask
cpu1 ksoftirqd/1 write  ksoftirqd/1->state
cpu1 migration/1 rmw    cpu_online_mask
cpu1 migration/1 lock   p->pi_lock
cpu1 migration/1 write  p->on_rq
cpu1 migration/1 write  p->cpu
cpu1 migration/1 write  p->on_rq
cpu1 migration/1 unlock p->pi_lock
cpu1 migration/1 switch
cpu1 swapper/1   write  cpu_dead_idle1
cpu0 t           --     cpu_up
cpu0 t           ipi    cpu_dead_idle1
cpu1 swapper/1   rmw    cpu_online_mask
cpu0 t           rmw    cpu_active_mask
cpu0 t           --     is up
`
