package threads

import (
	"testing"

	"lockstep/cpu"
	"lockstep/sim"
)

// TestStopStories compares what happens with what is written in testdata,
// where every scene says what to look for.
func TestStopStories(t *testing.T) {
	playScenes(t, "testdata/stop", map[string]scene{
		"one":       {playOne, orderOne},
		"two":       {func(t *testing.T) *story { return playTwo(t, 0, 1) }, orderTwo},
		"two-turn":  {func(t *testing.T) *story { return playTwo(t, 1, 0) }, orderTwoTurned},
		"machine":   {playMachine, orderMachine},
		"preempted": {playPreempted, orderPreempted},
	})
}

// stopStory is a box whose story is told once a task says so.
func stopStory(cpus int, about ...string) (*box, *story) {
	b := newBox(cpu.Config{CPUs: cpus, Engine: sim.Config{Seed: 1, NoRunAhead: true}})
	return b, tell(b, about...)
}

// stop_one_cpu: the work is queued and the thread woken under stopper->lock;
// the caller sleeps until the thread has run the function with preemption off.
func playOne(t *testing.T) *story {
	b, s := stopStory(2, "stopper1->", "migration/1->pi", "rq1->lock", "t's done")
	b.run(t, b.task("t", 0, func(x *cpu.Exec) {
		b.settle(x, s)
		ret := b.st.OneCPU(x, 1, func(x *cpu.Exec) int {
			s.say(x, "runs")
			return 7
		})
		if s.say(x, "stopped"); ret != 7 {
			t.Errorf("stop_one_cpu returned %d", ret)
		}
	}))
	return s
}

const orderOne = `
cpu0 t           lock   stopper1->lock
cpu0 t           lock   migration/1->pi_lock
cpu0 t           lock   rq1->lock
cpu0 t           unlock rq1->lock
cpu0 t           unlock migration/1->pi_lock
cpu0 t           unlock stopper1->lock
cpu0 t           lock   t's done.completion.wait
cpu1 migration/1 lock   stopper1->lock
cpu1 migration/1 --     runs
cpu1 migration/1 write  t's done.ret
cpu1 migration/1 rmw    t's done.nr_todo
cpu1 migration/1 lock   t's done.completion.wait
cpu0 t           --     stopped
`

// stop_two_cpus: both parts of the lglock and both stoppers' locks in the
// order of the CPUs, however they were named; the first named runs the
// function while the other stands still.
func playTwo(t *testing.T, cpu1, cpu2 int) *story {
	b, s := stopStory(3, "stopper", "stop_cpus_lock", "t's msdata")
	b.run(t, b.task("t", 2, func(x *cpu.Exec) {
		b.settle(x, s)
		b.st.TwoCPUs(x, cpu1, cpu2, func(x *cpu.Exec) int {
			s.say(x, "runs, interrupts are "+onOff(!b.m.CPUs[cpu1].IrqsDisabled())+" and "+onOff(!b.m.CPUs[cpu2].IrqsDisabled()))
			return 0
		})
	}))
	return s
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

const orderQueueTwo = `
cpu2 t lock   stop_cpus_lock/0
cpu2 t lock   stop_cpus_lock/1
cpu2 t lock   stopper0->lock
cpu2 t lock   stopper1->lock
cpu2 t unlock stopper1->lock
cpu2 t unlock stopper0->lock
cpu2 t unlock stop_cpus_lock/0
cpu2 t unlock stop_cpus_lock/1
`

const orderTwo = orderQueueTwo + `
cpu0 migration/0 -- runs, interrupts are off and off
`

const orderTwoTurned = orderQueueTwo + `
cpu1 migration/1 -- runs, interrupts are off and off
`

// stop_machine: the mutex, every part of the lglock, every queue; then the
// states, each of which the last CPU to come to it ends. While the function
// runs on CPU 0 all have interrupts off.
func playMachine(t *testing.T) *story {
	b, s := stopStory(3, "stop_cpus_mutex", "stop_cpus_lock", "cpu_hotplug.ref", "t's msdata", "t's done.nr")
	b.run(t, b.task("t", 2, func(x *cpu.Exec) {
		b.settle(x, s)
		b.st.Machine(x, nil, func(x *cpu.Exec) int {
			for c := range b.m.CPUs {
				if !b.m.CPUs[c].IrqsDisabled() {
					t.Errorf("CPU %d has interrupts on", c)
				}
			}
			s.say(x, "runs")
			return 0
		})
		s.say(x, "stopped")
	}))
	return s
}

const orderMachine = `
cpu2 t           rmw    cpu_hotplug.refcount
cpu2 t           write  t's msdata.thread_ack
cpu2 t           write  t's msdata.state
cpu2 t           rmw    stop_cpus_mutex
cpu2 t           lock   stop_cpus_lock/0
cpu2 t           lock   stop_cpus_lock/1
cpu2 t           lock   stop_cpus_lock/2
cpu2 t           unlock stop_cpus_lock/0
cpu2 t           unlock stop_cpus_lock/1
cpu2 t           unlock stop_cpus_lock/2
cpu0 migration/0 --     runs
cpu0 migration/0 rmw    t's msdata.thread_ack
cpu2 t           rmw    stop_cpus_mutex
cpu2 t           rmw    cpu_hotplug.refcount
cpu2 t           --     stopped
`

// A stopper comes before a task of the fair class at once, though that one has
// only just begun to run, and is not preempted by one.
func playPreempted(t *testing.T) *story {
	b, s := stopStory(2, "rq1->curr", "rq1->lock")
	hogs := true
	hog := b.task("hog", 1, func(x *cpu.Exec) {
		for hogs {
			x.Delay(sim.Microsecond)
		}
	})
	b.run(t, hog, b.task("t", 0, func(x *cpu.Exec) {
		b.settle(x, s)
		b.st.OneCPU(x, 1, func(x *cpu.Exec) int {
			s.say(x, "runs")
			b.s.SetNeedResched(x)
			x.Delay(10 * sim.Microsecond)
			s.say(x, "still runs")
			return 0
		})
		s.on, hogs = false, false
	}))
	return s
}

const orderPreempted = `
cpu1 hog         lock  rq1->lock
cpu1 hog         write rq1->curr
cpu1 hog         switch
cpu1 migration/1 --    runs
cpu1 migration/1 --    still runs
cpu1 migration/1 write rq1->curr
cpu1 migration/1 switch
cpu1 hog         unlock rq1->lock
`
